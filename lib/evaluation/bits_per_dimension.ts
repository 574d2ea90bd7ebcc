/**
 * Turns -ln p(x) of an image of bytes, in nats, into bits per dimension.
 *
 * Of a mass on the 256 levels: `nats / (D ln 2)`. Of a density of x = (byte + u) / 256:
 * `nats / (D ln 2) + 8`, since the bin of a byte is 2^-8 wide. The second is an upper
 * bound on the code length of the bytes, by Jensen's inequality: the mass of a byte is
 * the average of the density over its bin, times 2^-8, and the logarithm of an average
 * is at least the average logarithm (Theis, van den Oord and Bethge 2016, arXiv
 * 1511.01844). A Gaussian also puts mass outside [0, 1]: its bins add up to less than
 * 1, which is a code still, only a longer one.
 *
 * @param nats -ln p(x) or a bound on it, summed over an image.
 * @param options.dataDim D, the numbers in an image.
 * @param options.of What p is: a `"mass"` on bytes or a `"density"` of bytes with noise.
 * @returns Bits per dimension.
 *
 * @example Knowing nothing costs 8 bits a byte, either way
 * ```ts
 * import { bitsPerDimension } from "elbo/evaluation";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const dataDim = 784;
 * const uniformMass = dataDim * Math.log(256);
 * assertAlmostEquals(bitsPerDimension(uniformMass, { dataDim, of: "mass" }), 8);
 * assertAlmostEquals(bitsPerDimension(0, { dataDim, of: "density" }), 8);
 * ```
 */
export function bitsPerDimension(
  nats: number,
  { dataDim, of }: { dataDim: number; of: "mass" | "density" },
): number {
  return nats / (dataDim * Math.LN2) + (of === "density" ? 8 : 0);
}
