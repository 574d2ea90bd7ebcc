import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { kl, normal } from "elbo/distributions";
import { reparameterizationGradient, scoreFunctionGradient } from "elbo/estimators";
import { createRandom, STREAMS, type Vector } from "elbo/math";
import { finiteDifferenceGradient } from "../helpers/finite_difference.ts";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { plane, planeQ, planeX, seeded } from "./models.ts";

const NUM_SAMPLES = 20_000;

/** ln p(x,z), and its derivative from the precisions. */
const logJoint = (z: Vector) =>
  plane.prior.logProb(z) + plane.likelihood(z).logProb(planeX);
const slope = (z: Vector) => {
  const { mean } = plane.likelihood(z);
  return z.map((value, j) =>
    -value + planeX.reduce(
      (sum, x, i) => sum + plane.weight[i][j] * (x - mean[i]) / plane.scale[i] ** 2,
      0,
    )
  );
};

/** E_q ln p(x,z) = ELBO - H(q) = ln p(x) - KL(q || p(z|x)) - H(q), all closed. */
function exactExpectation(parameters: Vector): number {
  const q = normal({ mean: parameters.slice(0, 2), scale: parameters.slice(2) });
  return plane.logMarginal(planeX) - kl(q, plane.exactPosterior(planeX)) - q.entropy();
}

const exact = finiteDifferenceGradient(exactExpectation, [
  ...planeQ.mean,
  ...planeQ.scale,
]);

Deno.test("the derivative used below is that of ln p(x,z)", () => {
  const z = [0.3, -0.8];
  finiteDifferenceGradient(logJoint, z).forEach((value, i) =>
    assertAlmostEquals(slope(z)[i], value, 1e-8)
  );
});

type Draws = Parameters<typeof reparameterizationGradient>[2];

const estimators = {
  reparameterization: (draws: Draws) =>
    reparameterizationGradient(planeQ, slope, draws),
  "score function": (draws: Draws) => scoreFunctionGradient(planeQ, logJoint, draws),
  "score function with a baseline": (draws: Draws) =>
    scoreFunctionGradient(planeQ, logJoint, { ...draws, baseline: -5 }),
};

for (const [name, estimate] of Object.entries(estimators)) {
  Deno.test(`${name}: is the gradient of E_q ln p(x,z)`, () => {
    const { seed, random } = seeded(41);
    const { mean, scale } = estimate({ numSamples: NUM_SAMPLES, random });
    // Polynomials under a normal: every moment is finite.
    [...mean, ...scale].forEach((component, i) =>
      assertMonteCarlo(component, {
        exact: exact[i],
        resolution: 0.15,
        seed,
        label: `${name}, parameter ${i}`,
      })
    );
  });

  Deno.test(`${name}: a planted error is caught`, () => {
    const { seed, random } = seeded(42);
    const { mean, scale } = estimate({ numSamples: NUM_SAMPLES, random });
    // By logVar instead of the scale: d/d logVar = scale / 2 d/d scale.
    const byLogVar = exact[3] * planeQ.scale[1] / 2;
    assertThrows(() =>
      assertMonteCarlo(scale[1], { exact: byLogVar, resolution: 0.15, seed })
    );
    assertThrows(() =>
      assertMonteCarlo(mean[1], { exact: -exact[1], resolution: 0.15, seed })
    );
  });
}

Deno.test("gradients: the score function spreads more here, a baseline helps it", () => {
  const spread = (name: keyof typeof estimators) => {
    const random = createRandom({ seed: 43, stream: STREAMS.test });
    const { mean, scale } = estimators[name]({ numSamples: 5000, random });
    return Math.hypot(...[...mean, ...scale].map((part) => part.standardError));
  };
  assert(spread("reparameterization") < spread("score function with a baseline"));
  assert(spread("score function with a baseline") < spread("score function"));
});

Deno.test("gradients: a linear function has the same slope in every draw", () => {
  const random = createRandom({ seed: 44, stream: STREAMS.test });
  const q = { mean: [1, 2], scale: [0.5, 3] };
  const { mean } = reparameterizationGradient(q, () => [4, -1], {
    numSamples: 10,
    random,
  });
  assertEquals(mean.map((part) => part.mean), [4, -1]);
  assertEquals(mean.map((part) => part.standardError), [0, 0]);
});

Deno.test("gradients: take dim normals a draw and no more", () => {
  for (const estimate of Object.values(estimators)) {
    const [random, other] = [seeded(47), seeded(47)].map((each) => each.random);
    estimate({ numSamples: 3, random });
    for (let i = 0; i < 3 * 2; i++) other.normal();
    assertEquals(random.normal(), other.normal());
  }
});

Deno.test("gradients: no draws and lengths that differ are refused", () => {
  const random = createRandom({ seed: 45, stream: STREAMS.test });
  assertThrows(
    () => reparameterizationGradient(planeQ, slope, { numSamples: 0, random }),
    RangeError,
    "numSamples",
  );
  assertThrows(
    () =>
      scoreFunctionGradient({ mean: [0, 1], scale: [1] }, () => 1, {
        numSamples: 2,
        random,
      }),
    RangeError,
    "one length",
  );
});
