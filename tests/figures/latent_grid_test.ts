import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { interpolate, manifoldGrid } from "elbo/figures";
import { integrate } from "elbo/math";

/** P(Z <= z) for a standard normal, by quadrature. */
function normalCdf(z: number): number {
  const density = (x: number) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  return integrate(density, { from: -Infinity, to: z, tolerance: 1e-12 }).value;
}

Deno.test("manifoldGrid: the coordinates are quantiles of N(0, 1), by quadrature", () => {
  const size = 20;
  manifoldGrid(2, size).columns.forEach((z, i) =>
    assertAlmostEquals(normalCdf(z), (i + 0.5) / size, 1e-11)
  );
});

Deno.test("manifoldGrid: rows fall, columns rise, points run as a picture is read", () => {
  const { points, rows, columns, count } = manifoldGrid(2, 3);
  assertEquals(count, 9);
  assertEquals(rows.toReversed(), columns);
  const at = (row: number, column: number) => {
    const i = 2 * (3 * row + column);
    return [points[i], points[i + 1]];
  };
  assertEquals(at(0, 0), [columns[0], rows[0]].map(Math.fround));
  assertEquals(at(2, 1), [columns[1], rows[2]].map(Math.fround));
});

Deno.test("manifoldGrid: a line where the latent has one dimension", () => {
  const { points, count, columns } = manifoldGrid(1, 4);
  assertEquals(count, 4);
  assertEquals([...points], columns.map(Math.fround));
});

Deno.test("manifoldGrid: refuses three dimensions", () => {
  assertThrows(() => manifoldGrid(3), RangeError, "latentDim must be 1 or 2: 3");
});

Deno.test("manifoldGrid: refuses a size that is no positive integer", () => {
  for (const size of [0, -1, 2.5, NaN]) {
    assertThrows(() => manifoldGrid(2, size), RangeError, `integer: ${size}`);
  }
});

Deno.test("interpolate: starts and ends at the ends, in equal steps", () => {
  assertEquals([...interpolate([2, 4], [4, 0], 5)], [2, 4, 2.5, 3, 3, 2, 3.5, 1, 4, 0]);
});

Deno.test("interpolate: refuses ends of different lengths and a single step", () => {
  assertThrows(() => interpolate([1], [1, 2], 3), RangeError, "1 and 2, 3 steps");
  assertThrows(() => interpolate([1], [2], 1), RangeError, "1 steps");
});
