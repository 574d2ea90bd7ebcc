import {
  batchPixels,
  type Binarization,
  type Dataset,
  epochBatches,
} from "../datasets/mod.ts";
import type { BatchNumbers, Step } from "../models/mod.ts";
import { type Breather, createBreather } from "./breather.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type EpochMeasured, recordOf, requireFinite } from "./epoch_record.ts";
import { type Measured, measureSet } from "./measure.ts";
import { measureCode } from "./measure_code.ts";
import type { MetricsRecord } from "./metrics.ts";
import { type Pace, paceOf } from "./pace.ts";
import { epochStart, type Position } from "./position.ts";
import { betaAt, learningRateAt, type Recipe } from "./schedule.ts";

/** What to train for how long; every number that comes out depends on it. */
export interface Plan extends Pick<Recipe, "warmUp" | "rateStages"> {
  /** An autoencoder has no ELBO to record. */
  readonly model: "vae" | "autoencoder";
  /** The total, with those done before. */
  readonly epochs: number;
  /** Images a step; the last batch of an epoch may be smaller. */
  readonly batchSize: number;
  /** Until the first of the `rateStages`. */
  readonly learningRate: number;
  /** The weight of the KL once it is warmed up; only needed for a warm-up. */
  readonly beta?: number;
  /** Of order and binarisation; the step has its own for the noise. */
  readonly seed: number;
  /** How bytes become pixels. */
  readonly binarization: Binarization;
}

/** What the loop tells while it runs. */
export type TrainEvent =
  | {
    readonly kind: "step";
    /** From 1. */
    readonly epoch: number;
    readonly epochs: number;
    /** Done of this epoch. */
    readonly batch: number;
    readonly batches: number;
    readonly step: number;
    /** The mean over this epoch so far, in nats per image. */
    readonly objective: number;
  } & Pace
  | {
    readonly kind: "measure";
    readonly epoch: number;
    readonly epochs: number;
    readonly done: number;
    readonly count: number;
  }
  | {
    readonly kind: "epoch";
    readonly record: MetricsRecord;
    readonly epochs: number;
  };

/** What {@linkcode trainLoop} needs. */
export interface LoopOptions {
  /** What is trained. */
  readonly step: Step;
  /** What it learns from and is measured by. */
  readonly dataset: Dataset;
  /** For how long and how. */
  readonly plan: Plan;
  /** Where to start; the step must hold the weights of that position. */
  readonly start?: Position;
  /** Stops after the step under way. */
  readonly signal?: AbortSignal;
  /** Told after each step, each measured batch and each epoch. */
  readonly onProgress?: (event: TrainEvent) => void;
  /** Called after each epoch, with its record, and when the signal stopped the loop. */
  readonly save?: (checkpoint: Checkpoint, record?: MetricsRecord) => Promise<void>;
}

/** How a loop ended. */
export interface LoopResult {
  /** Where it ended. */
  readonly position: Position;
  /** True if the signal stopped it before the last epoch was done. */
  readonly stopped: boolean;
}

/**
 * Trains epoch after epoch, measures each, and saves.
 *
 * Knows batches and numbers only; what a step does with them is the step's business.
 * The order of images, their binarisation and the noise are addressed by seed, epoch
 * and step, so that a run that was stopped anywhere goes on as if it had not been.
 * The event loop is served about every 20 ms.
 *
 * @param options The step, the data, the plan, and whom to tell.
 * @returns Where it ended.
 * @throws {NonFiniteError} At the first number that is NaN or infinite; nothing is
 * saved from then on.
 *
 * @example Two epochs of eight images of two pixels
 * ```ts
 * import { createStep } from "elbo/models";
 * import { trainLoop } from "elbo/training";
 * import { assertEquals } from "@std/assert";
 *
 * const network = {
 *   model: "vae" as const,
 *   dataDim: 2,
 *   hidden: [4],
 *   latentDim: 1,
 *   activation: "tanh" as const,
 *   likelihood: { kind: "bernoulli" as const },
 *   beta: 1,
 * };
 * const images = Uint8Array.from({ length: 16 }, (_, i) => i % 2 * 255);
 * const set = { images, count: 8, height: 1, width: 2, dataDim: 2, name: "train" };
 * const dataset = { name: "stripes", train: set, test: set, sha256: {} };
 * const training = { epochs: 2, batchSize: 4, learningRate: 1e-2, seed: 0 };
 *
 * const step = await createStep(network, { ...training, backend: "cpu" });
 * const plan = { ...training, model: network.model, binarization: "none" as const };
 * const { position } = await trainLoop({ step, dataset, plan });
 * assertEquals(position.epoch, 2);
 * step.dispose();
 * ```
 */
export async function trainLoop(options: LoopOptions): Promise<LoopResult> {
  const { plan, signal, onProgress, save } = options;
  const loop: Loop = {
    ...options,
    breather: createBreather(),
    measuringSeconds: 0,
    pixels: new Float32Array(0),
  };
  let position = options.start ?? epochStart(0);
  while (position.epoch < plan.epochs) {
    const learningRate = learningRateAt(plan, position.epoch);
    loop.step.setLearningRate(learningRate);
    loop.plan = { ...plan, learningRate };
    position = await trainEpoch(position, loop);
    const measured = signal?.aborted ? undefined : await measureEpoch(position, loop);
    if (measured === undefined) {
      await save?.({ position, state: await loop.step.state() });
      return { position, stopped: true };
    }
    const state = await loop.step.state();
    const record = recordOf(position, {
      ...measured,
      plan: loop.plan,
      step: state.step,
    });
    position = epochStart(position.epoch + 1);
    await save?.({ position, state }, record);
    onProgress?.({ kind: "epoch", record, epochs: plan.epochs });
  }
  return { position, stopped: false };
}

interface Loop extends Omit<LoopOptions, "plan"> {
  /** With the learning rate of this epoch. */
  plan: Plan;
  readonly breather: Breather;
  measuringSeconds: number;
  /** Room for the images of a batch. */
  pixels: Float32Array;
}

async function trainEpoch(start: Position, loop: Loop): Promise<Position> {
  const { step, dataset, plan, signal } = loop;
  const { count } = dataset.train;
  const epoch = start.epoch + 1;
  const { seed, batchSize } = plan;
  const batches = epochBatches(count, { seed, epoch, batchSize });
  const stepsAnEpoch = batches.length;
  const stepsBefore = start.epoch * stepsAnEpoch;
  const startedAt = performance.now();
  let position = start;
  while (position.batch < batches.length && !signal?.aborted) {
    const { batch } = position;
    const where = { epoch, batch: batch + 1, batches: batches.length };
    const stepIndex = stepsBefore + batch;
    const numbers = await step.train({
      images: pixelsOf(batches[batch], { loop, epoch }),
      batchSize: batches[batch].length,
      step: stepIndex,
      ...plan.warmUp && {
        beta: betaAt({ beta: 1, ...plan }, { step: stepIndex, stepsAnEpoch }),
      },
    });
    requireFinite(numbers.objective, { ...where, step: stepIndex + 1, plan });
    const elapsed = (performance.now() - startedAt) / 1000;
    position = advance(position, numbers, {
      images: batches[batch].length,
      seconds: start.sums.seconds + elapsed,
    });
    tellStep(position, { loop, batches: batches.length, start, elapsed });
    await loop.breather.breathe();
  }
  return position;
}

function pixelsOf(
  indices: Uint32Array,
  { loop, epoch }: { loop: Loop; epoch: number },
): Float32Array {
  const { dataset, plan } = loop;
  const { train } = dataset;
  const length = indices.length * train.dataDim;
  // One array for all batches: a step is done with it when `train` returns.
  if (loop.pixels.length < length) loop.pixels = new Float32Array(length);
  const out = loop.pixels.subarray(0, length);
  const { binarization, seed } = plan;
  batchPixels(train, { indices, binarization, seed, step: epoch, out });
  return out;
}

function advance(
  { epoch, batch, sums }: Position,
  { objective, elbo }: BatchNumbers,
  { images, seconds }: { images: number; seconds: number },
): Position {
  return {
    epoch,
    batch: batch + 1,
    sums: {
      images: sums.images + images,
      objective: sums.objective + objective * images,
      elbo: sums.elbo + elbo * images,
      seconds,
    },
  };
}

function tellStep(
  { epoch, batch, sums }: Position,
  { loop, batches, start, elapsed }: {
    loop: Loop;
    batches: number;
    start: Position;
    elapsed: number;
  },
): void {
  const { plan, dataset, measuringSeconds } = loop;
  const epochsLeft = plan.epochs - epoch;
  const left = {
    images: epochsLeft * dataset.train.count - sums.images,
    measurings: epochsLeft,
    measuringSeconds,
  };
  const images = sums.images - start.sums.images;
  loop.onProgress?.({
    kind: "step",
    epoch: epoch + 1,
    epochs: plan.epochs,
    batch,
    batches,
    step: epoch * batches + batch,
    objective: sums.objective / sums.images,
    ...paceOf({ images, seconds: elapsed, left }),
  });
}

async function measureEpoch(
  position: Position,
  loop: Loop,
): Promise<EpochMeasured | undefined> {
  const { step, dataset, plan, signal, breather, onProgress } = loop;
  const startedAt = performance.now();
  const epoch = position.epoch + 1;
  const sets = [dataset.test, ...dataset.validation ? [dataset.validation] : []];
  const count = sets.reduce((sum, set) => sum + set.count, 0);
  const all: Measured[] = [];
  let before = 0;
  for (const set of sets) {
    const measured = await measureSet(step, set, {
      binarization: plan.binarization,
      signal,
      breather,
      onImages: (done) =>
        onProgress?.({
          kind: "measure",
          epoch,
          epochs: plan.epochs,
          done: before + done,
          count,
        }),
    });
    if (measured === undefined) return undefined;
    before += set.count;
    all.push(measured);
  }
  const { binarization } = plan;
  const code = await measureCode(step, dataset.test, { binarization, breather });
  const evalSeconds = (performance.now() - startedAt) / 1000;
  loop.measuringSeconds = evalSeconds;
  return { test: all[0], validation: all[1], code, evalSeconds };
}
