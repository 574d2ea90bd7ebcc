const FLOAT64_EPSILON = 2 ** -52;
const FLOAT32_EPSILON = 2 ** -23;

/**
 * A bound on the rounding error of a float64 identity: 50 eps times the sum of the
 * magnitudes of its terms.
 *
 * Each of the few operations on a term loses up to eps/2 of it; 50 leaves room for
 * library functions (exp, log) and short sums, and stays far below any real mistake.
 */
export function float64Tolerance(...magnitudes: number[]): number {
  return 50 * FLOAT64_EPSILON *
    magnitudes.reduce((sum, x) => sum + Math.abs(x), 0);
}

/**
 * A bound on the error of a float32 reduction of `length` terms that sum in magnitude
 * to `magnitude`.
 *
 * The errors of a sum of n rounded terms are bounded by n eps; they fall on both
 * sides, so their size grows with sqrt(n) (Higham 2002, section 4.2). 8 sqrt(n) eps is
 * about eight standard deviations of it and far below n eps for long reductions.
 */
export function float32Tolerance(length: number, magnitude: number): number {
  return 8 * Math.sqrt(Math.max(1, length)) * FLOAT32_EPSILON * Math.abs(magnitude);
}
