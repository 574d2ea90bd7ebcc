import { symmetricEigen } from "./linear_algebra.ts";

/** The nodes and weights of a quadrature rule: `sum_i weights_i f(nodes_i)`. */
export interface QuadratureRule {
  /** Where the function is asked, ascending, shape `[numNodes]`. */
  nodes: number[];
  /** How much each answer counts, shape `[numNodes]`. */
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
