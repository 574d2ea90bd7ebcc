/**
 * Mistakes that more than one entry plants.
 *
 * @module
 */
import type { Vector } from "../../math/mod.ts";
import type { LatentLibrary } from "../models/faces.ts";

/** ln p(x|z) - KL: the log weight with the closed KL in place of the sampled one. */
export function analyticWeight(library: LatentLibrary) {
  const kl = library.klToPrior();
  return (z: Vector) => library.logLikelihood(z) - kl;
}

/** sum_k softmax(loss)_k (-loss_k): the worst sample weighs most. */
export function softmaxedLosses(logWeights: readonly number[]): number {
  const low = Math.min(...logWeights);
  const shares = logWeights.map((value) => Math.exp(low - value));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return logWeights.reduce((sum, value, k) => sum + shares[k] * value / total, 0);
}
