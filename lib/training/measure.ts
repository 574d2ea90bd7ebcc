import {
  type Binarization,
  evaluationPixels,
  type ImageSet,
  orderedBatches,
} from "../datasets/mod.ts";
import { STREAMS } from "../math/mod.ts";
import type { Step } from "../models/mod.ts";
import type { Breather } from "./breather.ts";
import { Room } from "./room.ts";

/** The seed of the noise with which every run is measured, whatever its own seed. */
export const EVALUATION_NOISE_SEED = 20140110;

/** Images a batch when a run is measured; fixed, since it addresses the noise. */
export const EVALUATION_BATCH_SIZE = 500;

/** Means over a set of images, in nats per image, with beta = 1. */
export interface Measured {
  /** expectedLogLikelihood - kl; NaN for an autoencoder, which has none. */
  readonly elbo: number;
  /** E_q[ln p(x|z)]. */
  readonly expectedLogLikelihood: number;
  /** KL(q(z|x) || p(z)); 0 for an autoencoder. */
  readonly kl: number;
}

/** How {@linkcode measureSet} behaves while it runs. */
export interface MeasureOptions {
  /** How bytes become pixels; `dynamic` draws once here. */
  readonly binarization: Binarization;
  /** Stops between two batches. */
  readonly signal?: AbortSignal;
  /** Told the number of images done after each batch. */
  readonly onImages?: (done: number) => void;
  /** Serves the event loop between two batches. */
  readonly breather?: Breather;
}

/**
 * Estimates the ELBO and its two parts over a whole set, one sample of noise an image.
 *
 * Images are binarised once, from a published seed, and the noise comes from
 * {@linkcode EVALUATION_NOISE_SEED}, so that epochs and runs are compared on the same
 * draws.
 *
 * @param step The model.
 * @param set The images; all of them are used.
 * @param options How to binarise, and what to tell meanwhile.
 * @returns The means in nats per image; undefined if the signal stopped it.
 *
 * @example The parts add up to the whole
 * ```ts
 * import { createStep } from "elbo/models";
 * import { measureSet } from "elbo/training";
 * import { assertEquals } from "@std/assert";
 *
 * const step = await createStep({
 *   model: "vae",
 *   dataDim: 2,
 *   hidden: [4],
 *   latentDim: 1,
 *   activation: "tanh",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * }, { seed: 0, learningRate: 1e-3, backend: "cpu" });
 * const images = Uint8Array.of(0, 255, 255, 0);
 * const set = { images, count: 2, height: 1, width: 2, dataDim: 2, name: "test" };
 *
 * const measured = await measureSet(step, set, { binarization: "none" });
 * assertEquals(measured!.elbo, measured!.expectedLogLikelihood - measured!.kl);
 * step.dispose();
 * ```
 */
export async function measureSet(
  step: Pick<Step, "evaluate">,
  set: ImageSet,
  { binarization, signal, onImages, breather }: MeasureOptions,
): Promise<Measured | undefined> {
  const noise = { seed: EVALUATION_NOISE_SEED, stream: STREAMS.evaluation };
  const { count } = set;
  let expectedLogLikelihood = 0;
  let kl = 0;
  let elbo = 0;
  let done = 0;
  for (const { images, batchSize, index } of evaluationBatches(set, binarization)) {
    if (signal?.aborted) return undefined;
    const numbers = await step.evaluate({ images, batchSize, step: index, noise });
    expectedLogLikelihood += numbers.expectedLogLikelihood * batchSize;
    kl += numbers.kl * batchSize;
    elbo += numbers.elbo * batchSize;
    done += batchSize;
    onImages?.(done);
    await breather?.breathe();
  }
  expectedLogLikelihood /= count;
  kl /= count;
  // From the sums of the parts, so that the printed parts add up to the whole.
  return {
    elbo: Number.isNaN(elbo) ? NaN : expectedLogLikelihood - kl,
    expectedLogLikelihood,
    kl,
  };
}

/** A batch of the set, and its place among all. */
interface EvaluationBatch {
  /** Good until the next one: all batches lie in one array. */
  readonly images: Float32Array;
  readonly batchSize: number;
  readonly index: number;
}

const pixelRoom = new Room();

/** All images of a set in order, as they are judged. */
export function* evaluationBatches(
  set: ImageSet,
  binarization: Binarization,
): Generator<EvaluationBatch> {
  const { count, dataDim } = set;
  const room = pixelRoom.lend(Math.min(count, EVALUATION_BATCH_SIZE) * dataDim);
  try {
    const batches = orderedBatches(count, { batchSize: EVALUATION_BATCH_SIZE });
    for (const [index, indices] of batches.entries()) {
      const batchSize = indices.length;
      const images = room.subarray(0, batchSize * dataDim);
      evaluationPixels(set, { indices, binarization, out: images });
      yield { images, batchSize, index };
    }
  } finally {
    pixelRoom.giveBack(room);
  }
}
