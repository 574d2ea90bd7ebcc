import {
  integrate,
  integratePlane,
  logIntegratePlane,
  type PlaneGrid,
} from "elbo/math";
import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { float64Tolerance } from "../helpers/tolerance.ts";

type Point = [number, number];

/** A density of two correlated normals with this mean, scales and correlation. */
function logDensity(mean: Point, scale: Point, correlation: number) {
  const rest = 1 - correlation ** 2;
  return ([x, y]: Point) => {
    const [u, v] = [(x - mean[0]) / scale[0], (y - mean[1]) / scale[1]];
    const quadratic = (u * u - 2 * correlation * u * v + v * v) / rest;
    return -0.5 * quadratic -
      Math.log(2 * Math.PI * scale[0] * scale[1] * Math.sqrt(rest));
  };
}

const tilted = logDensity([1, -2], [0.5, 3], 0.6);
const around: PlaneGrid = { center: [1, -2], halfWidth: [5, 30], numNodes: 81 };

Deno.test("integratePlane: the mass and the moments of a tilted normal", () => {
  const expect = (f: (z: Point) => number) =>
    integratePlane((z) => f(z) * Math.exp(tilted(z)), around);
  assertAlmostEquals(expect(() => 1), 1, float64Tolerance(1));
  assertAlmostEquals(expect(([x]) => x), 1, float64Tolerance(1));
  assertAlmostEquals(expect(([, y]) => y), -2, float64Tolerance(2));
  const covariance = expect(([x, y]) => (x - 1) * (y + 2));
  assertAlmostEquals(covariance, 0.6 * 0.5 * 3, float64Tolerance(1));
});

Deno.test("integratePlane: a product is the product of two integrals", () => {
  const f = (x: number) => Math.exp(-(x ** 2)) * Math.cos(x);
  const g = (y: number) => 1 / Math.cosh(y);
  const grid: PlaneGrid = { center: [0, 0], halfWidth: [7, 32], numNodes: 201 };
  const line = { from: -Infinity, to: Infinity, tolerance: 1e-12 };
  const product = integrate(f, line).value * integrate(g, line).value;
  assertAlmostEquals(integratePlane(([x, y]) => f(x) * g(y), grid), product, 1e-11);
});

Deno.test("integratePlane: is the trapezoid rule, exact where f is linear", () => {
  const coefficient = fc.double({ min: -3, max: 3, noNaN: true });
  const width = fc.double({ min: 0.1, max: 4, noNaN: true });
  const property = fc.property(
    fc.tuple(coefficient, coefficient, coefficient),
    fc.tuple(coefficient, coefficient),
    fc.tuple(width, width),
    fc.integer({ min: 2, max: 9 }),
    ([a, b, c], center, halfWidth, numNodes) => {
      const area = 4 * halfWidth[0] * halfWidth[1];
      const f = ([x, y]: Point) => a + b * x + c * y;
      const value = integratePlane(f, { center, halfWidth, numNodes });
      // 30 bounds |a| + |b x| + |c y| on the largest grid.
      assertAlmostEquals(value, f(center) * area, float64Tolerance(30 * area));
    },
  );
  fc.assert(property);
});

Deno.test("integratePlane: one half width is that of both axes", () => {
  const f = ([x, y]: Point) => x * x + y;
  const grid = { center: [1, 2] as const, numNodes: 5 };
  assertEquals(
    integratePlane(f, { ...grid, halfWidth: 3 }),
    integratePlane(f, { ...grid, halfWidth: [3, 3] }),
  );
});

Deno.test("integratePlane: converges faster than any power of the spacing", () => {
  const error = (numNodes: number) =>
    Math.abs(
      integratePlane((z) => Math.exp(logDensity([0, 0], [1, 1], 0)(z)), {
        center: [0.1, 0.2],
        halfWidth: 9,
        numNodes,
      }) - 1,
    );
  // Spacings 2, 1 and 1/2: 4 exp(-2 pi^2 / spacing^2) is 0.03, 1e-8 and 1e-34.
  assertGreater(error(10), 1e-3);
  assertAlmostEquals(error(19), 0, 1.1e-8);
  assertAlmostEquals(error(37), 0, 1e-14);
});

Deno.test("logIntegratePlane: is the logarithm of integratePlane", () => {
  const value = integratePlane((z) => Math.exp(tilted(z)) * (1 + z[0] ** 2), around);
  const log = logIntegratePlane((z) => tilted(z) + Math.log1p(z[0] ** 2), around);
  assertAlmostEquals(log, Math.log(value), float64Tolerance(1));
  const corner: PlaneGrid = { center: [3, 4], halfWidth: 1, numNodes: 2 };
  assertAlmostEquals(logIntegratePlane(() => 0, corner), Math.log(4), 1e-15);
});

Deno.test("logIntegratePlane: works far below the smallest float64", () => {
  for (const shift of [-1e5, 0, 1e5]) {
    const log = logIntegratePlane((z) => shift + tilted(z), around);
    assertAlmostEquals(log, shift, float64Tolerance(1, shift));
  }
});

Deno.test("logIntegratePlane: a density of 0 is allowed, in part and everywhere", () => {
  const half = logIntegratePlane(
    ([x, y]) => x === 0 ? -Math.LN2 : x > 0 ? 0 : -Infinity * (1 + y * y),
    { center: [0, 0], halfWidth: 1, numNodes: 3 },
  );
  assertAlmostEquals(half, Math.log(2), 1e-15);
  const grid: PlaneGrid = { center: [0, 0], halfWidth: 1, numNodes: 3 };
  assertEquals(logIntegratePlane(() => -Infinity, grid), -Infinity);
});

Deno.test("integratePlane, logIntegratePlane: what is not finite throws", () => {
  const grid: PlaneGrid = { center: [0, 0], halfWidth: 1, numNodes: 3 };
  for (const bad of [NaN, Infinity]) {
    const f = ([x, y]: Point) => x === 1 && y === 0 ? bad : 0;
    assertThrows(
      () => integratePlane(f, grid),
      RangeError,
      `f must be finite on the grid: at [1, 0] it is ${bad}`,
    );
    assertThrows(
      () => logIntegratePlane(f, grid),
      RangeError,
      `logF must be finite or -Infinity on the grid: at [1, 0] it is ${bad}`,
    );
  }
  assertThrows(() => integratePlane(() => -Infinity, grid), RangeError, "-Infinity");
});

Deno.test("integratePlane, logIntegratePlane: the grid is checked", () => {
  const good: PlaneGrid = { center: [0, 0], halfWidth: 1, numNodes: 3 };
  const bad: Partial<PlaneGrid>[] = [
    { numNodes: 1 },
    { numNodes: 2.5 },
    { numNodes: NaN },
    { halfWidth: 0 },
    { halfWidth: [1, -1] },
    { halfWidth: Infinity },
    { halfWidth: [NaN, 1] },
    { center: [0, NaN] },
    { center: [Infinity, 0] },
  ];
  for (const part of bad) {
    const grid = { ...good, ...part };
    assertThrows(
      () => integratePlane(() => 1, grid),
      RangeError,
      "Cannot integrate as",
    );
    assertThrows(
      () => logIntegratePlane(() => 1, grid),
      RangeError,
      "Cannot integrate",
    );
  }
});
