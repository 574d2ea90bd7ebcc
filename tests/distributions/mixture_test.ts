import {
  type Mixture,
  mixture,
  multivariateNormal,
  normal,
  standardNormal,
} from "elbo/distributions";
import type { Vector } from "elbo/math";
import {
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertThrows,
} from "@std/assert";
import { fc } from "../helpers/fast_check.ts";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";
import { float64Tolerance } from "../helpers/tolerance.ts";
import { mixtures } from "./fixtures/densities.ts";
import { averageOverDraws, expectOnPlane } from "./witnesses.ts";

const plane = mixture({
  logits: [0, 1],
  components: [
    normal({ mean: [-1, 2], scale: [0.5, 1] }),
    multivariateNormal({ mean: [2, -1], covariance: [[2, 0.5], [0.5, 1]] }),
  ],
});

Deno.test("mixture: logProb equals the fixtures, where every component underflows too", () => {
  for (const { logits, means, scales, x, logProb } of mixtures) {
    const components = means.map((m, k) => normal({ mean: [m], scale: [scales[k]] }));
    const p = mixture({ logits, components });
    assertAlmostEquals(p.logProb([x]), logProb, float64Tolerance(10, logProb));
  }
});

function assertDensity(
  logProb: (x: Vector) => number,
  { mean, covariance }: Pick<Mixture, "mean" | "covariance">,
): void {
  const expect = (f: (x: Vector) => number) =>
    expectOnPlane(logProb, { mean: [0, 0], scale: [1.5, 1.5], f });
  assertAlmostEquals(expect(() => 1), 1, 1e-12);
  for (const [i, j] of [[0, 0], [0, 1], [1, 1]]) {
    assertAlmostEquals(expect((x) => x[i]), mean[i], 1e-12);
    const moment = expect((x) => (x[i] - mean[i]) * (x[j] - mean[j]));
    assertAlmostEquals(moment, covariance[i][j], 1e-12);
  }
}

Deno.test("mixture: density, mean and covariance hold by quadrature", () => {
  assertDensity((x) => plane.logProb(x), plane);
  assertEquals(plane.variance, [plane.covariance[0][0], plane.covariance[1][1]]);
});

Deno.test("mixture: quadrature catches planted errors", () => {
  const { mean, covariance, components, logits } = plane;
  const logProb = (x: Vector) => plane.logProb(x);
  const unweighted = (x: Vector) =>
    Math.log(components.reduce((sum, c) => sum + Math.exp(c.logProb(x)), 0));
  const ofLogs = (x: Vector) =>
    components.reduce((sum, c, k) => sum + Math.exp(logits[k]) * c.logProb(x), 0);
  const within = covariance.map((row, i) =>
    row.map((value, j) => value - (i === j ? 1 : 0))
  );
  assertThrows(() => assertDensity(unweighted, plane), AssertionError);
  assertThrows(() => assertDensity(ofLogs, plane), AssertionError);
  assertThrows(
    () => assertDensity(logProb, { mean: [0, 0], covariance }),
    AssertionError,
  );
  assertThrows(
    () => assertDensity(logProb, { mean, covariance: within }),
    AssertionError,
  );
});

Deno.test("mixture: draws have its mean and variance", () => {
  const seed = testSeed(151);
  plane.mean.forEach((exact, i) => {
    const average = averageOverDraws(plane, (x) => x[i], { seed });
    assertMonteCarlo(average, { exact, resolution: 0.02, seed });
    const square = averageOverDraws(plane, (x) => (x[i] - exact) ** 2, { seed });
    assertMonteCarlo(square, { exact: plane.variance[i], resolution: 0.05, seed });
    assertThrows(
      // Control: the average of the components' variances, without what is between.
      () => assertMonteCarlo(square, { exact: 1, resolution: 0.05, seed }),
      AssertionError,
    );
  });
});

Deno.test("mixture: of one component, or of equal ones, it is that component", () => {
  const number = fc.double({ min: -5, max: 5, noNaN: true });
  const lists = fc.array(number, { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(lists, number, (logits, x) => {
    const component = normal({ mean: [1], scale: [0.5] });
    const p = mixture({ logits, components: logits.map(() => component) });
    const expected = component.logProb([x]);
    assertAlmostEquals(p.logProb([x]), expected, float64Tolerance(10, expected));
    assertAlmostEquals(p.variance[0], 0.25, float64Tolerance(2));
  }));
});

Deno.test("mixture: far from 0 the variance keeps its digits", () => {
  const at = (origin: number) =>
    mixture({
      logits: [0, 1],
      components: [-1, 2].map((m) => normal({ mean: [origin + m], scale: [1] })),
    }).variance[0];
  // The mean is rounded to 1.5e-8 there.
  assertAlmostEquals(at(1e8), at(0), 1e-6);
});

Deno.test("mixture: a component of weight 0 leaves no trace", () => {
  const components = [standardNormal(1), normal({ mean: [9], scale: [1] })];
  const p = mixture({ logits: [0, -Infinity], components });
  assertEquals(p.logProb([9]), components[0].logProb([9]));
  assertEquals([p.mean, p.variance], [[0], [1]]);
  assertEquals(p.logProb([Infinity]), -Infinity);
});

Deno.test("mixture: components and logits that do not fit are refused", () => {
  const component = standardNormal(1);
  assertThrows(
    () => mixture({ logits: [], components: [] }),
    RangeError,
    "0 components",
  );
  assertThrows(
    () => mixture({ logits: [0], components: [component, component] }),
    RangeError,
    "2 components, 1 logits",
  );
  assertThrows(
    () => mixture({ logits: [0, 0], components: [component, standardNormal(2)] }),
    RangeError,
    "one dimension: 1 and 2",
  );
  assertThrows(
    () => mixture({ logits: [NaN], components: [component] }),
    RangeError,
    "NaN at index 0",
  );
});
