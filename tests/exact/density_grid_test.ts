import { multivariateNormal } from "elbo/distributions";
import { logSumExp, type Vector } from "elbo/math";
import { assert, assertAlmostEquals, assertLess, assertThrows } from "@std/assert";
import { densityGrid } from "../../lib/exact/density_grid.ts";

const line = { dim: 1, spacing: 1 / 32, tolerance: 1e-10 };
const plane = { dim: 2, spacing: 1 / 4, tolerance: 1e-8 };

function bump(mean: Vector, covariance: readonly Vector[]) {
  const p = multivariateNormal({ mean, covariance });
  return (z: Vector) => p.logProb(z);
}

Deno.test("densityGrid: normal densities near and far, wide and narrow, have mass 1", () => {
  for (const mean of [0, 0.123, 5, -30]) {
    for (const variance of [1e-12, 1e-4, 1, 4]) {
      const grid = densityGrid(bump([mean], [[variance]]), line);
      assertAlmostEquals(grid.logIntegral, 0, 1e-9, `${mean}, ${variance}`);
    }
  }
  for (const mean of [[0, 0], [0.1, -0.2], [7, 9]]) {
    for (const [a, b, c] of [[1, 0, 1], [1e-4, 0, 1e-4], [1, 0.95, 1], [0.01, 0, 2]]) {
      const grid = densityGrid(bump(mean, [[a, b], [b, c]]), plane);
      assertAlmostEquals(grid.logIntegral, 0, 1e-9, `${mean}, ${[a, b, c]}`);
    }
  }
});

Deno.test("densityGrid: a narrow bump beside a wide one, both between nodes, is found", () => {
  // exp(-20) of the mass per unit, but the narrow one is 12 nats higher at its top.
  const wide = bump([-2, 1.1], [[0.05, 0], [0, 0.05]]);
  const narrow = bump([1.87, -0.62], [[1e-3, 0], [0, 1e-3]]);
  const grid = densityGrid((z) => logSumExp([wide(z), narrow(z)]), plane);
  assertAlmostEquals(grid.logIntegral, Math.LN2, 1e-9);
});

Deno.test("densityGrid: far below what float64 can hold, it integrates in logs", () => {
  const p = bump([1, 1], [[0.1, 0], [0, 0.2]]);
  const grid = densityGrid((z) => p(z) - 5000, plane);
  assertAlmostEquals(grid.logIntegral, -5000, 1e-9);
});

Deno.test("densityGrid: the error is that of the coarser grid, and above the finer's own", () => {
  // A tent has a kink: the trapezoid rule converges as the square of the spacing.
  const tent = (z: Vector) => Math.log(Math.max(0, 1 - Math.abs(z[0] - 0.3) / 2));
  const grid = densityGrid(tent, { ...line, tolerance: 1e-7 });
  const actual = Math.abs(grid.logIntegral - Math.log(2));
  assertLess(grid.error, 1e-7);
  assertLess(actual, 1e-6);
  // A smooth density is far better than the tolerance asks.
  const smooth = densityGrid(bump([0.3], [[1]]), { ...line, tolerance: 1e-3 });
  assertLess(Math.abs(smooth.logIntegral), 1e-12);
});

Deno.test("densityGrid: bounds are values of a node or of one next to it", () => {
  const grid = densityGrid(bump([0.4], [[0.3]]), line);
  grid.logDensities.forEach((value, i) => {
    assert(grid.logBounds[i] >= value);
    assert(grid.logDensities.includes(grid.logBounds[i]));
  });
});

Deno.test("densityGrid: what has no integral, or none to be found, is refused", () => {
  assertThrows(
    () => densityGrid(() => 0, line),
    RangeError,
    "1000000 nodes must suffice",
  );
  assertThrows(() => densityGrid(() => -Infinity, plane), RangeError, "0 at all nodes");
  assertThrows(
    () => densityGrid(() => NaN, line),
    RangeError,
    "below Infinity: NaN at [",
  );
  assertThrows(() => densityGrid(() => Infinity, line), RangeError, "Infinity at [");
  const point = (z: Vector) => -1e18 * (z[0] ** 2 + z[1] ** 2);
  assertThrows(
    () => densityGrid(point, plane),
    RangeError,
    "too narrow, or not smooth",
  );
});
