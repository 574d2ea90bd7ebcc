import { mixture, normal, type PixelMixture, pixelMixture } from "elbo/distributions";
import type { Vector } from "elbo/math";
import {
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertThrows,
} from "@std/assert";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";
import { float64Tolerance } from "../helpers/tolerance.ts";
import { mixtures } from "./fixtures/densities.ts";
import { averageOverDraws, expectOnPlane } from "./witnesses.ts";

const parameters = {
  logits: [[0, 2], [1, 0]],
  mean: [[-1, 0.5], [1.5, -0.5]],
  scale: [[0.5, 1], [1, 0.75]],
};
const plane = pixelMixture(parameters);

Deno.test("pixelMixture: in one dimension it is the mixture of the fixtures", () => {
  for (const { logits, means, scales, x, logProb } of mixtures) {
    const column = (values: Vector) => values.map((value) => [value]);
    const p = pixelMixture({
      logits: column(logits),
      mean: column(means),
      scale: column(scales),
    });
    assertAlmostEquals(p.logProb([x]), logProb, float64Tolerance(10, logProb));
  }
});

function assertDensity(
  logProb: (x: Vector) => number,
  { mean, variance }: Pick<PixelMixture, "mean" | "variance">,
): void {
  const expect = (f: (x: Vector) => number) =>
    expectOnPlane(logProb, { mean: [0, 0], scale: [1.2, 1.2], f });
  assertAlmostEquals(expect(() => 1), 1, 1e-12);
  [0, 1].forEach((i) => {
    assertAlmostEquals(expect((x) => x[i]), mean[i], 1e-12);
    assertAlmostEquals(expect((x) => (x[i] - mean[i]) ** 2), variance[i], 1e-12);
  });
  // Each dimension draws by itself.
  const product = expect((x) => (x[0] - mean[0]) * (x[1] - mean[1]));
  assertAlmostEquals(product, 0, 1e-12);
}

Deno.test("pixelMixture: density, moments and independence hold by quadrature", () => {
  assertDensity((x) => plane.logProb(x), plane);
});

Deno.test("pixelMixture: quadrature catches one component drawn for all dimensions", () => {
  // The mixture of chapter 2: the same components, their mean weights, dependent.
  const whole = mixture({
    logits: [0, 0],
    components: [0, 1].map((k) =>
      normal({ mean: parameters.mean[k], scale: parameters.scale[k] })
    ),
  });
  assertThrows(() => assertDensity((x) => whole.logProb(x), whole), AssertionError);
});

Deno.test("pixelMixture: the joint sums to the density, and only over components", () => {
  const x = [0.3, -1];
  const joint = plane.logJoint(x);
  const byPixel = [0, 1].map((i) =>
    Math.log(joint.reduce((sum, row) => sum + Math.exp(row[i]), 0))
  );
  const sum = byPixel[0] + byPixel[1];
  assertAlmostEquals(plane.logProb(x), sum, float64Tolerance(10, sum));
});

Deno.test("pixelMixture: draws have its mean and variance, dimension by dimension", () => {
  const seed = testSeed(181);
  plane.mean.forEach((exact, i) => {
    const drawn = averageOverDraws(plane, (x) => x[i], { seed });
    assertMonteCarlo(drawn, { exact, resolution: 0.02, seed });
    const square = averageOverDraws(plane, (x) => (x[i] - exact) ** 2, { seed });
    assertMonteCarlo(square, { exact: plane.variance[i], resolution: 0.03, seed });
    const narrowest = Math.min(...parameters.scale.map((scale) => scale[i] ** 2));
    assertThrows(
      () => assertMonteCarlo(square, { exact: narrowest, resolution: 0.03, seed }),
      AssertionError,
    );
  });
  const product = averageOverDraws(
    plane,
    (x) => (x[0] - plane.mean[0]) * (x[1] - plane.mean[1]),
    { seed },
  );
  assertMonteCarlo(product, { exact: 0, resolution: 0.02, seed });
});

Deno.test("pixelMixture: what rounding leaves of the weights goes to the last", () => {
  // A generator at its very end.
  const last = { uniform: () => 1, normal: () => 2, integer: () => 0 };
  const [mean, scale] = [parameters.mean[1], parameters.scale[1]];
  assertEquals(plane.sample(last), mean.map((m, i) => m + 2 * scale[i]));
});

Deno.test("pixelMixture: parameters that do not fit are refused", () => {
  const cases: [Partial<typeof parameters>, string][] = [
    [{ logits: [] }, "0 x "],
    [{ logits: [], mean: [], scale: [] }, "0 x , 0 x , 0 x "],
    [{ logits: [[0, 0]] }, "1 x 2, 2 x 2, 2 x 2"],
    [{ mean: [[0, 0], [0]] }, "2 x 2|1"],
    [{ scale: [[1, 1], [1, 0]] }, "scale must be finite and positive: 0 at index 1"],
    [{ scale: [[1, Infinity], [1, 1]] }, "finite and positive: Infinity at index 1"],
    [{ mean: [[0, 0], [NaN, 0]] }, "mean must be finite: NaN at index 0"],
    [{ logits: [[0, -Infinity], [0, 0]] }, "logits must be finite: -Infinity"],
  ];
  for (const [change, message] of cases) {
    const wrong = { ...parameters, ...change };
    assertThrows(() => pixelMixture(wrong), RangeError, message);
  }
  assertThrows(() => plane.logProb([0]), RangeError, "length must be 2: 1");
  assertEquals(plane.logProb([Infinity, 0]), -Infinity);
});
