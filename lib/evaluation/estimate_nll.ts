import { type Estimate, summarize } from "../math/mod.ts";
import type { Noise, Step } from "../models/mod.ts";
import { createWeightStream, type WeightSummary } from "./weight_stream.ts";

/** Images as a model takes them. */
export interface EvaluationImages {
  /** Pixels in [0, 1], binarised if the model is of binary pixels: [count, dataDim]. */
  readonly pixels: Float32Array;
  /** The number of images, 1 or more. */
  readonly count: number;
}

/** The options of {@link estimateNll}. */
export interface NllOptions {
  /** K, the number of draws of z for each image. */
  readonly numSamples: number;
  /** Where the draws come from. */
  readonly noise: Noise;
  /** Images in one batch, 64 unless told; part of the address of the draws. */
  readonly batchSize?: number;
  /** Draws of z in one call, for all images of a batch; 16384 unless told. */
  readonly chunkRows?: number;
  /** Told after each chunk which part of the work is done, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** The importance-sampled NLL of a set of images, and how far to trust it. */
export interface NllEstimate {
  /** K. Estimates of different K do not compare: the bias shrinks as K grows. */
  readonly numSamples: number;
  /** -ln p(x) in nats: mean over images, standard error over images. */
  readonly nll: Estimate;
  /** -ELBO in nats from the same draws on the same images. */
  readonly negativeElbo: Estimate;
  /**
   * The part of the NLL's standard error that more draws would take away, in nats: the
   * delta method's, sqrt(sum of (1/ESS - 1/K)) / numImages.
   */
  readonly samplingError: number;
  /** The effective sample sizes of the images' weights, in [1, K]. */
  readonly effectiveSampleSize: EffectiveSampleSizes;
  /** By image. */
  readonly images: readonly WeightSummary[];
}

/** How many equal weights an image's K weights are worth: a number in [1, K]. */
export interface EffectiveSampleSizes {
  /** The median over the images; of two in the middle the larger. */
  readonly median: number;
  /** That of the image whose weights are the most uneven. */
  readonly least: number;
  /** The share of images whose weights are worth less than two. */
  readonly belowTwo: number;
}

/**
 * Estimates -ln p(x) of images by importance sampling from q(z|x).
 *
 * `ln p(x)` is estimated by `ln (1/K) sum_k p(x,z_k) / q(z_k|x)`, `z_k ~ q(z|x)`, in
 * nats (Burda et al. 2015, arXiv 1509.00519, section 5). On average it lies below
 * ln p(x), so the NLL is over-estimated, less so as K grows: print K with it. Where the
 * effective sample size is near 1, one draw decides and the estimate is little more
 * than the ELBO.
 *
 * The draws of the first chunk do not depend on K, so runs of different K compare.
 *
 * @param step The model, a VAE.
 * @param images The images, `[count, dataDim]`.
 * @param options K, the address of the draws, and whom to tell.
 * @returns The estimate with its standard errors and effective sample sizes.
 * @throws {RangeError} If there are no images, or a count is not a positive integer.
 * @throws {TypeError} If a log weight is not a number, or the model is an autoencoder.
 *
 * @example The NLL is at most -ELBO on the same draws
 * ```ts
 * import { estimateNll } from "elbo/evaluation";
 * import { STREAMS } from "elbo/math";
 * import { createStep } from "elbo/models";
 * import { assertLess } from "@std/assert";
 *
 * const step = await createStep({
 *   model: "vae",
 *   dataDim: 4,
 *   hidden: [3],
 *   latentDim: 2,
 *   activation: "relu",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * }, { seed: 0, learningRate: 1e-3, backend: "cpu" });
 * const pixels = Float32Array.of(0, 0, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1);
 * const { nll, negativeElbo } = await estimateNll(step, { pixels, count: 3 }, {
 *   numSamples: 16,
 *   noise: { seed: 0, stream: STREAMS.evaluation },
 * });
 * assertLess(nll.mean, negativeElbo.mean); // in nats
 * step.dispose();
 * ```
 */
export async function estimateNll(
  step: Pick<Step, "logWeights">,
  images: EvaluationImages,
  options: NllOptions,
): Promise<NllEstimate> {
  const { numSamples, noise, batchSize = 64, chunkRows = 16384, onProgress } = options;
  const { pixels, count } = images;
  const dataDim = pixels.length / count;
  for (
    const [name, value] of Object.entries({ count, numSamples, batchSize, dataDim })
  ) {
    requirePositive(name, value);
  }
  const numBatches = Math.ceil(count / batchSize);
  const samplesAtOnce = Math.max(1, Math.floor(chunkRows / batchSize));
  const numChunks = Math.ceil(numSamples / samplesAtOnce);
  const found: WeightSummary[] = [];
  for (let batch = 0; batch < numBatches; batch++) {
    const first = batch * batchSize;
    const size = Math.min(batchSize, count - first);
    const stream = createWeightStream(size);
    for (let chunk = 0; chunk < numChunks; chunk++) {
      stream.add(
        await step.logWeights({
          images: pixels.subarray(first * dataDim, (first + size) * dataDim),
          batchSize: size,
          numSamples: Math.min(samplesAtOnce, numSamples - chunk * samplesAtOnce),
          // Chunk by chunk, so that a larger K goes on where a smaller one ended.
          step: chunk * numBatches + batch,
          noise,
        }),
      );
      onProgress?.((batch + (chunk + 1) / numChunks) / numBatches);
    }
    found.push(...stream.summaries());
  }
  return summarizeWeights(found, numSamples);
}

/**
 * Sums up the weights of images as an NLL with its standard errors.
 *
 * @param images What the weights of each image came to, one image or more.
 * @param numSamples K.
 * @returns The estimate over all images, in nats.
 * @throws {TypeError} If a log weight was not a number.
 * @throws {RangeError} If there are no images.
 *
 * @example Two images with all weights equal: draws would add nothing
 * ```ts
 * import { summarizeWeights } from "elbo/evaluation";
 * import { assertEquals } from "@std/assert";
 *
 * const images = [-90, -100].map((logWeight) => ({
 *   logMeanWeight: logWeight,
 *   meanLogWeight: logWeight,
 *   effectiveSampleSize: 64,
 * }));
 * const { nll, samplingError } = summarizeWeights(images, 64);
 * assertEquals([nll.mean, nll.standardError, samplingError], [95, 5, 0]);
 * ```
 */
export function summarizeWeights(
  images: readonly WeightSummary[],
  numSamples: number,
): NllEstimate {
  const broken = images.findIndex(({ meanLogWeight }) => Number.isNaN(meanLogWeight));
  if (broken >= 0) {
    throw new TypeError(
      `Cannot estimate the NLL as every log weight must be a number: NaN at image ${broken}`,
    );
  }
  const sizes = images.map(({ effectiveSampleSize }) => effectiveSampleSize)
    .sort((a, b) => a - b);
  const variance = sizes.reduce((sum, size) => sum + 1 / size - 1 / numSamples, 0);
  return {
    numSamples,
    nll: summarize(images.map(({ logMeanWeight }) => -logMeanWeight)),
    negativeElbo: summarize(images.map(({ meanLogWeight }) => -meanLogWeight)),
    // Rounding may leave a hair below 0 where all weights are equal.
    samplingError: Math.sqrt(Math.max(0, variance)) / images.length,
    effectiveSampleSize: {
      median: sizes[Math.floor(sizes.length / 2)],
      least: sizes[0],
      belowTwo: sizes.filter((size) => size < 2).length / sizes.length,
    },
    images,
  };
}

function requirePositive(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new RangeError(
    `Cannot estimate the NLL as ${name} must be a positive whole number: ${value}`,
  );
}
