import { kl, multivariateNormal, normal } from "elbo/distributions";
import { linearGaussian } from "elbo/exact";
import { createRandom, integrate, STREAMS, summarize } from "elbo/math";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  AssertionError,
  assertThrows,
} from "@std/assert";
import { fc } from "../helpers/fast_check.ts";
import { finiteDifferenceGradient } from "../helpers/finite_difference.ts";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";
import { float64Tolerance } from "../helpers/tolerance.ts";

const model = linearGaussian({
  weight: [[1, 0.5], [-0.3, 2], [0.7, 0.7]],
  bias: [0, 1, -1],
  scale: [0.5, 1, 2],
});
const x = [1, -2, 0.5];

Deno.test("linearGaussian: scalar, as in a textbook", () => {
  const fields = fc.record({
    w: fc.double({ min: -5, max: 5, noNaN: true }),
    b: fc.double({ min: -5, max: 5, noNaN: true }),
    s: fc.double({ min: 0.1, max: 5, noNaN: true }),
    x: fc.double({ min: -5, max: 5, noNaN: true }),
  });
  fc.assert(fc.property(fields, ({ w, b, s, x }) => {
    const scalar = linearGaussian({ weight: [[w]], bias: [b], scale: s });
    const total = w * w + s * s;
    assertAlmostEquals(
      scalar.logMarginal([x]),
      -((x - b) ** 2) / (2 * total) - Math.log(2 * Math.PI * total) / 2,
      float64Tolerance(10, (x - b) ** 2 / total),
    );
    const { mean: [mean], covariance: [[variance]] } = scalar.exactPosterior([x]);
    assertAlmostEquals(mean, w * (x - b) / total, float64Tolerance(100));
    assertAlmostEquals(variance, s * s / total, float64Tolerance(1));
  }));
});

Deno.test("linearGaussian: the scalar posterior's moments hold by quadrature", () => {
  const scalar = linearGaussian({ weight: [[1.5]], bias: [0.5], scale: 0.7 });
  const { mean: [mean], covariance: [[variance]] } = scalar.exactPosterior([2]);
  const moment = (f: (z: number) => number) =>
    integrate((z) => {
      const joint = scalar.prior.logProb([z]) + scalar.likelihood([z]).logProb([2]);
      return Math.exp(joint - scalar.logMarginal([2])) * f(z);
    }, { from: -10, to: 10 }).value;
  assertAlmostEquals(moment((z) => z), mean, 1e-10);
  assertAlmostEquals(moment((z) => (z - mean) ** 2), variance, 1e-10);
});

Deno.test("linearGaussian: draws of the model have the marginal's mean and covariance", () => {
  const seed = testSeed(411);
  const random = createRandom({ seed, stream: STREAMS.test });
  const draws = Array.from(
    { length: 20_000 },
    () => model.likelihood(model.prior.sample(random)).sample(random),
  );
  const { mean, covariance } = model.marginal;
  for (const [i, j] of [[0, 0], [0, 1], [1, 2], [2, 2]]) {
    const average = summarize(draws.map((x) => x[i]));
    assertMonteCarlo(average, { exact: mean[i], resolution: 0.03, seed });
    const product = summarize(draws.map((x) => (x[i] - mean[i]) * (x[j] - mean[j])));
    assertMonteCarlo(product, { exact: covariance[i][j], resolution: 0.1, seed });
    assertThrows(
      // Control: noise forgotten.
      () =>
        assertMonteCarlo(product, {
          exact: covariance[i][j] - 1,
          resolution: 0.1,
          seed,
        }),
      AssertionError,
    );
  }
});

Deno.test("linearGaussian: posterior draws have its mean", () => {
  const seed = testSeed(412);
  const random = createRandom({ seed, stream: STREAMS.test });
  const posterior = model.exactPosterior(x);
  const draws = Array.from({ length: 5000 }, () => posterior.sample(random));
  posterior.mean.forEach((exact, i) => {
    const average = summarize(draws.map((z) => z[i]));
    assertMonteCarlo(average, { exact, resolution: 0.02, seed });
  });
});

/** The best diagonal q is no worse than its neighbours, and has no slope. */
function assertBest(best: { mean: readonly number[]; scale: readonly number[] }) {
  const posterior = model.exactPosterior(x);
  const klAt = (mean: readonly number[], scale: readonly number[]) =>
    kl(normal({ mean, scale }), posterior);
  const least = klAt(best.mean, best.scale);
  for (const delta of [-1e-2, 1e-2]) {
    for (const i of [0, 1]) {
      const moved = best.mean.map((m, j) => m + (i === j ? delta : 0));
      const widened = best.scale.map((s, j) => s * (i === j ? 1 + delta : 1));
      assertGreater(klAt(moved, best.scale), least);
      assertGreater(klAt(best.mean, widened), least);
    }
  }
}

Deno.test("linearGaussian: optimalDiagonal is where the KL is least", () => {
  assertBest(model.optimalDiagonal(x));
});

Deno.test("linearGaussian: the posterior's own variances are not optimal", () => {
  const { mean, covariance } = model.exactPosterior(x);
  const scale = covariance.map((row, i) => Math.sqrt(row[i]));
  assertThrows(() => assertBest({ mean, scale }), AssertionError);
  // The diagonal of the precision gives the smaller variances.
  model.optimalDiagonal(x).scale.forEach((s, i) => assert(s < scale[i]));
});

Deno.test("linearGaussian: the least gap has its closed form, -ln det(R) / 2", () => {
  // R is the correlation matrix of the precision: nothing of x is left.
  const { covariance: [[a, b], [, d]] } = model.exactPosterior(x);
  const gap = -Math.log(1 - b * b / (a * d)) / 2;
  for (const other of [x, [0, 0, 0], [-5, 9, 2]]) {
    const found = kl(model.optimalDiagonal(other), model.exactPosterior(other));
    assertAlmostEquals(found, gap, float64Tolerance(10));
  }
});

Deno.test("linearGaussian: with orthogonal columns optimalDiagonal is the posterior", () => {
  const orthogonal = linearGaussian({
    weight: [[1, 1], [1, -1]],
    bias: [0, 0],
    scale: 0.5,
  });
  const best = orthogonal.optimalDiagonal([1, 2]);
  assertAlmostEquals(
    kl(best, orthogonal.exactPosterior([1, 2])),
    0,
    float64Tolerance(4),
  );
});

Deno.test("linearGaussian: what enters is rebuilt from other coordinates of z", () => {
  // W R with a rotation R gives the same p(x).
  const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
  const rotated = linearGaussian({
    ...model,
    weight: model.weight.map(([a, b]) => [a * c + b * s, b * c - a * s]),
  });
  assertAlmostEquals(
    rotated.logMarginal(x),
    model.logMarginal(x),
    float64Tolerance(20),
  );
});

Deno.test("linearGaussian: little noise leaves a narrow posterior, a W of 0 the prior", () => {
  const sharp = linearGaussian({ weight: [[2]], bias: [0], scale: 1e-6 });
  const { mean: [mean], covariance: [[variance]] } = sharp.exactPosterior([1]);
  assertAlmostEquals(mean, 0.5, 1e-10);
  assertAlmostEquals(variance, 2.5e-13, 1e-22);
  const blind = linearGaussian({ weight: [[0], [0]], bias: [0, 0], scale: 1 });
  assertEquals(
    blind.exactPosterior([3, 4]),
    multivariateNormal({ mean: [0], covariance: [[1]] }),
  );
});

Deno.test("linearGaussian: shapes that do not fit and scales of 0 are refused", () => {
  const bias = [0, 0];
  assertThrows(
    () => linearGaussian({ weight: [[1]], bias, scale: 1 }),
    RangeError,
    "[1, 1], [2] and [2]",
  );
  assertThrows(
    () => linearGaussian({ weight: [[1, 2], [3]], bias, scale: 1 }),
    RangeError,
    "[2, 2/1]",
  );
  assertThrows(
    () => linearGaussian({ weight: [], bias: [], scale: 1 }),
    RangeError,
    "[dataDim, latentDim]",
  );
  assertThrows(
    () => linearGaussian({ weight: [[1], [1]], bias, scale: [1] }),
    RangeError,
    "[2] and [1]",
  );
  for (const scale of [0, -1, NaN, Infinity]) {
    assertThrows(
      () => linearGaussian({ weight: [[1], [1]], bias, scale }),
      RangeError,
      `scale must be finite and positive: ${scale}`,
    );
  }
  assertThrows(() => model.logMarginal([0]), RangeError, "length must be 3: 1");
  assertThrows(() => model.exactPosterior([0]), RangeError, "length of x must be 3: 1");
  assertThrows(() => model.logJoint([0]), RangeError, "length must be 3: 1");
  assertThrows(() => model.logJoint([0, 0, 0, 0]), RangeError, "length must be 3: 4");
});

Deno.test("linearGaussian: logJoint is ln p(z) + ln p(x|z), with its slope", () => {
  const value = (z: readonly number[]) =>
    model.prior.logProb(z) + model.likelihood(z).logProb(x);
  const points = [[0.3, -0.8], [1.5, 2]];
  const { values, gradients } = model.logJoint(x)(Float64Array.from(points.flat()));
  points.forEach((z, row) => {
    assertAlmostEquals(values[row], value(z), 1e-12);
    finiteDifferenceGradient(value, z).forEach((slope, i) =>
      assertAlmostEquals(gradients[2 * row + i], slope, 1e-7)
    );
  });
});
