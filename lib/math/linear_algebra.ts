import {
  EigenvalueDecomposition,
  LuDecomposition,
  Matrix as DenseMatrix,
} from "ml-matrix";
import { checkRectangular, checkSquare, identity } from "./matrix.ts";
import type { Matrix, Vector } from "./types.ts";

/** Far below the rounding of elements of size 1, far above the subnormal numbers. */
const NEGLIGIBLE = 1e-100;

function largestOf(matrix: Matrix): number {
  return matrix.flat().reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
}

function checkSymmetric(matrix: Matrix, act: string): void {
  checkSquare(matrix, act);
  const largest = largestOf(matrix);
  for (let i = 0; i < matrix.length; i++) {
    for (let j = 0; j < i; j++) {
      // A covariance that was multiplied together is symmetric up to rounding only.
      if (!(Math.abs(matrix[i][j] - matrix[j][i]) <= 1e-12 * largest)) {
        throw new RangeError(
          `Cannot ${act} as the matrix must be symmetric: [${i}][${j}] is ` +
            `${matrix[i][j]}, [${j}][${i}] is ${matrix[j][i]}`,
        );
      }
    }
  }
}

/**
 * The Cholesky factor of a symmetric positive definite matrix.
 *
 * `A = L L^T`, `L` lower triangular with a positive diagonal.
 *
 * @param a Shape `[n][n]`, symmetric (to 1e-12 of its largest element), positive
 * definite. Only the lower triangle is used.
 * @returns `L`, shape `[n][n]`, zeros above the diagonal.
 * @throws {RangeError} If the matrix is not square, not finite, not symmetric, or not
 * positive definite; the message names the pivot.
 *
 * @example The factor of a covariance
 * ```ts
 * import { cholesky } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(cholesky([[4, 2], [2, 10]]), [[2, 0], [1, 3]]);
 * ```
 */
export function cholesky(a: Matrix): number[][] {
  checkSymmetric(a, "factorise");
  const lower = a.map((row) => row.map(() => 0));
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = a[i][j];
      for (let k = 0; k < j; k++) rest -= lower[i][k] * lower[j][k];
      if (i !== j) {
        lower[i][j] = rest / lower[j][j];
      } else if (rest > 0) {
        lower[i][i] = Math.sqrt(rest);
      } else {
        throw new RangeError(
          "Cannot factorise as the matrix must be positive definite: pivot " +
            `${i} is ${rest}`,
        );
      }
    }
  }
  return lower;
}

/**
 * The solution of a linear system.
 *
 * `x` with `A x = b`, by LU decomposition with partial pivoting.
 *
 * @param a Shape `[n][n]`, not singular.
 * @param b One right side, shape `[n]`, or several as columns, shape `[n][m]`.
 * @returns `x` in the shape of `b`.
 * @throws {RangeError} If the matrix is not square, not finite or singular, or `b` does
 * not fit.
 *
 * @example Two equations
 * ```ts
 * import { solve } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(solve([[2, 0], [0, 4]], [2, 8]), [1, 2]);
 * ```
 */
export function solve(a: Matrix, b: Vector): number[];
/** The solutions of several linear systems: one a column of `b`, shape `[n][m]`. */
export function solve(a: Matrix, b: Matrix): number[][];
export function solve(a: Matrix, b: Vector | Matrix): number[] | number[][] {
  checkSquare(a, "solve");
  if (a.length !== b.length) {
    throw new RangeError(
      "Cannot solve as the right side must have as many rows as the matrix: they have " +
        `${b.length} and ${a.length}`,
    );
  }
  const isVector = (side: Vector | Matrix): side is Vector =>
    typeof side[0] === "number";
  if (isVector(b)) return solveColumns(a, b.map((x) => [x])).map(([x]) => x);
  return solveColumns(a, b);
}

function solveColumns(a: Matrix, b: Matrix): number[][] {
  checkRectangular(b, "solve");
  const lu = new LuDecomposition(new DenseMatrix(a));
  if (lu.isSingular()) {
    throw new RangeError(
      "Cannot solve as the matrix must not be singular: a pivot is 0",
    );
  }
  return lu.solve(new DenseMatrix(b)).to2DArray();
}

/**
 * The inverse of a matrix.
 *
 * `A^-1` with `A A^-1 = I`. To apply it to a vector, `solve` is more precise.
 *
 * @param a Shape `[n][n]`, not singular.
 * @returns Shape `[n][n]`.
 * @throws {RangeError} If the matrix is not square, not finite or singular.
 *
 * @example A precision from a covariance
 * ```ts
 * import { inverse } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(inverse([[2, 0], [0, 4]]), [[0.5, 0], [0, 0.25]]);
 * ```
 */
export function inverse(a: Matrix): number[][] {
  checkSquare(a, "invert");
  return solve(a, identity(a.length));
}

/**
 * The log determinant of a symmetric positive definite matrix.
 *
 * `ln det A = 2 sum_i ln L_ii`, `A = L L^T`: it neither overflows nor underflows.
 *
 * @param a Shape `[n][n]`, symmetric and positive definite.
 * @returns `ln det A`, in nats.
 * @throws {RangeError} If the matrix is not square, finite, symmetric and positive
 * definite.
 *
 * @example A determinant of 36
 * ```ts
 * import { logDet } from "elbo/math";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(logDet([[4, 2], [2, 10]]), Math.log(36), 1e-14);
 * ```
 */
export function logDet(a: Matrix): number {
  return 2 * cholesky(a).reduce((sum, row, i) => sum + Math.log(row[i]), 0);
}

/**
 * The eigenvalues and eigenvectors of a symmetric matrix.
 *
 * `A = V diag(values) V^T`, `V` orthogonal.
 *
 * @param a Shape `[n][n]`, symmetric (to 1e-12 of its largest element).
 * @returns `values`, shape `[n]`, ascending, and `vectors`, shape `[n][n]`: the columns
 * are the eigenvectors, of length 1, in the order of the values; their signs are
 * arbitrary.
 * @throws {RangeError} If the matrix is not square, not finite or not symmetric.
 *
 * @example The axes of an ellipse
 * ```ts
 * import { symmetricEigen } from "elbo/math";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { values } = symmetricEigen([[2, 1], [1, 2]]);
 * assertAlmostEquals(values[0], 1, 1e-14);
 * assertAlmostEquals(values[1], 3, 1e-14);
 * ```
 */
export function symmetricEigen(
  a: Matrix,
): { values: number[]; vectors: number[][] } {
  checkSymmetric(a, "decompose");
  // The iteration fails on subnormal numbers: bring the largest element to about 1, by
  // a power of 2, and drop what is too small to be seen beside it.
  const largest = largestOf(a);
  const unit = largest > 0 ? 2 ** Math.floor(Math.log2(largest)) : 1;
  const scaled = a.map((row) =>
    row.map((x) => Math.abs(x / unit) < NEGLIGIBLE ? 0 : x / unit)
  );
  const found = new EigenvalueDecomposition(new DenseMatrix(scaled), {
    assumeSymmetric: true,
  });
  const unordered = found.realEigenvalues.map((value) => value * unit);
  const order = unordered.map((_, i) => i).sort((i, j) => unordered[i] - unordered[j]);
  return {
    values: order.map((i) => unordered[i]),
    vectors: found.eigenvectorMatrix.to2DArray().map((row) => order.map((i) => row[i])),
  };
}
