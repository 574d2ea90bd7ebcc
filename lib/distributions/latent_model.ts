import type { Random } from "../math/mod.ts";
import type { Distribution } from "./distribution.ts";

/** A prior p(z) and a likelihood p(x|z): all that a bound needs. */
export interface LatentModel<Z, X> {
  /** The number of dimensions of z; 1 where z is an index. */
  readonly latentDim: number;
  /** The number of dimensions of x. */
  readonly dataDim: number;
  /** p(z), what is believed of z before x is seen. */
  readonly prior: Distribution<Z>;
  /** p(x|z), as a distribution of x. */
  likelihood(z: Z): Distribution<X>;
}

/** p(z|x): a density, and draws where they are to be had. */
export interface ExactPosterior<Z> {
  /** ln p(z|x), in nats. */
  logProb(z: Z): number;
  /** One draw. */
  sample?(random: Random): Z;
}

/** A latent model whose marginal and posterior are known. */
export interface ExactModel<Z, X> extends LatentModel<Z, X> {
  /** ln p(x), in nats. */
  logMarginal(x: X): number;
  /** p(z|x). */
  exactPosterior(x: X): ExactPosterior<Z>;
}

/** A logarithm of a density, normalised or not, at some points, and its gradient. */
export interface LogDensityValues {
  /** In nats, `[count]`. */
  readonly values: Float64Array;
  /** By the point, row-major `[count, dim]`. */
  readonly gradients: Float64Array;
}

/**
 * A log density that can be differentiated, at many points at once: what Hamiltonian
 * Monte Carlo walks on. Points are row-major `[count, dim]`.
 */
export type DifferentiableLogDensity = (points: Float64Array) => LogDensityValues;
