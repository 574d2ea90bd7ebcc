/**
 * Classical tests of fit for the tests of this folder. All state their error rate; with
 * some 100 uses a run at 1e-6 or less, one run in 10,000 fails by chance.
 */
import { AssertionError } from "@std/assert";

/** Phi(x), by Marsaglia's series: all terms have one sign, so it loses no digits. */
export function normalCdf(x: number): number {
  let term = Math.abs(x);
  let sum = term;
  for (let k = 3; term > 1e-18 * sum; k += 2) {
    term *= x * x / k;
    sum += term;
  }
  const half = sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  return x < 0 ? 0.5 - half : 0.5 + half;
}

/**
 * Kolmogorov and Smirnov: throws if the greatest distance between the empirical and the
 * exact distribution function is above `2.75 / sqrt(n)`.
 *
 * By chance that happens with probability 2 exp(-2 * 2.75^2) = 5e-7; a distribution
 * that is off by `5 / sqrt(n)` anywhere is caught all but always.
 */
export function assertDistribution(
  values: ArrayLike<number>,
  { cdf, seed }: { cdf: (x: number) => number; seed: number },
): void {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  let distance = 0;
  sorted.forEach((x, i) => {
    const p = cdf(x);
    distance = Math.max(distance, p - i / n, (i + 1) / n - p);
  });
  // Written so that NaN fails.
  if (!(distance * Math.sqrt(n) <= 2.75)) {
    throw new AssertionError(
      `distribution: sqrt(n) D = ${distance * Math.sqrt(n)}, more than 2.75; ` +
        `n ${n}, seed ${seed}`,
    );
  }
}

/**
 * Pearson: throws unless the counts fit equally likely cells.
 *
 * Chi-square is brought to a normal score by Wilson and Hilferty's cube root; a score
 * above 4.9 has probability 5e-7.
 */
export function assertEquallyLikely(
  counts: ArrayLike<number>,
  { seed }: { seed: number },
): void {
  const cells = Array.from(counts);
  const n = cells.reduce((sum, count) => sum + count, 0);
  const expected = n / cells.length;
  if (!(expected >= 20)) {
    throw new AssertionError(`cells: ${expected} expected in each, fewer than 20`);
  }
  const chiSquare = cells.reduce((sum, count) => {
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  const freedom = cells.length - 1;
  const spread = 2 / (9 * freedom);
  const score = (Math.cbrt(chiSquare / freedom) - (1 - spread)) / Math.sqrt(spread);
  if (!(score <= 4.9)) {
    throw new AssertionError(
      `cells: chi-square ${chiSquare} with ${freedom} degrees of freedom, score ` +
        `${score}, more than 4.9; n ${n}, seed ${seed}`,
    );
  }
}

/** How often each of `cells` equal cells of the unit interval is hit. */
export function countCells(uniforms: ArrayLike<number>, cells: number): number[] {
  const counts = new Array<number>(cells).fill(0);
  for (let i = 0; i < uniforms.length; i++) counts[Math.floor(uniforms[i] * cells)]++;
  return counts;
}

/** How often each of `cells * cells` squares of the unit square is hit. */
export function countSquares(
  { left, right, cells }: {
    left: ArrayLike<number>;
    right: ArrayLike<number>;
    cells: number;
  },
): number[] {
  const counts = new Array<number>(cells * cells).fill(0);
  for (let i = 0; i < left.length; i++) {
    counts[Math.floor(left[i] * cells) * cells + Math.floor(right[i] * cells)]++;
  }
  return counts;
}
