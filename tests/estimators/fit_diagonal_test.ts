import {
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertThrows,
} from "@std/assert";
import { kl } from "elbo/distributions";
import { fitDiagonal } from "elbo/estimators";
import { createRandom, STREAMS } from "elbo/math";
import { plane, planeQ, planeX, seeded } from "./models.ts";

Deno.test("fitDiagonal: reaches the best diagonal normal of a correlated posterior", () => {
  const { random } = seeded(95);
  const best = plane.optimalDiagonal(planeX);
  // Far away and much too narrow.
  const start = { mean: [3, -4], scale: [0.05, 0.05] };
  const found = fitDiagonal(plane.logJoint(planeX), start, { random });
  best.mean.forEach((mean, i) => {
    assertAlmostEquals(found.mean[i], mean, 0.02 * best.scale[i]);
    assertAlmostEquals(found.scale[i] / best.scale[i], 1, 0.02);
  });
  const posterior = plane.exactPosterior(planeX);
  const excess = kl(found, posterior) - kl(best, posterior);
  assertLess(excess, 1e-3);
  // Control: the posterior's own scales are another, worse q.
  const marginalScales = { ...planeQ, mean: best.mean };
  assertLess(excess + 0.01, kl(marginalScales, posterior) - kl(best, posterior));
});

Deno.test("fitDiagonal: three steps are those of Adam, as its authors have them", () => {
  const reader = () => createRandom({ seed: 5, stream: STREAMS.test });
  const numSamples = 4, numSteps = 3;
  const logJoint = plane.logJoint(planeX);
  const found = fitDiagonal(logJoint, planeQ, {
    ...{ numSteps, numSamples, random: reader() },
  });
  const random = reader();
  // Mean in units of the scale, and ln scale: Kingma and Ba 2015, Algorithm 1.
  const mean = [...planeQ.mean], logScale = planeQ.scale.map(Math.log);
  const first = [0, 0, 0, 0], second = [0, 0, 0, 0];
  for (let t = 1; t <= numSteps; t++) {
    const scale = logScale.map(Math.exp);
    const half = [1, 2].map(() => scale.map(() => random.normal()));
    const eps = [...half, ...half.map((row) => row.map((e) => -e))];
    // The slope of the entropy by ln scale is 1.
    const gradient = [0, 0, 1, 1];
    for (const row of eps) {
      const z = row.map((e, j) => mean[j] + scale[j] * e);
      const { gradients } = logJoint(Float64Array.from(z));
      row.forEach((e, j) => {
        gradient[j] += gradients[j] * scale[j] / numSamples;
        gradient[2 + j] += gradients[j] * scale[j] * e / numSamples;
      });
    }
    const rate = 0.3 * (1 + Math.cos(Math.PI * t / numSteps)) / 2;
    const moves = gradient.map((g, i) => {
      first[i] = 0.9 * first[i] + 0.1 * g;
      second[i] = 0.99 * second[i] + 0.01 * g * g;
      const mHat = first[i] / (1 - 0.9 ** t), vHat = second[i] / (1 - 0.99 ** t);
      return rate * mHat / (Math.sqrt(vHat) + 1e-8);
    });
    [0, 1].forEach((j) => {
      mean[j] += scale[j] * moves[j];
      logScale[j] += moves[2 + j];
    });
  }
  [0, 1].forEach((j) => {
    assertAlmostEquals(found.mean[j], mean[j], 1e-12);
    assertAlmostEquals(found.scale[j], Math.exp(logScale[j]), 1e-12);
  });
});

Deno.test("fitDiagonal: at rest it stays at rest", () => {
  // No slope by the mean, and one of -1 by ln scale, which the entropy takes away.
  const flat = (z: Float64Array) => ({ values: z, gradients: z.map((v) => -v) });
  const random = { uniform: () => NaN, normal: () => 1, integer: () => NaN };
  const start = { mean: [0], scale: [1] };
  const { mean, scale } = fitDiagonal(flat, start, { random, numSteps: 5 });
  assertEquals([mean[0] + 0, scale[0]], [0, 1]);
});

Deno.test("fitDiagonal: no steps are refused", () => {
  const random = createRandom({ seed: 0, stream: STREAMS.test });
  const act = () =>
    fitDiagonal(plane.logJoint(planeX), planeQ, { numSteps: 0, random });
  assertThrows(act, RangeError, "numSteps must be a positive integer: it is 0");
});

Deno.test("fitDiagonal: an odd number of draws has no antithetic half", () => {
  const random = createRandom({ seed: 0, stream: STREAMS.test });
  const act = () =>
    fitDiagonal(plane.logJoint(planeX), planeQ, { numSamples: 3, random });
  assertThrows(act, RangeError, "numSamples / 2 must be a positive integer: it is 1.5");
});
