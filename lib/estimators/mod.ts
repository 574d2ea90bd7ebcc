/**
 * Monte Carlo estimators of the bound, of ln p(x) and of gradients, each with its
 * standard error, for any latent model and any approximate posterior.
 *
 * @module
 */
export type {
  DifferentiableLogDensity,
  Distribution,
  LatentModel,
  LogDensityValues,
  Normal,
} from "../distributions/mod.ts";
export type { Estimate, Random, Vector } from "../math/mod.ts";
export {
  type AnnealedEstimate,
  annealedLowerBound,
  annealedUpperBound,
  type FrozenOptions,
} from "./annealed_importance.ts";
export { type AnnealingOptions } from "./annealing_chains.ts";
export {
  type AnnealingPath,
  type ChainState,
  linearSchedule,
  powerSchedule,
  sigmoidSchedule,
  type StateAt,
} from "./annealing_path.ts";
export { fitStart, tuneStepSizes } from "./annealing_pilot.ts";
export {
  type BoundEstimator,
  type BoundGradientDraws,
  boundGradientDraws,
  type BoundGradientOptions,
} from "./bound_gradients.ts";
export { elbo, type ElboEstimate, type ElboForm, type ElboOptions } from "./elbo.ts";
export {
  type GradientEstimate,
  type GradientOptions,
  reparameterizationGradient,
  scoreFunctionGradient,
} from "./gradients.ts";
export { fitDiagonal, type FitOptions } from "./fit_diagonal.ts";
export { type Kernel, type Moved, type Walk } from "./hamiltonian.ts";
export {
  importanceLogMarginal,
  type LogMarginalEstimate,
} from "./importance_log_marginal.ts";
export { iwae, iwaeSeries } from "./iwae.ts";
export { logWeight, sampleLogWeights } from "./log_weight.ts";
