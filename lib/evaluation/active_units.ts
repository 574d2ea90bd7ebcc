/** That of Burda et al. 2015 (arXiv 1509.00519, section 5), in the unit of z^2. */
export const ACTIVE_THRESHOLD = 0.01;

/** Which latent dimensions carry something of the image. */
export interface ActiveUnits {
  /** How many are active. */
  readonly count: number;
  /** Var_x(E[z_j|x]) of each dimension j over the images, divisor n - 1: [latentDim]. */
  readonly variances: readonly number[];
}

/**
 * Counts the active units: the latent dimensions whose mean moves with the image.
 *
 * Unit j is active if `Var_x(E[z_j|x]) > 0.01` (Burda et al. 2015, arXiv 1509.00519,
 * section 5). A unit that the decoder ignores has a posterior equal to the prior at
 * every x, so its mean does not move.
 *
 * @param means E[z|x] of each image, `[numImages, latentDim]`.
 * @param options `latentDim`; `threshold`, 0.01 unless told.
 * @returns The number of active units and the variance of each.
 * @throws {RangeError} If there are fewer than two images, or `latentDim` does not
 * divide the means.
 *
 * @example One dimension that moves and one that stays
 * ```ts
 * import { activeUnits } from "elbo/evaluation";
 * import { assertEquals } from "@std/assert";
 *
 * const { count, variances } = activeUnits([1, 0, -1, 0], { latentDim: 2 });
 * assertEquals(count, 1);
 * assertEquals(variances, [2, 0]);
 * ```
 */
export function activeUnits(
  means: ArrayLike<number>,
  { latentDim, threshold = ACTIVE_THRESHOLD }: {
    latentDim: number;
    threshold?: number;
  },
): ActiveUnits {
  const count = means.length / latentDim;
  if (!Number.isInteger(count) || count < 2) {
    throw new RangeError(
      "Cannot count active units as means must be of two images or more, each of " +
        `latentDim ${latentDim} numbers: ${means.length} numbers`,
    );
  }
  const variances = Array.from({ length: latentDim }, (_, unit) => {
    let mean = 0;
    for (let i = 0; i < count; i++) mean += means[i * latentDim + unit] / count;
    let squares = 0;
    for (let i = 0; i < count; i++) {
      squares += (means[i * latentDim + unit] - mean) ** 2;
    }
    return squares / (count - 1);
  });
  return {
    count: variances.filter((variance) => variance > threshold).length,
    variances,
  };
}
