/**
 * Float64 reference networks with hand-written backpropagation.
 *
 * @module
 */
export {
  approxPosteriorOf,
  decode,
  type Decoded,
  encode,
  type Encoded,
  likelihoodOf,
  networkLatentModel,
} from "./forward.ts";
export { type ElboAndGradient, elboAndGradient } from "./gradient.ts";
export {
  checkSpec,
  type LikelihoodSpec,
  type NetworkSpec,
  parseNetworkSpec,
  VARIANCE_FLOOR,
  weightShapes,
} from "./spec.ts";
export { checkWeights, initialWeights, type Weight, type Weights } from "./weights.ts";
