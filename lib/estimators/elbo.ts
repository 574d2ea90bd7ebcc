import { type Distribution, kl, type LatentModel } from "../distributions/mod.ts";
import { type Estimate, type Random, summarize } from "../math/mod.ts";
import { requireCount } from "./log_weight.ts";

/**
 * How the bound is put together from a draw z of q:
 *
 * - `"joint"`: ln p(x,z) - ln q(z|x), estimator A of Kingma and Welling 2013;
 * - `"analyticKl"`: ln p(x|z) - KL(q || p(z)) with the KL in closed form, their
 *   estimator B;
 * - `"sampledKl"`: ln p(x|z) - [ln q(z|x) - ln p(z)], the KL from the same draws. A
 *   draw's value is that of `"joint"` up to rounding: it is the form to compare the
 *   closed KL with.
 */
export type ElboForm = "joint" | "analyticKl" | "sampledKl";

/** What {@linkcode elbo} needs beside the model. */
export interface ElboOptions {
  /** How many draws of q, at least 1; a standard error needs 2. */
  numSamples: number;
  /** Where the draws come from. */
  random: Random;
  /** The form; `"joint"` if left out. */
  form?: ElboForm;
}

/** The bound and its two parts, in nats: `elbo = expectedLogLikelihood - kl`. */
export interface ElboEstimate {
  /** The bound; on average at most ln p(x). */
  readonly elbo: Estimate;
  /** E_q ln p(x|z). */
  readonly expectedLogLikelihood: Estimate;
  /** KL(q(z|x) || p(z)); its standard error is 0 in the form `"analyticKl"`. */
  readonly kl: Estimate;
}

/**
 * Estimates the evidence lower bound of one observation.
 *
 * `ELBO = E_q[ln p(x,z) - ln q(z|x)] = E_q ln p(x|z) - KL(q(z|x) || p(z)) <= ln p(x)`,
 * in nats. All forms have the same mean; their spreads differ, and none is best
 * everywhere: at the posterior `"joint"` has none at all. Its negative is an upper
 * bound on -ln p(x), not an estimate of it (see `importanceLogMarginal`).
 *
 * @param model Prior and likelihood.
 * @param approxPosterior q(z|x).
 * @param x The observation.
 * @param options Number of draws, their source, and the form.
 * @returns The bound and its parts, each with its standard error over the draws.
 * @throws {RangeError} If `numSamples` is no positive integer.
 * @throws {TypeError} If the form is `"analyticKl"` and no closed form is known.
 *
 * @example The parts add up, and the posterior makes the bound tight
 * ```ts
 * import { elbo } from "elbo/estimators";
 * import { normal, standardNormal } from "elbo/distributions";
 * import { createRandom, STREAMS } from "elbo/math";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const model = {
 *   latentDim: 1,
 *   dataDim: 1,
 *   prior: standardNormal(1),
 *   likelihood: (z: readonly number[]) => normal({ mean: z, scale: [1] }),
 * };
 * const posterior = normal({ mean: [0.5], scale: [Math.SQRT1_2] });
 * const random = createRandom({ seed: 0, stream: STREAMS.monteCarlo });
 * const bound = elbo(model, posterior, [1], { numSamples: 10, random });
 * assertAlmostEquals(
 *   bound.elbo.mean,
 *   bound.expectedLogLikelihood.mean - bound.kl.mean,
 *   1e-12,
 * );
 * const logMarginal = normal({ mean: [0], scale: [Math.SQRT2] }).logProb([1]);
 * assertAlmostEquals(bound.elbo.mean, logMarginal, 1e-12);
 * ```
 */
export function elbo<Z, X>(
  model: LatentModel<Z, X>,
  approxPosterior: Distribution<Z>,
  x: X,
  { numSamples, random, form = "joint" }: ElboOptions,
): ElboEstimate {
  requireCount("numSamples", numSamples);
  const logLikelihoods = new Float64Array(numSamples);
  const klTerms = new Float64Array(numSamples);
  const bounds = new Float64Array(numSamples);
  const closedKl = form === "analyticKl" ? kl(approxPosterior, model.prior) : NaN;
  for (let i = 0; i < numSamples; i++) {
    const z = approxPosterior.sample(random);
    const logPrior = model.prior.logProb(z);
    const logApprox = approxPosterior.logProb(z);
    logLikelihoods[i] = model.likelihood(z).logProb(x);
    klTerms[i] = form === "analyticKl" ? closedKl : logApprox - logPrior;
    bounds[i] = form === "joint"
      ? logLikelihoods[i] + logPrior - logApprox
      : logLikelihoods[i] - klTerms[i];
  }
  return {
    elbo: summarize(bounds),
    expectedLogLikelihood: summarize(logLikelihoods),
    kl: summarize(klTerms),
  };
}
