/**
 * Distributions with densities in nats, draws, moments and closed-form KLs.
 *
 * @module
 */
export type { Matrix, Random, Vector } from "../math/mod.ts";
export { type Bernoulli, bernoulli } from "./bernoulli.ts";
export { type Categorical, categorical } from "./categorical.ts";
export { type Distribution } from "./distribution.ts";
export { kl } from "./kl.ts";
export {
  type ExactModel,
  type ExactPosterior,
  type LatentModel,
} from "./latent_model.ts";
export { type Mixture, mixture } from "./mixture.ts";
export { type MultivariateNormal, multivariateNormal } from "./multivariate_normal.ts";
export { type Normal, normal, standardNormal } from "./normal.ts";
export { reparameterize } from "./reparameterize.ts";
