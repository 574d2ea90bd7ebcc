import type { Vector } from "../math/mod.ts";

/**
 * Turns standard normal noise into a draw of N(mean, scale^2).
 *
 * `z = mean + scale * eps` (Kingma and Welling 2013, section 2.4). The noise that is
 * added is scale * eps, not eps.
 *
 * @param parameters.mean `[dim]`.
 * @param parameters.scale Standard deviations, `[dim]`; zero is allowed and gives the
 * mean.
 * @param parameters.eps Draws of N(0, 1), `[dim]`.
 * @returns z, `[dim]`.
 * @throws {RangeError} If the lengths differ.
 *
 * @example Noise stretched and moved
 * ```ts
 * import { reparameterize } from "elbo/distributions";
 * import { assertEquals } from "@std/assert";
 *
 * const z = reparameterize({ mean: [1, 2], scale: [0.5, 3], eps: [2, -1] });
 * assertEquals(z, [2, -1]);
 * ```
 */
export function reparameterize(
  { mean, scale, eps }: { mean: Vector; scale: Vector; eps: Vector },
): number[] {
  if (scale.length !== mean.length || eps.length !== mean.length) {
    throw new RangeError(
      `Cannot reparameterise as mean, scale and eps must have one length: ` +
        `${mean.length}, ${scale.length} and ${eps.length}`,
    );
  }
  return mean.map((m, i) => m + scale[i] * eps[i]);
}
