/**
 * Distributions with densities in nats, draws, moments and closed-form KLs.
 *
 * @module
 */
export type { Matrix, Random, Vector } from "../math/mod.ts";
export { type Bernoulli, bernoulli } from "./bernoulli.ts";
export { type Categorical, categorical } from "./categorical.ts";
export { type ComponentParameters } from "./components.ts";
export {
  type ContinuousBernoulli,
  continuousBernoulli,
} from "./continuous_bernoulli.ts";
export { type Distribution } from "./distribution.ts";
export { kl } from "./kl.ts";
export {
  type DifferentiableLogDensity,
  type ExactModel,
  type ExactPosterior,
  type LatentModel,
  type LogDensityValues,
} from "./latent_model.ts";
export { type LogisticMixture, logisticMixture } from "./logistic_mixture.ts";
export { type Mixture, mixture } from "./mixture.ts";
export { type MultivariateNormal, multivariateNormal } from "./multivariate_normal.ts";
export { type Normal, normal, standardNormal } from "./normal.ts";
export { type PixelMixture, pixelMixture } from "./pixel_mixture.ts";
export { reparameterize } from "./reparameterize.ts";
