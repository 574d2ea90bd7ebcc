import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { kl, normal } from "elbo/distributions";
import { elbo, type ElboForm } from "elbo/estimators";
import { nonlinearGaussian } from "elbo/exact";
import { createRandom, expectNormal, STREAMS } from "elbo/math";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { float64Tolerance } from "../helpers/tolerance.ts";
import { coins, coinsQ, coinsX, line, lineQ, lineX } from "./models.ts";
import { plane, planeQ, planeX, seeded } from "./models.ts";

const FORMS: ElboForm[] = ["joint", "analyticKl", "sampledKl"];
const NUM_SAMPLES = 20_000;
// Logarithms of densities under q have every moment: the variance is finite.
const RESOLUTION = 0.02;

/** The exact bound, the other way round: ln p(x) - KL(q || p(z|x)). */
const exactLine = line.logMarginal(lineX) - kl(lineQ, line.exactPosterior(lineX));
const exactPlane = plane.logMarginal(planeX) - kl(planeQ, plane.exactPosterior(planeX));
const exactCoins = coins.logMarginal(coinsX) - kl(coinsQ, coins.exactPosterior(coinsX));

for (const form of FORMS) {
  Deno.test(`elbo, ${form}: is ln p(x) - KL(q || p(z|x)) on three exact models`, () => {
    const { seed, random } = seeded(11);
    const options = { numSamples: NUM_SAMPLES, random, form };
    const claim = { resolution: RESOLUTION, seed };
    const onLine = elbo(line, lineQ, lineX, options);
    assertMonteCarlo(onLine.elbo, { exact: exactLine, ...claim, label: "line" });
    const onPlane = elbo(plane, planeQ, planeX, options);
    assertMonteCarlo(onPlane.elbo, { exact: exactPlane, ...claim, label: "plane" });
    const onCoins = elbo(coins, coinsQ, coinsX, options);
    assertMonteCarlo(onCoins.elbo, { exact: exactCoins, ...claim, label: "coins" });
  });

  Deno.test(`elbo, ${form}: the parts add up to the bound`, () => {
    const { random } = seeded(12);
    const bound = elbo(plane, planeQ, planeX, { numSamples: 500, random, form });
    const { mean } = bound.elbo;
    const parts = bound.expectedLogLikelihood.mean - bound.kl.mean;
    assertAlmostEquals(parts, mean, float64Tolerance(20, mean));
  });
}

Deno.test("elbo: the parts are E_q ln p(x|z) and KL(q || p(z))", () => {
  const { seed, random } = seeded(13);
  const bound = elbo(line, lineQ, lineX, { numSamples: NUM_SAMPLES, random });
  const claim = { resolution: RESOLUTION, seed };
  const [mean, scale] = [lineQ.mean[0], lineQ.scale[0]];
  const exact = expectNormal((z) => line.likelihood([z]).logProb(lineX), {
    mean,
    scale,
  });
  assertMonteCarlo(bound.expectedLogLikelihood, { exact, ...claim });
  assertMonteCarlo(bound.kl, { exact: kl(lineQ, line.prior), ...claim });
});

Deno.test("elbo: planted errors are told from the bound", () => {
  const { seed, random } = seeded(14);
  const bound = elbo(line, lineQ, lineX, { numSamples: NUM_SAMPLES, random });
  const { expectedLogLikelihood, kl: klEstimate } = bound;
  const planted = {
    "the KL added": {
      ...bound.elbo,
      mean: expectedLogLikelihood.mean + klEstimate.mean,
    },
    "the loss": { ...bound.elbo, mean: -bound.elbo.mean },
    "the reconstruction alone": expectedLogLikelihood,
    "the bound of the variance taken for the scale": elbo(
      line,
      normal({ mean: lineQ.mean, scale: lineQ.variance }),
      lineX,
      { numSamples: NUM_SAMPLES, random },
    ).elbo,
  };
  for (const [error, estimate] of Object.entries(planted)) {
    assertThrows(
      () => assertMonteCarlo(estimate, { exact: exactLine, resolution: 0.02, seed }),
      Error,
      "standard errors off",
      error,
    );
  }
});

Deno.test("elbo: joint and sampledKl are one number a draw, on common noise", () => {
  const [joint, sampled] = (["joint", "sampledKl"] as const).map((form) => {
    const random = createRandom({ seed: 5, stream: STREAMS.test });
    return elbo(plane, planeQ, planeX, { numSamples: 100, random, form }).elbo;
  });
  assertAlmostEquals(joint.mean, sampled.mean, float64Tolerance(20));
  assertAlmostEquals(joint.standardError, sampled.standardError, 1e-14);
});

Deno.test("elbo: the analytic KL has no spread", () => {
  const { random } = seeded(15);
  const form = "analyticKl";
  const bound = elbo(plane, planeQ, planeX, { numSamples: 50, random, form });
  assertEquals(bound.kl.mean, kl(planeQ, plane.prior));
  assertEquals(bound.kl.standardError, 0);
});

Deno.test("elbo: at the posterior the joint form has no spread, the analytic one has", () => {
  const { random } = seeded(16);
  const posterior = line.exactPosterior(lineX);
  const joint = elbo(line, posterior, lineX, { numSamples: 100, random });
  assertAlmostEquals(joint.elbo.mean, line.logMarginal(lineX), 1e-13);
  assert(joint.elbo.standardError < 1e-14);
  const form = "analyticKl";
  const analytic = elbo(line, posterior, lineX, { numSamples: 100, random, form });
  assert(analytic.elbo.standardError > 0.01);
});

Deno.test("elbo, analyticKl: refuses a q without a closed KL and names it", () => {
  const { random } = seeded(17);
  const model = nonlinearGaussian({ curve: (z) => z * z, scale: 0.5 });
  const q = model.exactPosterior([1.5]);
  const options = { numSamples: 10, random };
  assertThrows(
    () => elbo(model, q, [1.5], { ...options, form: "analyticKl" }),
    TypeError,
    "closed form",
  );
  // The other forms need none.
  assert(Number.isFinite(elbo(model, q, [1.5], options).elbo.mean));
});

Deno.test("elbo: takes dim normals a draw and no more", () => {
  const [random, other] = [seeded(18), seeded(18)].map((each) => each.random);
  elbo(plane, planeQ, planeX, { numSamples: 3, random });
  for (let i = 0; i < 3 * 2; i++) other.normal();
  assertEquals(random.normal(), other.normal());
});

Deno.test("elbo: one draw has a mean and no standard error", () => {
  const { random } = seeded(18);
  const { elbo: one } = elbo(line, lineQ, lineX, { numSamples: 1, random });
  assert(Number.isFinite(one.mean));
  assertEquals(one.standardError, NaN);
});

Deno.test("elbo: refuses no draws", () => {
  const { random } = seeded(19);
  assertThrows(
    () => elbo(line, lineQ, lineX, { numSamples: 0, random }),
    RangeError,
    "numSamples must be a positive integer: it is 0",
  );
});
