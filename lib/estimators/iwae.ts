import type { Distribution, LatentModel } from "../distributions/mod.ts";
import {
  type Estimate,
  logMeanExp,
  pairedDifference,
  type Random,
  summarize,
} from "../math/mod.ts";
import { requireCount, sampleLogWeights } from "./log_weight.ts";

/**
 * Estimates the K-sample (importance-weighted) bound of one observation.
 *
 * `L_K = E ln (1/K) sum_k w_k`, `w_k = p(x,z_k) / q(z_k|x)`, `z_k ~ q`, in nats:
 * `ELBO = L_1 <= L_2 <= ... <= ln p(x)` (Burda et al. 2015, theorem 1). The weights
 * carry the sampled KL: with the closed one inside the logarithm it is no bound.
 *
 * @param model Prior and likelihood.
 * @param approxPosterior q(z|x).
 * @param x The observation.
 * @param options `numSamples` is K; `repeats` independent values are averaged.
 * @returns The mean over the repeats and its standard error; its `numSamples` is the
 * number of repeats.
 * @throws {RangeError} If `numSamples` or `repeats` is no positive integer.
 *
 * @example One sample gives the ELBO, many come near ln p(x)
 * ```ts
 * import { iwae } from "elbo/estimators";
 * import { normal, standardNormal } from "elbo/distributions";
 * import { createRandom, STREAMS } from "elbo/math";
 * import { assert } from "@std/assert";
 *
 * const model = {
 *   latentDim: 1,
 *   dataDim: 1,
 *   prior: standardNormal(1),
 *   likelihood: (z: readonly number[]) => normal({ mean: z, scale: [1] }),
 * };
 * const q = normal({ mean: [0], scale: [1] });
 * const random = createRandom({ seed: 0, stream: STREAMS.monteCarlo });
 * const one = iwae(model, q, [1], { numSamples: 1, repeats: 2000, random });
 * const fifty = iwae(model, q, [1], { numSamples: 50, repeats: 200, random });
 * const logMarginal = normal({ mean: [0], scale: [Math.SQRT2] }).logProb([1]);
 * assert(one.mean < fifty.mean && Math.abs(fifty.mean - logMarginal) < 0.02);
 * ```
 */
export function iwae<Z, X>(
  model: LatentModel<Z, X>,
  approxPosterior: Distribution<Z>,
  x: X,
  options: { numSamples: number; repeats: number; random: Random },
): Estimate {
  const { numSamples, repeats, random } = options;
  const series = iwaeSeries(model, approxPosterior, x, {
    counts: [numSamples],
    repeats,
    random,
  });
  return series.bounds[0];
}

/**
 * Estimates several K-sample bounds on common noise, and what each adds to the last.
 *
 * Each repeat draws as many latents as the largest count, and the bound of K uses the
 * first K of them. So neighbouring bounds share their noise, and the standard error of
 * their difference is much smaller than that of either.
 *
 * @param model Prior and likelihood.
 * @param approxPosterior q(z|x).
 * @param x The observation.
 * @param options `counts`: values of K in ascending order; `repeats` independent
 * series are averaged.
 * @returns `bounds`, shape `[counts]`, and `gains`, shape `[counts - 1]`: the paired
 * difference of each bound to the one before, in nats.
 * @throws {RangeError} If a count or `repeats` is no positive integer, or the counts do
 * not ascend.
 *
 * @example Two samples beat one, and the pairing shows it
 * ```ts
 * import { iwaeSeries } from "elbo/estimators";
 * import { normal, standardNormal } from "elbo/distributions";
 * import { createRandom, STREAMS } from "elbo/math";
 * import { assertGreater } from "@std/assert";
 *
 * const model = {
 *   latentDim: 1,
 *   dataDim: 1,
 *   prior: standardNormal(1),
 *   likelihood: (z: readonly number[]) => normal({ mean: z, scale: [1] }),
 * };
 * const { gains } = iwaeSeries(model, normal({ mean: [0], scale: [1] }), [1], {
 *   counts: [1, 2],
 *   repeats: 500,
 *   random: createRandom({ seed: 0, stream: STREAMS.monteCarlo }),
 * });
 * assertGreater(gains[0].mean, 5 * gains[0].standardError);
 * ```
 */
export function iwaeSeries<Z, X>(
  model: LatentModel<Z, X>,
  approxPosterior: Distribution<Z>,
  x: X,
  options: { counts: readonly number[]; repeats: number; random: Random },
): { bounds: Estimate[]; gains: Estimate[] } {
  const { counts, repeats, random } = options;
  counts.forEach((count) => requireCount("numSamples", count));
  requireCount("repeats", repeats);
  if (
    counts.length === 0 || counts.some((count, i) => i > 0 && count <= counts[i - 1])
  ) {
    throw new RangeError(
      `Cannot estimate as counts must ascend and not be empty: they are [${counts}]`,
    );
  }
  const numSamples = counts[counts.length - 1];
  const values = counts.map(() => new Float64Array(repeats));
  for (let repeat = 0; repeat < repeats; repeat++) {
    const logWeights = sampleLogWeights(model, approxPosterior, x, {
      numSamples,
      random,
    });
    counts.forEach((count, i) => {
      values[i][repeat] = logMeanExp(logWeights.subarray(0, count));
    });
  }
  return {
    bounds: values.map(summarize),
    gains: values.slice(1).map((value, i) => pairedDifference(value, values[i])),
  };
}
