import { VARIANCE_FLOOR } from "./spec.ts";

/**
 * Computes the one variance that gives a batch the largest Gaussian likelihood.
 *
 * `argmax_v sum_i ln N(x_i; mean_i, v) = mean_i (x_i - mean_i)^2`, by the derivative in
 * v; not below VARIANCE_FLOOR (Rybkin, Daniilidis and Levine 2021, sigma-VAE, arXiv
 * 2006.13202, section 3.2).
 *
 * The mean is over all pixels of all images of the batch. With it the batch's
 * -ln p(x|z) is `D (ln(2 pi v) + 1) / 2` for D pixels. As v is chosen after looking at
 * the batch, that is the largest bound that any one variance gives this batch, and
 * itself a bound for no variance: on new data v must stay what training left.
 *
 * @param squaredErrors (x - mean)^2 of every pixel.
 * @returns The variance.
 * @throws {RangeError} If there are none.
 *
 * @example No other variance is better
 * ```ts
 * import { normal } from "elbo/distributions";
 * import { optimalVariance } from "elbo/networks";
 * import { assertAlmostEquals, assertLess } from "@std/assert";
 *
 * const x = [0.1, -0.3, 0.2];
 * const best = optimalVariance(x.map((value) => value ** 2));
 * const logProb = (variance: number) =>
 *   normal({ mean: [0, 0, 0], scale: Array(3).fill(Math.sqrt(variance)) }).logProb(x);
 * assertLess(logProb(1.1 * best), logProb(best));
 * assertLess(logProb(best / 1.1), logProb(best));
 * assertAlmostEquals(logProb(best), -3 / 2 * (Math.log(2 * Math.PI * best) + 1));
 * ```
 */
export function optimalVariance(squaredErrors: ArrayLike<number>): number {
  if (squaredErrors.length === 0) {
    throw new RangeError(
      "Cannot set a variance as there must be a pixel to judge it by: there is none",
    );
  }
  let sum = 0;
  for (let i = 0; i < squaredErrors.length; i++) sum += squaredErrors[i];
  return Math.max(sum / squaredErrors.length, VARIANCE_FLOOR);
}
