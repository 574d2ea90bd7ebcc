/**
 * The networks that are trained: encoder, decoder and one step of Adam, on tfjs.
 *
 * @module
 */
export {
  type Backend,
  type BackendName,
  type BackendRequest,
  chooseBackend,
} from "../backend/mod.ts";
export type { LikelihoodSpec, NetworkSpec, Weight, Weights } from "../networks/mod.ts";
export { createStep, type StepOptions } from "./step.ts";
export type {
  Batch,
  BatchNumbers,
  DecodedBatch,
  Noise,
  Step,
  TrainBatch,
  TrainState,
} from "./types.ts";
