/**
 * What a trained model is worth: importance-sampled ln p(x) and active units.
 *
 * @module
 */
export type { Estimate } from "../math/mod.ts";
export type {
  Batch,
  BatchNumbers,
  Noise,
  Step,
  TrainBatch,
  TrainState,
} from "../models/mod.ts";
export type { Weight, Weights } from "../networks/mod.ts";
export {
  type AnnealedImage,
  annealImage,
  type AnnealImageOptions,
} from "./anneal_image.ts";
export { ACTIVE_THRESHOLD, type ActiveUnits, activeUnits } from "./active_units.ts";
export { bitsPerDimension } from "./bits_per_dimension.ts";
export { encodeMeans } from "./encode_means.ts";
export {
  type EffectiveSampleSizes,
  estimateNll,
  type EvaluationImages,
  type NllEstimate,
  type NllOptions,
  summarizeWeights,
} from "./estimate_nll.ts";
export {
  type LatentCode,
  latentCode,
  type MutualInformation,
  mutualInformation,
  type Posteriors,
} from "./latent_code.ts";
export { evenlySpaced } from "./evenly_spaced.ts";
export {
  createWeightStream,
  type WeightStream,
  type WeightSummary,
} from "./weight_stream.ts";
