/**
 * Dense networks trained without tfjs: forward, backward and Adam by hand, in
 * WebAssembly, on as many threads as there are cores.
 *
 * `row_pass.ts` has the algebra, `k_sample_pass.ts` that of several samples,
 * `weight_pass.ts` the update, `team.ts` the threads.
 *
 * @module
 */
export type {
  ConvolutionSpec,
  EncoderGradient,
  LikelihoodSpec,
  NetworkSpec,
  Weight,
  Weights,
} from "../networks/mod.ts";
export type {
  Batch,
  BatchNumbers,
  DecodedBatch,
  Noise,
  Step,
  TrainBatch,
  TrainState,
} from "../models/types.ts";
export { engineGap } from "./layers.ts";
export { createEngineStep, type EngineOptions } from "./step.ts";
