/**
 * Models whose marginal and posterior are known: in closed form, by enumeration or
 * by quadrature.
 *
 * @module
 */
export type {
  Categorical,
  DifferentiableLogDensity,
  Distribution,
  ExactModel,
  ExactPosterior,
  LatentModel,
  LogDensityValues,
  MultivariateNormal,
  Normal,
} from "../distributions/mod.ts";
export type { Matrix, Random, Vector } from "../math/mod.ts";
export type { LikelihoodSpec, NetworkSpec, Weight, Weights } from "../networks/mod.ts";
export { type DiscreteLatent, discreteLatent } from "./discrete_latent.ts";
export { type JointTable, jointTable, type JointTableOptions } from "./joint_table.ts";
export { type LinearGaussian, linearGaussian } from "./linear_gaussian.ts";
export {
  coolingRate,
  descendLinearVae,
  type DescentOptions,
  type LinearVaeSetting,
  linearVaeSpec,
  pointsWithSpectrum,
  type TrainedLinearVae,
} from "./linear_vae_descent.ts";
export {
  type LinearVaeDimension,
  type LinearVaeOptimum,
  type LinearVaeOptions,
  optimalLinearVae,
} from "./linear_vae.ts";
export { type NonlinearGaussian, nonlinearGaussian } from "./nonlinear_gaussian.ts";
export { type QuadraturePosterior } from "./quadrature_posterior.ts";
export {
  readTrainedNetwork,
  type TrainedNetwork,
  trainedNetwork,
} from "./trained_network.ts";
