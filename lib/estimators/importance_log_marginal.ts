import type { Distribution, LatentModel } from "../distributions/mod.ts";
import {
  effectiveSampleSize,
  type Estimate,
  logMeanExp,
  type Random,
  summarize,
} from "../math/mod.ts";
import { sampleLogWeights } from "./log_weight.ts";

/** An estimate of ln p(x), with what there is to say about its quality. */
export interface LogMarginalEstimate extends Estimate {
  /** The bias to first order, `-Var(w) / (2 n E[w]^2)`: never above 0, in nats. */
  readonly bias: number;
  /** How many equal weights would be worth as much, in `[1, numSamples]`. */
  readonly effectiveSampleSize: number;
}

/**
 * Estimates ln p(x) by importance sampling from the approximate posterior.
 *
 * `ln (1/n) sum_i w_i`, `w_i = p(x,z_i) / q(z_i|x)`, in nats. The mean of the weights
 * has no bias; its logarithm has one, `-Var(w) / (2 n E[w]^2)` to first order: it lies
 * low, so `-mean` is an upper bound on -ln p(x) on average. The standard error is the
 * delta method's, `sd(w) / (E[w] sqrt(n))`. Both hold when the weights have a finite
 * variance; they have none where q is too narrow (for normals: a variance of q of at
 * most half the posterior's), and then the standard error says nothing. An
 * `effectiveSampleSize` of a few is the sign.
 *
 * @param model Prior and likelihood.
 * @param approxPosterior q(z|x), the proposal.
 * @param x The observation.
 * @param options Number of draws, at least 2 for a standard error, and their source.
 * @returns Mean, standard error and bias in nats, and the effective sample size.
 * @throws {RangeError} If `numSamples` is no positive integer.
 *
 * @example A marginal that is known
 * ```ts
 * import { importanceLogMarginal } from "elbo/estimators";
 * import { normal, standardNormal } from "elbo/distributions";
 * import { createRandom, STREAMS, zScore } from "elbo/math";
 * import { assertLess } from "@std/assert";
 *
 * const model = {
 *   latentDim: 1,
 *   dataDim: 1,
 *   prior: standardNormal(1),
 *   likelihood: (z: readonly number[]) => normal({ mean: z, scale: [1] }),
 * };
 * const q = normal({ mean: [0], scale: [1] });
 * const estimate = importanceLogMarginal(model, q, [1], {
 *   numSamples: 2000,
 *   random: createRandom({ seed: 0, stream: STREAMS.monteCarlo }),
 * });
 * const logMarginal = normal({ mean: [0], scale: [Math.SQRT2] }).logProb([1]);
 * assertLess(Math.abs(zScore(estimate, logMarginal)), 5);
 * ```
 */
export function importanceLogMarginal<Z, X>(
  model: LatentModel<Z, X>,
  approxPosterior: Distribution<Z>,
  x: X,
  options: { numSamples: number; random: Random },
): LogMarginalEstimate {
  const logWeights = sampleLogWeights(model, approxPosterior, x, options);
  const estimate = logOfMeanWeight(logWeights);
  return { ...estimate, bias: -0.5 * estimate.standardError ** 2 };
}

/** ln of the mean weight, with the delta method's error, `sd(w) / (E[w] sqrt(n))`. */
export function logOfMeanWeight(
  logWeights: Float64Array,
): Estimate & { readonly effectiveSampleSize: number } {
  const mean = logMeanExp(logWeights);
  // Relative to their mean, weights of exp(-500) neither underflow nor lose digits.
  const relative = summarize(logWeights.map((logWeight) => Math.exp(logWeight - mean)));
  return {
    mean,
    standardError: relative.standardError,
    numSamples: logWeights.length,
    effectiveSampleSize: effectiveSampleSize(logWeights),
  };
}
