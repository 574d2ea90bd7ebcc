import type { Distribution, LatentModel } from "../distributions/mod.ts";
import type { Random } from "../math/mod.ts";

/**
 * The log weight of one latent: what the bound is the mean of.
 *
 * `logWeight = ln p(z) + ln p(x|z) - ln q(z|x)`, in nats. Its mean under q is the ELBO,
 * and the mean of its exponential is p(x) (Burda et al. 2015, equation 8).
 *
 * @param model Prior and likelihood.
 * @param approxPosterior q(z|x).
 * @param point The observation `x` and the latent `z`.
 * @returns Nats; `-Infinity` where the model says that z or x is impossible.
 *
 * @example With the posterior for q every weight is p(x)
 * ```ts
 * import { logWeight } from "elbo/estimators";
 * import { normal, standardNormal } from "elbo/distributions";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // z ~ N(0, 1), x|z ~ N(z, 1): x ~ N(0, 2) and z|x ~ N(x / 2, 1 / 2).
 * const model = {
 *   latentDim: 1,
 *   dataDim: 1,
 *   prior: standardNormal(1),
 *   likelihood: (z: readonly number[]) => normal({ mean: z, scale: [1] }),
 * };
 * const posterior = normal({ mean: [0.5], scale: [Math.SQRT1_2] });
 * const logMarginal = normal({ mean: [0], scale: [Math.SQRT2] }).logProb([1]);
 * for (const z of [-3, 0, 2]) {
 *   const point = { x: [1], z: [z] };
 *   assertAlmostEquals(logWeight(model, posterior, point), logMarginal, 1e-14);
 * }
 * ```
 */
export function logWeight<Z, X>(
  model: LatentModel<Z, X>,
  approxPosterior: Distribution<Z>,
  { x, z }: { x: X; z: Z },
): number {
  return model.prior.logProb(z) + model.likelihood(z).logProb(x) -
    approxPosterior.logProb(z);
}

/**
 * Log weights of independent draws from the approximate posterior.
 *
 * @param model Prior and likelihood.
 * @param approxPosterior q(z|x).
 * @param x The observation.
 * @param options How many draws, and where they come from.
 * @returns Nats, shape `[numSamples]`.
 * @throws {RangeError} If `numSamples` is no positive integer.
 *
 * @example The mean of the log weights is below the log of their mean
 * ```ts
 * import { sampleLogWeights } from "elbo/estimators";
 * import { normal, standardNormal } from "elbo/distributions";
 * import { createRandom, logMeanExp, STREAMS, summarize } from "elbo/math";
 * import { assertLess } from "@std/assert";
 *
 * const model = {
 *   latentDim: 1,
 *   dataDim: 1,
 *   prior: standardNormal(1),
 *   likelihood: (z: readonly number[]) => normal({ mean: z, scale: [1] }),
 * };
 * const weights = sampleLogWeights(model, normal({ mean: [0], scale: [1] }), [1], {
 *   numSamples: 100,
 *   random: createRandom({ seed: 0, stream: STREAMS.monteCarlo }),
 * });
 * assertLess(summarize(weights).mean, logMeanExp(weights));
 * ```
 */
export function sampleLogWeights<Z, X>(
  model: LatentModel<Z, X>,
  approxPosterior: Distribution<Z>,
  x: X,
  { numSamples, random }: { numSamples: number; random: Random },
): Float64Array {
  requireCount("numSamples", numSamples);
  const logWeights = new Float64Array(numSamples);
  for (let i = 0; i < numSamples; i++) {
    const z = approxPosterior.sample(random);
    logWeights[i] = logWeight(model, approxPosterior, { x, z });
  }
  return logWeights;
}

/** Refuses a number of draws that is no positive integer. */
export function requireCount(name: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(
      `Cannot estimate as ${name} must be a positive integer: it is ${count}`,
    );
  }
}
