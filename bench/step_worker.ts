/** One variant in a worker: trains when asked, and tells how long a step took. */
import type { Step } from "elbo/models";
import { BATCH_SIZE, batchOf, LEARNING_RATE, SEED, SPEC } from "./reference.ts";
import type { Answer, OwnVariant, Question, WarmUp } from "./variant.ts";
import { WARM_UP_STEPS } from "./variant.ts";

// Only what is used of the worker's own scope, which the types of a page lack.
declare const self: {
  onmessage: (event: MessageEvent<Question>) => void;
  postMessage(answer: Answer): void;
};

type TrainOnce = (images: Float32Array, step: number) => Promise<number>;

let batches: Float32Array;
let train: TrainOnce;
let step = 0;

self.onmessage = async ({ data }) => {
  try {
    if (data.kind === "block") {
      self.postMessage({ ms: await timeSteps(data.steps) });
      return;
    }
    batches = data.batches;
    train = await createTrain(data.variant);
    self.postMessage({ warmUp: await warmUp() });
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};

// Each variant loads its own code only.
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
  if (variant === "tfjs") {
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

async function warmUp(): Promise<WarmUp> {
  const first = await train(batchOf(batches, step++), 0);
  await timeSteps(WARM_UP_STEPS - 4);
  const ms = await timeSteps(2);
  const last = await train(batchOf(batches, step), step++);
  return { losses: [first, last], ms };
}

async function timeSteps(steps: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < steps; i++) {
    await train(batchOf(batches, step), step);
    step++;
  }
  return (performance.now() - start) / steps;
}
