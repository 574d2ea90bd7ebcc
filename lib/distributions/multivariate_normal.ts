import { cholesky, type Matrix, type Random, type Vector } from "../math/mod.ts";
import { requireEach, requireLength } from "./checks.ts";
import type { Distribution } from "./distribution.ts";

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** A normal distribution with a full covariance. */
export interface MultivariateNormal extends Distribution<Vector> {
  /** Tells a full covariance from a diagonal one. */
  readonly kind: "multivariateNormal";
  /** The mean, which is the mode too, [dim]. */
  readonly mean: Vector;
  /** [dim, dim], symmetric positive definite. */
  readonly covariance: Matrix;
  /** The lower factor L of covariance = L L^T. */
  readonly cholesky: Matrix;
  /** The differential entropy, in nats; it may be negative. */
  entropy(): number;
}

/**
 * Makes a normal distribution with any covariance.
 *
 * `ln p(x) = -[|L^-1 (x - mean)|^2 + dim ln(2 pi)] / 2 - sum_i ln L_ii`,
 * `covariance = L L^T`. NaN gives NaN.
 *
 * @param options.mean Finite, `[dim]`.
 * @param options.covariance Symmetric positive definite, `[dim, dim]`.
 * @returns The distribution.
 * @throws {RangeError} If shapes do not match, a mean is not finite, or the covariance
 * is not symmetric positive definite.
 *
 * @example A determinant of 3 at the mean
 * ```ts
 * import { multivariateNormal } from "elbo/distributions";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const p = multivariateNormal({ mean: [0, 0], covariance: [[2, 1], [1, 2]] });
 * assertAlmostEquals(p.logProb([0, 0]), -Math.log(2 * Math.PI) - Math.log(3) / 2);
 * ```
 */
export function multivariateNormal(
  { mean, covariance }: { mean: Vector; covariance: Matrix },
): MultivariateNormal {
  requireEach(mean, Number.isFinite, {
    act: "make a multivariate normal distribution",
    name: "mean",
    must: "be finite",
  });
  requireCovariance(covariance, mean.length);
  const lower = mean.length === 0 ? [] : cholesky(covariance);
  return new FullNormal(mean, covariance, lower);
}

function requireCovariance(covariance: Matrix, dim: number): void {
  const act = "make a multivariate normal distribution";
  if (covariance.length !== dim || covariance.some((row) => row.length !== dim)) {
    throw new RangeError(
      `Cannot ${act} as covariance must be [${dim}, ${dim}]: ` +
        `[${covariance.length}, ${covariance.map((row) => row.length).join("/")}]`,
    );
  }
}

class FullNormal implements MultivariateNormal {
  readonly kind = "multivariateNormal";
  readonly dim: number;
  readonly #logNormalizer: number;

  constructor(
    readonly mean: Vector,
    readonly covariance: Matrix,
    readonly cholesky: Matrix,
  ) {
    this.dim = mean.length;
    this.#logNormalizer = cholesky.reduce((sum, row, i) => sum + Math.log(row[i]), 0) +
      this.dim * LOG_TWO_PI / 2;
  }

  logProb(x: Vector): number {
    requireLength(x, this.dim, "evaluate a multivariate normal logProb");
    const standardized = solveLower(this.cholesky, x.map((v, i) => v - this.mean[i]));
    const sumOfSquares = standardized.reduce((sum, v) => sum + v * v, 0);
    return -0.5 * sumOfSquares - this.#logNormalizer;
  }

  sample(random: Random): number[] {
    const eps = this.mean.map(() => random.normal());
    return this.mean.map((m, i) => {
      let value = m;
      for (let j = 0; j <= i; j++) value += this.cholesky[i][j] * eps[j];
      return value;
    });
  }

  entropy(): number {
    return this.#logNormalizer + this.dim / 2;
  }
}

/** Solves L y = b for a lower triangular L, from the first row down. */
export function solveLower(lower: Matrix, b: Vector): number[] {
  const y: number[] = [];
  for (let i = 0; i < b.length; i++) {
    let rest = b[i];
    for (let j = 0; j < i; j++) rest -= lower[i][j] * y[j];
    y.push(rest / lower[i][i]);
  }
  return y;
}
