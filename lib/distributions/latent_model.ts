import type { Random } from "../math/mod.ts";
import type { Distribution } from "./distribution.ts";

/** A prior p(z) and a likelihood p(x given z): all that a bound needs. */
export interface LatentModel<Z, X> {
  readonly latentDim: number;
  readonly dataDim: number;
  readonly prior: Distribution<Z>;
  /** p(x given z), as a distribution of x. */
  likelihood(z: Z): Distribution<X>;
}

/** p(z given x): a density, and draws where they are to be had. */
export interface ExactPosterior<Z> {
  /** ln p(z given x), in nats. */
  logProb(z: Z): number;
  /** One draw. */
  sample?(random: Random): Z;
}

/** A latent model whose marginal and posterior are known. */
export interface ExactModel<Z, X> extends LatentModel<Z, X> {
  /** ln p(x), in nats. */
  logMarginal(x: X): number;
  /** p(z given x). */
  exactPosterior(x: X): ExactPosterior<Z>;
}
