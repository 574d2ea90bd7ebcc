import type { Step } from "elbo/models";
import {
  BATCH_SIZE,
  batchOf,
  LEARNING_RATE,
  SEED,
  type SharedBatches,
  SPEC,
} from "./reference.ts";
import { type OwnVariant, WARM_UP_STEPS, type WarmUp } from "./variant.ts";

/** A variant of ours that has warmed up. */
export interface TimedStep {
  readonly warmUp: WarmUp;
  /** Trains on; returns milliseconds a step. */
  readonly block: (steps: number) => Promise<number>;
}

type TrainOnce = (images: Float32Array, step: number) => Promise<number>;

/** Makes a variant in this thread and warms it up; each loads its own code only. */
export async function timedStep(
  variant: OwnVariant,
  batches: SharedBatches,
): Promise<TimedStep> {
  const train = await createTrain(variant);
  let step = 0;
  const trainOnce = () => train(batchOf(batches, step), step++);
  const block = async (steps: number) => {
    const start = performance.now();
    for (let i = 0; i < steps; i++) await trainOnce();
    return (performance.now() - start) / steps;
  };
  const first = await trainOnce();
  await block(WARM_UP_STEPS - 4);
  const ms = await block(2);
  const last = await trainOnce();
  return { warmUp: { losses: [first, last], ms }, block };
}

async function createTrain(variant: OwnVariant): Promise<TrainOnce> {
  if (variant === "tfjs-cpu" || variant === "tfjs-stock") {
    const { createStockStep } = await import("./stock_step.ts");
    return await createStockStep(variant === "tfjs-cpu" ? "cpu" : "wasm");
  }
  const own = await createOwn(variant);
  return async (images, step) =>
    (await own.train({ images, batchSize: BATCH_SIZE, step })).objective;
}

async function createOwn(
  variant: Exclude<OwnVariant, "tfjs-cpu" | "tfjs-stock">,
): Promise<Step> {
  const options = { seed: SEED, learningRate: LEARNING_RATE };
  if (variant.startsWith("tfjs")) {
    const { createStep } = await import("elbo/models");
    return await createStep(SPEC, { ...options, backend: "wasm" });
  }
  const { createEngineStep } = await import("elbo/engine");
  return await createEngineStep(SPEC, {
    ...options,
    threads: variant.startsWith("engine-1") ? 1 : 2,
    ...variant.endsWith("dense") && { sparseBelow: 0 },
    relaxed: variant.endsWith("relaxed"),
    onNote: (text) => console.error(text),
  });
}
