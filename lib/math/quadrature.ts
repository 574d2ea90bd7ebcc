import { symmetricEigen } from "./linear_algebra.ts";
import { logSumExp } from "./log_sum_exp.ts";

/** The nodes and weights of a quadrature rule: `sum_i weights_i f(nodes_i)`. */
export interface QuadratureRule {
  nodes: number[];
  weights: number[];
}

const MAX_NODES = 256;
const rules = new Map<number, QuadratureRule>();

/**
 * The Gauss-Hermite rule for expectations under a standard normal.
 *
 * `E[f(eps)] ~= sum_i weights_i f(nodes_i)`, `eps ~ N(0, 1)`: exact for polynomials of
 * degree `2 numNodes - 1`. Nodes are the zeros of the probabilists' Hermite polynomial,
 * first as eigenvalues (Golub and Welsch 1969), then by Newton's method on the
 * orthonormal recurrence, which also gives the weights, tiny ones to full precision.
 *
 * @param numNodes How many nodes, an integer in `1 .. 256`.
 * @returns Nodes in ascending order and weights that sum to 1, both shape
 * `[numNodes]`.
 * @throws {RangeError} If `numNodes` is out of range.
 *
 * @example The fourth moment of N(0, 1) is 3
 * ```ts
 * import { gaussHermite } from "elbo/math";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { nodes, weights } = gaussHermite(3);
 * const fourth = nodes.reduce((sum, x, i) => sum + weights[i] * x ** 4, 0);
 * assertAlmostEquals(fourth, 3, 1e-14);
 * ```
 */
export function gaussHermite(numNodes: number): QuadratureRule {
  const { nodes, weights } = cachedRule(numNodes);
  return { nodes: [...nodes], weights: [...weights] };
}

function cachedRule(numNodes: number): QuadratureRule {
  if (!Number.isInteger(numNodes) || numNodes < 1 || numNodes > MAX_NODES) {
    throw new RangeError(
      `Cannot make a Gauss-Hermite rule as numNodes must be an integer in ` +
        `1 .. ${MAX_NODES}: it is ${numNodes}`,
    );
  }
  let rule = rules.get(numNodes);
  if (!rule) {
    rule = makeRule(numNodes);
    rules.set(numNodes, rule);
  }
  return rule;
}

/** The orthonormal Hermite polynomials of degree n - 1 and n at x. */
function hermitePair(n: number, x: number): [number, number] {
  let previous = 0;
  let current = 1;
  for (let k = 1; k <= n; k++) {
    const next = (x * current - Math.sqrt(k - 1) * previous) / Math.sqrt(k);
    previous = current;
    current = next;
  }
  return [previous, current];
}

function makeRule(n: number): QuadratureRule {
  const jacobi = Array.from(
    { length: n },
    (_, i) =>
      Array.from({ length: n }, (_, j) => {
        return Math.abs(i - j) === 1 ? Math.sqrt(Math.max(i, j)) : 0;
      }),
  );
  const nodes = symmetricEigen(jacobi).values;
  const weights = nodes.map(() => 0);
  for (let i = 0; 2 * i < n; i++) {
    let x = 2 * i + 1 === n ? 0 : nodes[i];
    for (let step = 0; step < 3; step++) {
      const [previous, current] = hermitePair(n, x);
      x -= current / (Math.sqrt(n) * previous);
    }
    const mirror = n - 1 - i;
    nodes[i] = i === mirror ? 0 : x;
    nodes[mirror] = i === mirror ? 0 : -x;
    const [previous] = hermitePair(n, nodes[i]);
    weights[i] = weights[mirror] = 1 / (n * previous * previous);
  }
  return { nodes, weights };
}

/**
 * The expectation of a function of a normal variable, by Gauss-Hermite quadrature.
 *
 * `E[f(x)] ~= sum_i w_i f(mean + scale node_i)`, `x ~ N(mean, scale^2)`: exact for
 * polynomials of degree `2 numNodes - 1`, and very precise for functions that are
 * smooth on the scale of the node distance, about `scale pi / sqrt(numNodes)`.
 *
 * @param f The function, finite at every node.
 * @param options Mean, scale (a standard deviation, 0 gives `f(mean)`), and how many
 * nodes (64 if left out).
 * @returns The expectation, in the unit of `f`.
 * @throws {RangeError} If the mean is not finite, the scale negative or not finite, or
 * `numNodes` is out of range.
 *
 * @example The mean of a log-normal variable
 * ```ts
 * import { expectNormal } from "elbo/math";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const mean = expectNormal(Math.exp, { mean: 1, scale: 0.5 });
 * assertAlmostEquals(mean, Math.exp(1 + 0.5 ** 2 / 2), 1e-13);
 * ```
 */
export function expectNormal(
  f: (x: number) => number,
  options: { mean: number; scale: number; numNodes?: number },
): number {
  const { mean, scale, numNodes = 64 } = options;
  if (!Number.isFinite(mean)) {
    throw new RangeError(
      `Cannot take an expectation as mean must be finite: it is ${mean}`,
    );
  }
  if (!(scale >= 0 && scale < Infinity)) {
    throw new RangeError(
      `Cannot take an expectation as scale must be finite and not negative: it is ${scale}`,
    );
  }
  const { nodes, weights } = cachedRule(numNodes);
  let sum = 0;
  for (let i = 0; i < numNodes; i++) sum += weights[i] * f(mean + scale * nodes[i]);
  return sum;
}

/** A square grid for `integratePlane` and `logIntegratePlane`. */
export interface PlaneGrid {
  /** The middle of the grid. */
  center: readonly [number, number];
  /** From the middle to the edge: one number for both axes, or one an axis. */
  halfWidth: number | readonly [number, number];
  /** How many nodes an axis, both edges included: an integer of at least 2. */
  numNodes: number;
}

interface Axis {
  nodes: number[];
  weights: number[];
}

function planeAxes({ center, halfWidth, numNodes }: PlaneGrid): [Axis, Axis] {
  if (!Number.isInteger(numNodes) || numNodes < 2) {
    throw new RangeError(
      `Cannot integrate as numNodes must be an integer of at least 2: it is ${numNodes}`,
    );
  }
  const widths = typeof halfWidth === "number" ? [halfWidth, halfWidth] : halfWidth;
  const axis = (which: 0 | 1): Axis => {
    const middle = center[which];
    const half = widths[which];
    if (!Number.isFinite(middle) || !(half > 0 && half < Infinity)) {
      throw new RangeError(
        "Cannot integrate as center must be finite and halfWidth positive and finite: " +
          `on axis ${which} they are ${middle} and ${half}`,
      );
    }
    const spacing = 2 * half / (numNodes - 1);
    const nodes = Array.from({ length: numNodes }, (_, i) => {
      return middle + half * (2 * i / (numNodes - 1) - 1);
    });
    const weights = nodes.map((_, i) =>
      i === 0 || i === numNodes - 1 ? spacing / 2 : spacing
    );
    return { nodes, weights };
  };
  return [axis(0), axis(1)];
}

/**
 * The integral of a function over a rectangle of the plane, by the trapezoid rule.
 *
 * `sum_ij w_i w_j f([x_i, y_j])`. For a smooth function that has decayed at the edges
 * the error falls faster than any power of the spacing: for a normal density of
 * standard deviation s, a spacing of s gives about 1e-8, s/2 full precision.
 *
 * @param f The integrand, finite on the grid.
 * @param grid Its centre, half width and number of nodes an axis.
 * @returns The integral, in the unit of `f` times area.
 * @throws {RangeError} If the grid is out of range, or `f` not finite at a node.
 *
 * @example The mass of a standard normal in the plane
 * ```ts
 * import { integratePlane } from "elbo/math";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const mass = integratePlane(
 *   ([x, y]) => Math.exp(-(x * x + y * y) / 2) / (2 * Math.PI),
 *   { center: [0, 0], halfWidth: 9, numNodes: 41 },
 * );
 * assertAlmostEquals(mass, 1, 1e-14);
 * ```
 */
export function integratePlane(
  f: (z: [number, number]) => number,
  grid: PlaneGrid,
): number {
  const [first, second] = planeAxes(grid);
  let sum = 0;
  for (let i = 0; i < grid.numNodes; i++) {
    for (let j = 0; j < grid.numNodes; j++) {
      const z: [number, number] = [first.nodes[i], second.nodes[j]];
      const value = f(z);
      if (!Number.isFinite(value)) throw notFinite("f", z, value);
      sum += first.weights[i] * second.weights[j] * value;
    }
  }
  return sum;
}

/**
 * The logarithm of the integral of `exp(logF)` over a rectangle of the plane.
 *
 * As `integratePlane`, summed by `logSumExp`, so that a joint density of 784 pixels,
 * far below the smallest float64, integrates to its log marginal.
 *
 * @param logF The logarithm of the integrand, in nats; `-Infinity` is allowed.
 * @param grid Its centre, half width and number of nodes an axis.
 * @returns The logarithm of the integral, in nats.
 * @throws {RangeError} If the grid is out of range, or `logF` is NaN or `+Infinity` at
 * a node.
 *
 * @example The normaliser of a normal density, times exp(-1000)
 * ```ts
 * import { logIntegratePlane } from "elbo/math";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const logMass = logIntegratePlane(
 *   ([x, y]) => -1000 - (x * x + y * y) / 2,
 *   { center: [0, 0], halfWidth: 9, numNodes: 41 },
 * );
 * assertAlmostEquals(logMass, -1000 + Math.log(2 * Math.PI), 1e-12);
 * ```
 */
export function logIntegratePlane(
  logF: (z: [number, number]) => number,
  grid: PlaneGrid,
): number {
  const [first, second] = planeAxes(grid);
  const terms = new Float64Array(grid.numNodes ** 2);
  for (let i = 0; i < grid.numNodes; i++) {
    for (let j = 0; j < grid.numNodes; j++) {
      const z: [number, number] = [first.nodes[i], second.nodes[j]];
      const value = logF(z);
      if (!(value < Infinity)) throw notFinite("logF", z, value);
      terms[i * grid.numNodes + j] = value +
        Math.log(first.weights[i]) + Math.log(second.weights[j]);
    }
  }
  return logSumExp(terms);
}

function notFinite(name: string, [x, y]: [number, number], value: number): RangeError {
  const rule = name === "f" ? "finite" : "finite or -Infinity";
  return new RangeError(
    `Cannot integrate as ${name} must be ${rule} on the grid: at [${x}, ${y}] it is ` +
      `${value}`,
  );
}
