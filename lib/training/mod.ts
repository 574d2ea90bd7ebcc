/**
 * Training: the run folder, its files, and the loop that fills it.
 *
 * @module
 */
export {
  type Binarization,
  BINARIZATIONS,
  type Dataset,
  type ImageSet,
} from "../datasets/mod.ts";
export type {
  BackendName,
  BackendRequest,
  Batch,
  BatchNumbers,
  Noise,
  Step,
  StepOptions,
  TrainBatch,
  TrainState,
} from "../models/mod.ts";
export type { LikelihoodSpec, NetworkSpec, Weight, Weights } from "../networks/mod.ts";
export { type Breather, createBreather } from "./breather.ts";
export { type Checkpoint, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
export {
  type DatasetConfig,
  formatRunConfig,
  hashRunConfig,
  parseRunConfig,
  RUN_FORMAT,
  type RunConfig,
  type TrainingConfig,
} from "./config.ts";
export {
  chooseEngine,
  createStepOn,
  type EngineChoice,
  type EngineName,
  type EngineRequest,
  ENGINES,
  type EngineWish,
  type StepOnOptions,
} from "./engine.ts";
export {
  type LoopOptions,
  type LoopResult,
  type Plan,
  type TrainEvent,
  trainLoop,
} from "./loop.ts";
export {
  EVALUATION_BATCH_SIZE,
  EVALUATION_NOISE_SEED,
  type Measured,
  type MeasureOptions,
  measureSet,
} from "./measure.ts";
export type { LatentCode, MutualInformation } from "../evaluation/mod.ts";
export { measureCode } from "./measure_code.ts";
export { formatMetrics, type MetricsRecord, parseMetrics } from "./metrics.ts";
export { type NonFinite, NonFiniteError } from "./non_finite_error.ts";
export { type Pace } from "./pace.ts";
export {
  epochStart,
  type EpochSums,
  parsePosition,
  type Position,
} from "./position.ts";
export { type ResumeOptions } from "./resume_checks.ts";
export { runDataset, type RunDatasetOptions } from "./run_dataset.ts";
export { type RunFiles, runFiles } from "./run_files.ts";
export { loadModel, openRun, type Run, writeModel } from "./run_folder.ts";
export {
  resumeRun,
  type RunHooks,
  type RunOptions,
  type TrainedRun,
  trainRun,
} from "./train_run.ts";
export {
  betaAt,
  learningRateAt,
  type RateStage,
  type Recipe,
  type WarmUp,
} from "./schedule.ts";
export { type Versions, versions } from "./versions.ts";
