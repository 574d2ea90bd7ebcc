import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertThrows,
} from "@std/assert";
import { type BoundEstimator, boundGradientDraws, logWeight } from "elbo/estimators";
import { linearGaussian } from "elbo/exact";
import { type Normal, normal } from "elbo/distributions";
import {
  createRandom,
  expectNormal,
  logLogSlope,
  logMeanExp,
  type Random,
  signalToNoise,
  STREAMS,
  summarize,
  type Vector,
} from "elbo/math";
import { finiteDifferenceGradient } from "../helpers/finite_difference.ts";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { line, lineQ, lineX, plane, planeQ, planeX, seeded } from "./models.ts";

const KINDS = [
  "reparameterized",
  "doublyReparameterized",
  "scoreFunction",
  "constantBaseline",
  "leaveOneOut",
] as const;

/** ln p(x, z) of the line at 1.5, by hand: what a hundred thousand draws can afford. */
function logJoint(z: Float64Array) {
  const residual = (v: number) => (1.5 - 0.3 - 1.2 * v) / 0.8;
  const constant = Math.log(2 * Math.PI) + Math.log(0.8);
  return {
    values: z.map((v) => -(v * v + residual(v) ** 2) / 2 - constant),
    gradients: z.map((v) => -v + 1.2 / 0.8 * residual(v)),
  };
}

/** d ln p(x, z) / d weight at weight 1.2. */
const modelSlope = (z: Float64Array) =>
  z.map((v) => (1.5 - 0.3 - 1.2 * v) * v / 0.8 ** 2);

const options = { modelSlope, baseline: -2.4 };

Deno.test("the log joint used below is that of the line", () => {
  const z = Float64Array.of(-1, 0.3, 2);
  const [found, expected] = [logJoint(z), line.logJoint(lineX)(z)];
  z.forEach((_, i) => {
    assertAlmostEquals(found.values[i], expected.values[i], 1e-12);
    assertAlmostEquals(found.gradients[i], expected.gradients[i], 1e-12);
  });
});

/** L_1 or L_2 by quadrature, as a function of mean, scale and weight. */
function exactBound(numSamples: number, [mean, scale, weight]: number[]): number {
  const model = linearGaussian({ weight: [[weight]], bias: [0.3], scale: 0.8 });
  const q = normal({ mean: [mean], scale: [scale] });
  const logWeightAt = (z: number) => logWeight(model, q, { x: lineX, z: [z] });
  const over = (f: (z: number) => number) => expectNormal(f, { mean, scale });
  if (numSamples === 1) return over(logWeightAt);
  return over((first) => {
    const own = logWeightAt(first);
    return over((second) => logMeanExp([own, logWeightAt(second)]));
  });
}

for (const numSamples of [1, 2]) {
  Deno.test(`boundGradientDraws: all means are the gradient of L_${numSamples}`, () => {
    const { seed, random } = seeded(46 + numSamples);
    const exact = finiteDifferenceGradient(
      (at) => exactBound(numSamples, at),
      [...lineQ.mean, ...lineQ.scale, 1.2],
    );
    const kinds = KINDS.filter((kind) => numSamples > 1 || kind !== "leaveOneOut");
    const { encoder, model } = boundGradientDraws(logJoint, lineQ, kinds, {
      ...{ numSamples, random, repeats: 40_000, ...options },
    });
    // Polynomials under a normal, times weights that are bounded.
    for (const [kind, columns] of encoder) {
      columns.map(summarize).forEach((estimate, i) => {
        const claim = { resolution: 0.1, seed, label: `${kind} ${i}` };
        assertMonteCarlo(estimate, { ...claim, exact: exact[i] });
        // Control: half of it, as if the bound were of another K.
        assertThrows(() => assertMonteCarlo(estimate, { ...claim, exact: -exact[i] }));
      });
    }
    const ofModel = { exact: exact[2], resolution: 0.02, seed, label: "model" };
    assertMonteCarlo(summarize(model!), ofModel);
  });
}

/** The estimates of one set of draws in the plane, slopes by finite differences. */
function byDefinition(eps: readonly Vector[], kind: BoundEstimator): number[] {
  const theta = [...planeQ.mean, ...planeQ.scale];
  const qAt = (at: Vector) => normal({ mean: at.slice(0, 2), scale: at.slice(2) });
  const pointAt = (at: Vector, k: number) =>
    eps[k].map((e, j) => at[j] + at[2 + j] * e);
  const weight = (q: Normal, z: Vector) => logWeight(plane, q, { x: planeX, z });
  const logWeights = eps.map((_, k) => weight(planeQ, pointAt(theta, k)));
  const bound = logMeanExp(logWeights);
  const shares = logWeights.map((l) => Math.exp(l - bound) / eps.length);
  const slopeOf = (f: (at: Vector) => number) => finiteDifferenceGradient(f, theta);
  if (kind === "reparameterized") {
    return slopeOf((at) =>
      logMeanExp(eps.map((_, k) => weight(qAt(at), pointAt(at, k))))
    );
  }
  const parts = eps.map((_, k) => {
    if (kind === "doublyReparameterized") {
      // By the way of z alone: q itself stays.
      const slope = slopeOf((at) => weight(planeQ, pointAt(at, k)));
      return slope.map((value) => shares[k] ** 2 * value);
    }
    const others = logWeights.filter((_, other) => other !== k);
    const mean = others.reduce((sum, l) => sum + l, 0) / others.length;
    const foretold = {
      scoreFunction: 0,
      constantBaseline: -5,
      leaveOneOut: logMeanExp([...others, mean]),
    }[kind];
    const z = pointAt(theta, k);
    const score = slopeOf((at) => qAt(at).logProb(z));
    return score.map((value) => (bound - foretold - shares[k]) * value);
  });
  return theta.map((_, i) => parts.reduce((sum, part) => sum + part[i], 0));
}

Deno.test("boundGradientDraws: each draw in the plane is that of its definition", () => {
  const numSamples = 3, repeats = 2;
  const reader = () => createRandom({ seed: 51, stream: STREAMS.test });
  const { encoder, model } = boundGradientDraws(
    plane.logJoint(planeX),
    planeQ,
    KINDS,
    {
      ...{ numSamples, repeats, random: reader(), baseline: -5 },
      // d/dt of a bound whose ln p(x, z) rises by t (z_0 - z_1).
      modelSlope: (z) =>
        Float64Array.from({ length: z.length / 2 }, (_, i) => {
          return z[2 * i] - z[2 * i + 1];
        }),
    },
  );
  const random = reader();
  for (let repeat = 0; repeat < repeats; repeat++) {
    const eps = Array.from(
      { length: numSamples },
      () => planeQ.mean.map(() => random.normal()),
    );
    for (const kind of KINDS) {
      byDefinition(eps, kind).forEach((exact, i) => {
        const found = encoder.get(kind)![i][repeat];
        assertAlmostEquals(found, exact, 1e-7 * (1 + Math.abs(exact)), `${kind} ${i}`);
      });
    }
    const points = eps.map((e) =>
      e.map((x, j) => planeQ.mean[j] + planeQ.scale[j] * x)
    );
    const risen = (t: number) =>
      logMeanExp(
        points.map((z) =>
          logWeight(plane, planeQ, { x: planeX, z }) + t * (z[0] - z[1])
        ),
      );
    const [slope] = finiteDifferenceGradient(([t]) => risen(t), [0]);
    assertAlmostEquals(model![repeat], slope, 1e-7);
  }
});

Deno.test("boundGradientDraws: many draws are drawn in pieces, and are the same", () => {
  // Two repeats a piece; and a single one is more than a piece.
  for (const numSamples of [1500, 5000]) {
    const draw = (random: Random, repeats: number) => {
      const { encoder, model } = boundGradientDraws(logJoint, lineQ, [
        "reparameterized",
      ], { numSamples, repeats, random, modelSlope });
      return [...encoder.get("reparameterized")!, model!];
    };
    const [random, other] = [1, 2].map(() =>
      createRandom({ seed: 52, stream: STREAMS.test })
    );
    const together = draw(other, 5);
    for (let repeat = 0; repeat < 5; repeat++) {
      const alone = draw(random, 1);
      together.forEach((column, i) => assertEquals(column[repeat], alone[i][0]));
    }
    assertEquals(random.normal(), other.normal(), "none is drawn in vain");
  }
});

Deno.test("boundGradientDraws: a baseline takes noise away, a learned one more", () => {
  const { random } = seeded(49);
  const { encoder } = boundGradientDraws(logJoint, lineQ, KINDS, {
    ...{ numSamples: 5, random, repeats: 5000, ...options },
  });
  const spread = (kind: BoundEstimator) =>
    summarize(encoder.get(kind)![0]).standardError;
  const inOrder: BoundEstimator[] = [
    "doublyReparameterized",
    "leaveOneOut",
    "constantBaseline",
    "scoreFunction",
  ];
  assertLess(spread("doublyReparameterized"), spread("reparameterized"));
  inOrder.slice(1).forEach((kind, i) =>
    assertLess(spread(inOrder[i]), spread(kind), kind)
  );
});

Deno.test("boundGradientDraws: signal to noise goes as K^(-1/2) and K^(1/2)", () => {
  const counts = [8, 16, 32, 64];
  const kinds = ["reparameterized", "doublyReparameterized"] as const;
  const { random } = seeded(50);
  const drawn = counts.map((numSamples) =>
    boundGradientDraws(logJoint, lineQ, kinds, {
      ...{ numSamples, random, repeats: 10_000, ...options },
    })
  );
  const slope = (of: (draws: typeof drawn[number]) => Float64Array) =>
    logLogSlope(counts, drawn.map((draws) => signalToNoise(of(draws))));
  const plain = slope(({ encoder }) => encoder.get("reparameterized")![0]);
  const doubly = slope(({ encoder }) => encoder.get("doublyReparameterized")![0]);
  const model = slope((draws) => draws.model!);
  for (const [found, exact] of [[plain, -0.5], [doubly, 0.5], [model, 0.5]] as const) {
    // The laws hold for large K; at these a tenth is missing.
    assertLess(Math.abs(found.mean - exact), 0.1 + 5 * found.standardError);
    assertLess(found.standardError, 0.15);
  }
  assert(plain.mean + 5 * plain.standardError < doubly.mean);
});

Deno.test("boundGradientDraws: one draw has no others to leave in", () => {
  const random = createRandom({ seed: 0, stream: STREAMS.test });
  const draw = (numSamples: number, repeats: number) => () =>
    boundGradientDraws(logJoint, lineQ, KINDS, { numSamples, repeats, random });
  assertThrows(draw(1, 1), RangeError, "must be 2 or more for leaveOneOut");
  assertThrows(draw(2, 0), RangeError, "repeats must be a positive integer");
  for (const count of [0, 2.5]) {
    assertThrows(draw(count, 1), RangeError, "numSamples must be a positive integer");
  }
});
