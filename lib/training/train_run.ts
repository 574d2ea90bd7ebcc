import { type Binarization, type Dataset, loadDataset } from "../datasets/mod.ts";
import { appendDurably, writeAtomically } from "../files/mod.ts";
import type { Step, StepOptions } from "../models/mod.ts";
import {
  type ConvolutionSpec,
  initialWeights,
  type NetworkSpec,
  type Weights,
} from "../networks/mod.ts";
import { type Checkpoint, writeCheckpoint } from "./checkpoint.ts";
import { formatRunConfig, type RunConfig } from "./config.ts";
import {
  chooseEngine,
  createStepOn,
  type EngineRequest,
  settleBackend,
} from "./engine.ts";
import { type LoopResult, type TrainEvent, trainLoop } from "./loop.ts";
import { formatMetrics, type MetricsRecord } from "./metrics.ts";
import { configOf, meanBias } from "./new_config.ts";
import { epochStart } from "./position.ts";
import { changedConfig, describeChanges, type ResumeOptions } from "./resume_checks.ts";
import { runDataset } from "./run_dataset.ts";
import {
  createRun,
  openRun,
  requireVacant,
  type Run,
  writeModel,
} from "./run_folder.ts";
import { holdingRun } from "./run_lock.ts";
import { checkpointOf, repairMetrics } from "./saved_state.ts";
import type { Recipe } from "./schedule.ts";

/** What a new run is to be. */
export interface RunOptions extends Recipe {
  /** `mnist`, `fashion-mnist` or a folder of IDX files. */
  readonly dataset: string;
  /** The last so many training images are held out; none by default. */
  readonly validation?: number;
  /** Only the first so many training images; all by default. */
  readonly limit?: number;
  /** How bytes become pixels. */
  readonly binarization: Binarization;
  /** The network, but for the size of an image, which the data give. */
  readonly network: Omit<NetworkSpec, "dataDim" | "convolution"> & {
    /** Convolutions of so many channels each. */
    readonly convolution?: Pick<ConvolutionSpec, "channels">;
  };
  /** Passes over the training images. */
  readonly epochs: number;
  /** Images a step. */
  readonly batchSize: number;
  /** Of Adam, until the first of the `rateStages`. */
  readonly learningRate: number;
  /** Of weights, order, binarisation and noise. */
  readonly seed: number;
  /** A backend of tfjs; `auto`, unless told, leaves the choice to `engine`. */
  readonly backend?: RunConfig["training"]["backend"];
  /** What computes, `auto` unless told. */
  readonly engine?: EngineRequest;
}

/** Whom to tell, when to stop, and stand-ins for the data and the model. */
export interface RunHooks {
  /** Stops after the step under way and saves. */
  readonly signal?: AbortSignal;
  /** Told after each step, each measured batch and each epoch. */
  readonly onProgress?: (event: TrainEvent) => void;
  /** One line about something that the user should know. */
  readonly onNote?: (text: string) => void;
  /** Called once before the first step. */
  readonly onStart?: (run: Run, dataset: Dataset) => void;
  /** Data that are loaded already. */
  readonly dataset?: Dataset;
  /** Threads of the simd engine; as many as there are cores unless told. */
  readonly threads?: number;
  /** Makes the step instead of the engine. */
  readonly createStep?: (spec: NetworkSpec, options: StepOptions) => Promise<Step>;
}

/** A run after its training; the step is the caller's to dispose. */
export interface TrainedRun extends LoopResult {
  /** The run, with the records of all its epochs. */
  readonly run: Run;
  /** What it was trained on. */
  readonly dataset: Dataset;
  /** Holds the trained model. */
  readonly step: Step;
}

/**
 * Starts a run in a new folder and trains it.
 *
 * @param options What the run is to be.
 * @param hooks `out`: the folder, new or empty; and whom to tell.
 * @returns The run, with the step that holds the trained model.
 * @throws {RangeError} If an option, the data or the folder will not do; nothing is
 * written then.
 *
 * @example One epoch, resumed for another (needs read and write permission, else asks
 * for nothing and does nothing)
 * ```ts
 * import { resumeRun, type RunOptions, trainRun } from "elbo/training";
 * import { assertEquals } from "@std/assert";
 *
 * const images = Uint8Array.from({ length: 16 }, (_, i) => i % 2 * 255);
 * const set = { images, count: 8, height: 1, width: 2, dataDim: 2, name: "train" };
 * const dataset = { name: "stripes", train: set, test: set, sha256: {} };
 * const options: RunOptions = {
 *   dataset: "stripes",
 *   binarization: "none",
 *   network: {
 *     model: "vae",
 *     hidden: [4],
 *     latentDim: 1,
 *     activation: "tanh",
 *     likelihood: { kind: "bernoulli" },
 *     beta: 1,
 *   },
 *   epochs: 1,
 *   batchSize: 4,
 *   learningRate: 1e-3,
 *   seed: 0,
 *   backend: "cpu",
 * };
 * const states = await Promise.all((["read", "write"] as const).map((name) =>
 *   Deno.permissions.query({ name })
 * ));
 * if (states.every(({ state }) => state === "granted")) {
 *   const out = await Deno.makeTempDir();
 *   const first = await trainRun(options, { dataset, out });
 *   first.step.dispose();
 *   const second = await resumeRun(out, { dataset, epochs: 2 });
 *   second.step.dispose();
 *   assertEquals(second.run.metrics.length, 2);
 *   await Deno.remove(out, { recursive: true });
 * }
 * ```
 */
export async function trainRun(
  options: RunOptions,
  hooks: RunHooks & { readonly out: string },
): Promise<TrainedRun> {
  await requireVacant(hooks.out);
  const dataset = hooks.dataset ?? await loadDataset(options.dataset, options);
  const { engine, note } = chooseEngine(options.network, options);
  if (note !== undefined) hooks.onNote?.(note);
  const backend = await settleBackend(
    { engine, backend: options.backend ?? "auto" },
    hooks,
  );
  const config = configOf({ ...options, engine, backend }, dataset);
  const step = await stepOf(config, { ...hooks, dataset });
  return await disposing(step, () =>
    holdingRun(hooks.out, async () => {
      const run = await createRun(hooks.out, config);
      return await continueRun(run, { dataset, step, hooks });
    }));
}

/**
 * Continues a run with its own configuration, as if it had never stopped.
 *
 * @param path The run folder.
 * @param hooks `epochs`: the new total, that of the run by default; `backend`:
 * another one than the run's; and whom to tell.
 * @returns The run, with the step that holds the trained model.
 * @throws {RangeError} If the checkpoint belongs to another configuration, the data
 * are not those of the run, or more epochs are done than asked for.
 * @throws {SyntaxError} If a file of the run is cut short.
 *
 * @example A folder that is no run (needs read permission, else does nothing); one that
 * is stands with {@linkcode trainRun}
 * ```ts
 * import { resumeRun } from "elbo/training";
 * import { assertRejects } from "@std/assert";
 *
 * const { state } = await Deno.permissions.query({ name: "read", path: "." });
 * if (state === "granted") {
 *   await assertRejects(() => resumeRun("no/such/run"), RangeError, "a run folder");
 * }
 * ```
 */
export async function resumeRun(
  path: string,
  hooks: RunHooks & ResumeOptions = {},
): Promise<TrainedRun> {
  // Before the lock, which would make the folder.
  await openRun(path);
  return await holdingRun(path, () => resumeHeld(path, hooks));
}

async function resumeHeld(
  path: string,
  hooks: RunHooks & ResumeOptions,
): Promise<TrainedRun> {
  const opened = await openRun(path);
  const checkpoint = await checkpointOf(opened);
  const changed = changedConfig(opened, { ...hooks, checkpoint });
  const { engine = "tfjs", backend } = changed.training;
  const training = {
    ...changed.training,
    backend: await settleBackend({ engine, backend }, hooks),
  };
  const config = { ...changed, training };
  const dataset = await runDataset(opened, { act: "resume", dataset: hooks.dataset });
  const changes = describeChanges(opened.config, config);
  if (changes !== undefined) hooks.onNote?.(changes);
  const weights = checkpoint?.state.weights;
  const step = await stepOf(config, { ...hooks, dataset, weights });
  return await disposing(step, async () => {
    if (formatRunConfig(config) !== formatRunConfig(opened.config)) {
      await writeAtomically(opened.files.config, formatRunConfig(config));
    }
    const run = { ...opened, config };
    return await continueRun(run, { dataset, step, checkpoint, hooks });
  });
}

async function continueRun(
  run: Run,
  { dataset, step, checkpoint, hooks: { signal, onProgress, onStart } }: {
    dataset: Dataset;
    step: Step;
    checkpoint?: Checkpoint;
    hooks: RunHooks;
  },
): Promise<TrainedRun> {
  const { spec, files, configHash, config } = run;
  const start = checkpoint?.position ?? epochStart(0);
  const metrics = await repairMetrics(run, start.epoch);
  if (checkpoint) {
    step.restore(checkpoint.state);
    await writeModel(files.model, { spec, weights: checkpoint.state.weights });
  }
  onStart?.({ ...run, metrics: [...metrics] }, dataset);
  const save = async (checkpoint: Checkpoint, record?: MetricsRecord) => {
    // In this order: a crash leaves at most a line too many, which a resumed run
    // takes back, never one too few.
    if (record) await appendDurably(files.metrics, formatMetrics([record]));
    await writeCheckpoint(files.checkpoint, checkpoint, { configHash });
    await writeModel(files.model, { spec, weights: checkpoint.state.weights });
    step.takeBack?.(checkpoint.state);
    if (record) metrics.push(record);
  };
  const { binarization } = config.dataset;
  const { model, beta } = spec;
  const plan = { ...config.training, model, beta, binarization };
  const result = await trainLoop({
    ...{ step, dataset, plan, start, save },
    ...{ signal, onProgress },
  });
  return { ...result, run: { ...run, metrics }, dataset, step };
}

function stepOf(
  { network, training }: RunConfig,
  { createStep, weights, threads, onNote, dataset: { train } }:
    & Omit<RunHooks, "dataset">
    & { readonly weights?: Weights; readonly dataset: Dataset },
): Promise<Step> {
  const { seed, learningRate, adamEpsilon, outputBias } = training;
  const { backend, engine = "tfjs" } = training;
  const first = weights ??
    (outputBias === "mean"
      ? initialWeights(network, { seed, outputBias: meanBias(train) })
      : undefined);
  const options = { seed, learningRate, adamEpsilon, backend, weights: first };
  if (createStep) return createStep(network, options);
  return createStepOn(network, { ...options, engine, threads, onNote });
}

/** The caller gets the step only if all goes well. */
async function disposing<Result>(
  step: Step,
  body: () => Promise<Result>,
): Promise<Result> {
  try {
    return await body();
  } catch (error) {
    step.dispose();
    throw error;
  }
}
