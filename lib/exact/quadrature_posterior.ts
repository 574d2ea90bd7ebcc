import type { Distribution, Normal } from "../distributions/mod.ts";
import { logSumExp, type Random, type Vector } from "../math/mod.ts";
import {
  type DensityGrid,
  densityGrid,
  type DensityGridOptions,
} from "./density_grid.ts";

/** A posterior on the line or the plane, normalised by quadrature. */
export interface QuadraturePosterior extends Distribution<Vector> {
  /** Tells it from the distributions in closed form, for which a KL is known. */
  readonly kind: "quadraturePosterior";
  /** ln p(x), in nats: the normaliser. */
  readonly logMarginal: number;
  /** How far `logMarginal` lies from its value at twice the spacing, in nats. */
  readonly error: number;
  /** E[z|x], `[dim]`. */
  readonly mean: Vector;
  /** Var[z|x] of each dimension, `[dim]`. */
  readonly variance: Vector;
}

/** Normalises p(x, z), taken as a function of z. */
export function quadraturePosterior(
  logJoint: (z: Vector) => number,
  options: DensityGridOptions,
): QuadraturePosterior {
  return new GridPosterior(logJoint, densityGrid(logJoint, options));
}

/** Room for a density to rise between nodes, in nats. */
const HEADROOM = 0.25;

class GridPosterior implements QuadraturePosterior {
  readonly kind = "quadraturePosterior";
  readonly dim: number;
  readonly logMarginal: number;
  readonly error: number;
  readonly mean: Vector;
  readonly variance: Vector;
  readonly #logJoint: (z: Vector) => number;
  readonly #grid: DensityGrid;
  /** Sums of the bounds of cells, for draws; made when first needed. */
  #cumulativeBounds: number[] | undefined;

  constructor(logJoint: (z: Vector) => number, grid: DensityGrid) {
    this.#logJoint = logJoint;
    this.#grid = grid;
    this.dim = grid.nodes[0].length;
    this.logMarginal = grid.logIntegral;
    this.error = grid.error;
    this.mean = this.#moment((z, i) => z[i]);
    this.variance = this.#moment((z, i) => (z[i] - this.mean[i]) ** 2);
  }

  logProb(z: Vector): number {
    return this.#logJoint(z) - this.logMarginal;
  }

  /**
   * Draws exactly, by rejection: a cell around a node in proportion to a bound on its
   * density, a place in it, and a coin with the density over the bound.
   */
  sample(random: Random): Vector {
    const { nodes, logBounds, spacing } = this.#grid;
    for (;;) {
      const cell = this.#drawCell(random);
      const z = nodes[cell].map((v) => v + spacing * (random.uniform() - 0.5));
      const logRatio = this.#logJoint(z) - logBounds[cell] - HEADROOM;
      if (logRatio > 0) {
        throw new RangeError(
          `Cannot draw from a posterior as its density must stay below the bound of its ` +
            `grid: it is ${logRatio} nats above at [${z}]`,
        );
      }
      if (Math.log(random.uniform()) < logRatio) return z;
    }
  }

  #drawCell(random: Random): number {
    this.#cumulativeBounds ??= cumulativeSums(this.#grid.logBounds);
    const sums = this.#cumulativeBounds;
    const target = random.uniform() * sums[sums.length - 1];
    let low = 0, high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] > target) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #moment(f: (z: Vector, i: number) => number): number[] {
    const { nodes, logDensities } = this.#grid;
    const logNormalizer = logSumExp(logDensities);
    return nodes[0].map((_, i) =>
      nodes.reduce(
        (sum, z, node) => sum + Math.exp(logDensities[node] - logNormalizer) * f(z, i),
        0,
      )
    );
  }
}

function cumulativeSums(logValues: Vector): number[] {
  const top = logValues.reduce((largest, value) => Math.max(largest, value));
  let sum = 0;
  return logValues.map((value) => sum += Math.exp(value - top));
}

/** exp(-HALF_WIDTH^2 / 2) is 1e-16: what lies outside counts for nothing. */
const HALF_WIDTH = 8.6;
const MAX_NODES_AN_AXIS = 2 ** 12;

/**
 * Computes KL(q || p) = E_q[ln q(z) - ln p(z)] for a normal q on the line or the plane.
 *
 * The trapezoid rule in eps = (z - mean) / scale, at a spacing of 1/2 and then halves
 * of it, until two agree within the tolerance.
 */
export function klByQuadrature(
  q: Normal,
  p: Distribution<Vector>,
  { tolerance }: { tolerance: number },
): number {
  const excess = (z: Vector) => q.logProb(z) - p.logProb(z);
  let previous = NaN;
  for (let numNodes = 35; numNodes <= MAX_NODES_AN_AXIS; numNodes = 2 * numNodes - 1) {
    const value = expectOverNormal(excess, q, numNodes);
    if (Math.abs(value - previous) <= tolerance) return Math.max(0, value);
    previous = value;
  }
  throw new RangeError(
    `Cannot compute a KL as ${MAX_NODES_AN_AXIS} nodes an axis must suffice: they do not`,
  );
}

function expectOverNormal(
  f: (z: Vector) => number,
  { mean, scale }: Normal,
  numNodes: number,
): number {
  const spacing = 2 * HALF_WIDTH / (numNodes - 1);
  const eps = Array.from({ length: numNodes }, (_, i) => i * spacing - HALF_WIDTH);
  const weights = eps.map((e) =>
    spacing * Math.exp(-e * e / 2) / Math.sqrt(2 * Math.PI)
  );
  let sum = 0;
  eps.forEach((first, i) => {
    const z0 = mean[0] + scale[0] * first;
    if (mean.length === 1) {
      sum += weights[i] * f([z0]);
      return;
    }
    eps.forEach((second, j) => {
      const weight = weights[i] * weights[j];
      // The corners of the square weigh nothing and need no decoding.
      if (weight > 1e-18) sum += weight * f([z0, mean[1] + scale[1] * second]);
    });
  });
  return sum;
}
