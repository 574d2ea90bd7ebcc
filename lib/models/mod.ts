/** The networks that are trained: encoder, decoder and one step of Adam, on tfjs. */
export { createStep, type StepOptions } from "./step.ts";
export type { Batch, BatchNumbers, Noise, Step, TrainState } from "./types.ts";
