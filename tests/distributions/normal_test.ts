import { normal, standardNormal } from "elbo/distributions";
import { createRandom, STREAMS, type Vector } from "elbo/math";
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
import { normals } from "./fixtures/densities.ts";
import { averageOverDraws, expectOnPlane, integrateLine } from "./witnesses.ts";

const oneDimensional = normal({ mean: [1.5], scale: [0.25] });
const plane = normal({ mean: [1, -2], scale: [0.5, 3] });

const number = fc.double({ min: -100, max: 100, noNaN: true });
const positive = fc.double({ min: 0.01, max: 100, noNaN: true });
const dimensions = fc.array(fc.record({ mean: number, scale: positive, x: number }), {
  maxLength: 5,
});

Deno.test("normal: logProb and entropy equal the fixtures", () => {
  for (const { mean, scale, x, logProb, entropy } of normals) {
    const p = normal({ mean, scale });
    const terms = x.map((v, i) => ((v - mean[i]) / scale[i]) ** 2 + 20);
    assertAlmostEquals(p.logProb(x), logProb, float64Tolerance(...terms));
    assertAlmostEquals(p.entropy(), entropy, float64Tolerance(...scale.map(() => 20)));
  }
});

/** exp(logProb) is a density in the plane, and -E[logProb] is the entropy. */
function assertDensity(logProb: (x: Vector) => number, entropy: number): void {
  const { mean, scale } = plane;
  // The trapezoid rule of 241 nodes over 24 standard deviations is exact to rounding.
  assertAlmostEquals(expectOnPlane(logProb, { mean, scale }), 1, 1e-12);
  const found = expectOnPlane(logProb, { mean, scale, f: logProb });
  assertAlmostEquals(-found, entropy, 1e-12);
}

Deno.test("normal: density and entropy hold by quadrature in the plane", () => {
  assertDensity((x) => plane.logProb(x), plane.entropy());
});

Deno.test("normal: quadrature catches planted errors of the density", () => {
  const { mean, scale, variance, dim } = plane;
  const squares = (x: Vector, spread: Vector) =>
    x.reduce((sum, v, i) => sum + ((v - mean[i]) / spread[i]) ** 2, 0) / 2;
  const normalizer = plane.entropy() - dim / 2;
  const planted: Record<string, (x: Vector) => number> = {
    "normaliser once for each dimension, twice over": (x) =>
      -squares(x, scale) - dim * normalizer,
    "ln(2 pi) once for all dimensions": (x) =>
      -squares(x, scale) - normalizer + Math.log(2 * Math.PI) / 2,
    "variance taken for the scale": (x) => -squares(x, variance) - normalizer,
    "logVar taken for the scale": (x) =>
      -squares(x, variance.map(Math.log)) - normalizer,
    "density with the sign turned": (x) => normalizer - squares(x, scale),
  };
  for (const logProb of Object.values(planted)) {
    assertThrows(() => assertDensity(logProb, plane.entropy()), AssertionError);
  }
});

Deno.test("normal: density and moments hold by quadrature on the line", () => {
  const [mean] = oneDimensional.mean, [scale] = oneDimensional.scale;
  const moment = (f: (x: number) => number) =>
    integrateLine((x) => Math.exp(oneDimensional.logProb([x])) * f(x), { mean, scale });
  assertAlmostEquals(moment(() => 1), 1, 1e-12);
  assertAlmostEquals(moment((x) => x), mean, 1e-12);
  assertAlmostEquals(moment((x) => (x - mean) ** 2), oneDimensional.variance[0], 1e-12);
});

Deno.test("normal: draws have its mean, variance and entropy", () => {
  const seed = testSeed(101);
  plane.mean.forEach((mean, i) => {
    const label = `dimension ${i}`;
    const [scale, variance] = [plane.scale[i], plane.variance[i]];
    assertMonteCarlo(averageOverDraws(plane, (x) => x[i], { seed }), {
      exact: mean,
      resolution: 0.01 * scale,
      seed,
      label,
    });
    const square = averageOverDraws(plane, (x) => (x[i] - mean) ** 2, { seed });
    assertMonteCarlo(square, {
      exact: variance,
      resolution: 0.02 * variance,
      seed,
      label,
    });
    // Control: draws that took the variance for the scale.
    assertThrows(
      () =>
        assertMonteCarlo(square, { exact: variance ** 2, resolution: variance, seed }),
      AssertionError,
    );
  });
  assertMonteCarlo(averageOverDraws(plane, (x) => -plane.logProb(x), { seed }), {
    exact: plane.entropy(),
    resolution: 0.01,
    seed,
  });
});

Deno.test("normal: dimensions are independent", () => {
  const seed = testSeed(102);
  const product = averageOverDraws(
    plane,
    (x) => (x[0] - plane.mean[0]) * (x[1] - plane.mean[1]),
    { seed },
  );
  assertMonteCarlo(product, { exact: 0, resolution: 0.02, seed });
});

Deno.test("normal: the same generator state gives the same draw", () => {
  const draw = () =>
    plane.sample(createRandom({ seed: 4, stream: STREAMS.test, row: 2 }));
  assertEquals(draw(), draw());
});

Deno.test("normal: logProb adds over dimensions", () => {
  fc.assert(fc.property(dimensions, (rows) => {
    const [mean, scale, x] = (["mean", "scale", "x"] as const)
      .map((name) => rows.map((row) => row[name]));
    const parts = rows.map((row) =>
      normal({ mean: [row.mean], scale: [row.scale] }).logProb([row.x])
    );
    assertAlmostEquals(
      normal({ mean, scale }).logProb(x),
      parts.reduce((sum, part) => sum + part, 0),
      float64Tolerance(1, ...parts),
    );
  }));
});

Deno.test("normal: logProb is invariant under translation, and scales with the unit", () => {
  // Shifts and units of powers of two, so that the arithmetic itself is exact.
  const grid = fc.integer({ min: -1000, max: 1000 }).map((n) => n / 8);
  const power = fc.integer({ min: -20, max: 20 }).map((n) => 2 ** n);
  fc.assert(
    fc.property(grid, grid, grid, positive, power, (mean, x, shift, s, unit) => {
      const logProb = normal({ mean: [mean], scale: [s] }).logProb([x]);
      const moved = normal({ mean: [mean + shift], scale: [s] }).logProb([x + shift]);
      assertEquals(moved, logProb);
      // A density is per unit of x: its logarithm moves by ln of the unit.
      const scaled = normal({ mean: [mean * unit], scale: [s * unit] }).logProb([
        x * unit,
      ]);
      assertAlmostEquals(
        scaled + Math.log(unit),
        logProb,
        float64Tolerance(20, logProb),
      );
    }),
  );
});

Deno.test("normal: a narrow density is above 1, and its entropy negative", () => {
  const narrow = normal({ mean: [0], scale: [1e-3] });
  assertAlmostEquals(narrow.logProb([0]), 5.988816745777464, 1e-12);
  assertAlmostEquals(narrow.entropy(), -5.488816745777464, 1e-12);
});

Deno.test("normal: nothing overflows or underflows that need not", () => {
  // The variance 1e-400 is 0 in float64; the density does not use it.
  const tiny = normal({ mean: [0], scale: [1e-200] });
  assertEquals(tiny.variance, [0]);
  assertAlmostEquals(tiny.logProb([1e-200]), 459.0980800656045, 1e-10);
  const huge = normal({ mean: [1e300], scale: [1e200] });
  assertAlmostEquals(huge.logProb([1e300]), -461.4359571320071, 1e-10);
  assertEquals(standardNormal(1).logProb([1e200]), -Infinity);
});

Deno.test("normal: infinite x is impossible, NaN stays NaN, no dimensions are certain", () => {
  assertEquals(standardNormal(2).logProb([0, -Infinity]), -Infinity);
  assertEquals(standardNormal(2).logProb([0, NaN]), NaN);
  assertEquals(standardNormal(0).logProb([]), 0);
  assertEquals(standardNormal(0).entropy(), 0);
  assertEquals(standardNormal(0).sample(createRandom({ seed: 0, stream: 0 })), []);
});

Deno.test("normal: parameters out of range are refused by name and place", () => {
  const cases: [Vector, Vector, string][] = [
    [[0], [0], "scale must be finite and positive: 0 at index 0"],
    [[0, 0], [1, -1], "scale must be finite and positive: -1 at index 1"],
    [[0], [NaN], "scale must be finite and positive: NaN"],
    [[0], [Infinity], "scale must be finite and positive: Infinity"],
    [[NaN], [1], "mean must be finite: NaN at index 0"],
    [[-Infinity], [1], "mean must be finite: -Infinity"],
    [[0, 0], [1], "one length: 2 and 1"],
  ];
  for (const [mean, scale, message] of cases) {
    assertThrows(() => normal({ mean, scale }), RangeError, message);
  }
  for (const dim of [1.5, -1]) {
    assertThrows(() => standardNormal(dim), RangeError, `at least 0: ${dim}`);
  }
  assertThrows(() => standardNormal(2).logProb([0]), RangeError, "length must be 2: 1");
});
