/** What the weights of one image came to. */
export interface WeightSummary {
  /** ln of the mean weight: the estimate of ln p(x), in nats. */
  readonly logMeanWeight: number;
  /** The mean log weight: the estimate of the ELBO, in nats. */
  readonly meanLogWeight: number;
  /** (sum w)^2 / sum w^2, in [1, numSamples]; 0 if all weights are 0. */
  readonly effectiveSampleSize: number;
}

/** Sums over importance weights that come in chunks, for each image of a batch. */
export interface WeightStream {
  /**
   * Takes in more samples.
   *
   * @param logWeights `[numSamples, batchSize]`, in nats.
   * @throws {RangeError} If their number is no multiple of `batchSize`.
   */
  add(logWeights: ArrayLike<number>): void;
  /** The sums so far, one for each image. */
  summaries(): WeightSummary[];
}

/**
 * Makes a stream of importance weights for a batch of images.
 *
 * For each image it keeps the largest log weight m, `sum exp(l - m)`,
 * `sum exp(2 (l - m))` and `sum l`, rescaled when m rises: nothing overflows and no
 * sample is kept.
 *
 * @param batchSize The number of images.
 * @returns The stream.
 *
 * @example Weights that underflow
 * ```ts
 * import { createWeightStream } from "elbo/evaluation";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const stream = createWeightStream(1);
 * stream.add([-1000]);
 * stream.add([-1000 + Math.log(3)]);
 * const [image] = stream.summaries();
 * assertAlmostEquals(image.logMeanWeight, -1000 + Math.log(2));
 * assertAlmostEquals(image.effectiveSampleSize, 16 / 10);
 * ```
 */
export function createWeightStream(batchSize: number): WeightStream {
  const largest = new Float64Array(batchSize).fill(-Infinity);
  const sums = new Float64Array(batchSize);
  const squares = new Float64Array(batchSize);
  const logSums = new Float64Array(batchSize);
  let numSamples = 0;

  const addOne = (image: number, logWeight: number) => {
    logSums[image] += logWeight;
    if (logWeight > largest[image]) {
      const shrink = Math.exp(largest[image] - logWeight);
      sums[image] *= shrink;
      squares[image] *= shrink * shrink;
      largest[image] = logWeight;
    }
    // A weight of 0, or no weight above 0 yet: nothing to add, and no NaN from it.
    if (logWeight === -Infinity) return;
    const weight = Math.exp(logWeight - largest[image]);
    sums[image] += weight;
    squares[image] += weight * weight;
  };

  return {
    add(logWeights) {
      if (logWeights.length % batchSize !== 0) {
        throw new RangeError(
          "Cannot add the weights as they must be numSamples * batchSize numbers, " +
            `batchSize ${batchSize}: ${logWeights.length}`,
        );
      }
      for (let i = 0; i < logWeights.length; i++) addOne(i % batchSize, logWeights[i]);
      numSamples += logWeights.length / batchSize;
    },
    summaries: () =>
      Array.from({ length: batchSize }, (_, image) => ({
        logMeanWeight: largest[image] + Math.log(sums[image] / numSamples),
        meanLogWeight: logSums[image] / numSamples,
        // All weights 0: worth nothing.
        effectiveSampleSize: squares[image] > 0 ? sums[image] ** 2 / squares[image] : 0,
      })),
  };
}
