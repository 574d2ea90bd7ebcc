/**
 * Float64 reference networks with hand-written backpropagation.
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
export type { Matrix, Random, Vector } from "../math/mod.ts";
export type { ConvolutionSpec } from "./convolution.ts";
export { decode, type Decoded, decoderHidden, likelihoodOf } from "./decoder.ts";
export { checkSpec } from "./check_spec.ts";
export { approxPosteriorOf, encode, type Encoded, klByDimension } from "./encoder.ts";
export { type ElboAndGradient, elboAndGradient } from "./gradient.ts";
export { type BoundAndGradient, kSampleBoundAndGradient } from "./k_sample_gradient.ts";
export { optimalVariance } from "./optimal_variance.ts";
export { networkLatentModel } from "./latent_model.ts";
export { networkLogJoint } from "./log_joint.ts";
export { type DecoderHead, decoderHeads, hasSharedVariance } from "./decoder_heads.ts";
export {
  ENCODER_GRADIENTS,
  type EncoderGradient,
  LIKELIHOODS,
  type LikelihoodSpec,
  type NetworkSpec,
  parseNetworkSpec,
  SCALE_FLOOR,
  VARIANCE_FLOOR,
  weightShapes,
} from "./spec.ts";
export {
  checkWeights,
  type FileTensor,
  initialWeights,
  type Weight,
  type Weights,
  weightsFromTensors,
} from "./weights.ts";
