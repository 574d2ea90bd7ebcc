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
    for (const variance of [1e-12, 1e-4, 2]) {
      const grid = densityGrid(bump([mean], [[variance]]), line);
      assertAlmostEquals(grid.logIntegral, 0, 1e-9, `${mean}, ${variance}`);
    }
  }
  for (const mean of [[0.1, -0.2], [7, 9]]) {
    for (const [a, b, c] of [[1, 0, 1], [1e-4, 0, 1e-4], [1, 0.95, 1], [0.01, 0, 2]]) {
      const grid = densityGrid(bump(mean, [[a, b], [b, c]]), plane);
      assertAlmostEquals(grid.logIntegral, 0, 1e-9, `${mean}, ${[a, b, c]}`);
    }
  }
});

Deno.test("densityGrid: a narrow bump beside a wide one, both between nodes, is found", () => {
  const wide = bump([-2, 1.1], [[0.05, 0], [0, 0.05]]);
  const narrow = bump([1.87, -0.62], [[3e-4, 0], [0, 3e-4]]);
  // The node next to the narrow one is 43 nats below the top and would not count,
  // but the density falls from it by 100 more.
  const grid = densityGrid((z) => logSumExp([wide(z), narrow(z)]), plane);
  assertAlmostEquals(grid.logIntegral, Math.LN2, 1e-9);
});

Deno.test("densityGrid: two coarse sums that agree, both wrong, do not pass", () => {
  // A quarter of the way between two nodes any symmetric bump has equal sums at this
  // spacing and at half of it: the finer nodes are the coarser ones and their mirror.
  for (const share of [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1]) {
    const onLine = (share * line.spacing) ** 2, inPlane = (share * plane.spacing) ** 2;
    const p = bump([line.spacing / 4], [[onLine]]);
    const q = bump(Array(2).fill(plane.spacing / 4), [[inPlane, 0], [0, inPlane]]);
    assertAlmostEquals(densityGrid(p, line).logIntegral, 0, 1e-9);
    assertAlmostEquals(densityGrid(q, plane).logIntegral, 0, 1e-9);
  }
});

Deno.test("densityGrid: far below what float64 can hold, it integrates in logs", () => {
  const p = bump([1, 1], [[0.1, 0], [0, 0.2]]);
  const grid = densityGrid((z) => p(z) - 5000, plane);
  assertAlmostEquals(grid.logIntegral, -5000, 1e-9);
});

Deno.test("densityGrid: the error is that of the coarser grid, and above the finer's own", () => {
  // A kink: the trapezoid rule converges as the square of the spacing.
  const laplace = (z: Vector) => -Math.abs(z[0] - 0.3);
  const grid = densityGrid(laplace, { ...line, tolerance: 1e-7 });
  assertLess(grid.error, 1e-7);
  assertLess(Math.abs(grid.logIntegral - Math.LN2), 1e-7);
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
