import {
  EigenvalueDecomposition,
  LuDecomposition,
  Matrix as DenseMatrix,
} from "ml-matrix";
import type { Matrix, Vector } from "./types.ts";

function shapeOf(matrix: Matrix): string {
  return `[${matrix.length}, ${matrix[0]?.length ?? 0}]`;
}

function checkRectangular(matrix: Matrix, act: string): void {
  const columns = matrix[0]?.length ?? 0;
  if (columns === 0) {
    throw new RangeError(
      `Cannot ${act} as the matrix must have rows and columns: it is ${
        shapeOf(matrix)
      }`,
    );
  }
  const ragged = matrix.findIndex((row) => row.length !== columns);
  if (ragged >= 0) {
    throw new RangeError(
      `Cannot ${act} as all rows of the matrix must have the same length: row 0 has ` +
        `${columns}, row ${ragged} has ${matrix[ragged].length}`,
    );
  }
}

function checkSquare(matrix: Matrix, act: string): void {
  checkRectangular(matrix, act);
  if (matrix.length !== matrix[0].length) {
    throw new RangeError(
      `Cannot ${act} as the matrix must be square: it is ${shapeOf(matrix)}`,
    );
  }
}

function checkSymmetric(matrix: Matrix, act: string): void {
  checkSquare(matrix, act);
  const largest = Math.max(...matrix.flat().map(Math.abs));
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
 * The inner product of two vectors.
 *
 * `dot(a, b) = sum_i a_i b_i`; 0 for empty vectors.
 *
 * @param a Shape `[n]`.
 * @param b Shape `[n]`.
 * @returns The sum of products.
 * @throws {RangeError} If the lengths differ.
 *
 * @example A right angle
 * ```ts
 * import { dot } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(dot([1, 2], [-2, 1]), 0);
 * ```
 */
export function dot(a: Vector, b: Vector): number {
  if (a.length !== b.length) {
    throw new RangeError(
      "Cannot multiply as both vectors must have the same length: they have " +
        `${a.length} and ${b.length}`,
    );
  }
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/**
 * A matrix times a vector.
 *
 * `(A x)_i = sum_j A_ij x_j`.
 *
 * @param a Shape `[n][m]`.
 * @param x Shape `[m]`.
 * @returns Shape `[n]`.
 * @throws {RangeError} If the shapes do not fit.
 *
 * @example A quarter turn
 * ```ts
 * import { matVec } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(matVec([[0, -1], [1, 0]], [1, 2]), [-2, 1]);
 * ```
 */
export function matVec(a: Matrix, x: Vector): number[] {
  return a.map((row) => dot(row, x));
}

/**
 * The product of two matrices.
 *
 * `(A B)_ij = sum_k A_ik B_kj`.
 *
 * @param a Shape `[n][k]`.
 * @param b Shape `[k][m]`.
 * @returns Shape `[n][m]`.
 * @throws {RangeError} If the shapes do not fit.
 *
 * @example Two quarter turns
 * ```ts
 * import { matMul } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(matMul([[0, 1], [1, 0]], [[1, 2], [3, 4]]), [[3, 4], [1, 2]]);
 * ```
 */
export function matMul(a: Matrix, b: Matrix): number[][] {
  checkRectangular(a, "multiply");
  checkRectangular(b, "multiply");
  if (a[0].length !== b.length) {
    throw new RangeError(
      "Cannot multiply as the columns of the left matrix must be as many as the rows " +
        `of the right: they are ${shapeOf(a)} and ${shapeOf(b)}`,
    );
  }
  const columns = transpose(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
}

/**
 * The transpose of a matrix.
 *
 * @param a Shape `[n][m]`.
 * @returns Shape `[m][n]`.
 * @throws {RangeError} If the matrix is empty or its rows differ in length.
 *
 * @example A row becomes a column
 * ```ts
 * import { transpose } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(transpose([[1, 2, 3]]), [[1], [2], [3]]);
 * ```
 */
export function transpose(a: Matrix): number[][] {
  checkRectangular(a, "transpose");
  return a[0].map((_, j) => a.map((row) => row[j]));
}

/**
 * The identity matrix.
 *
 * @param n The size, an integer of at least 1.
 * @returns Shape `[n][n]`: ones on the diagonal.
 * @throws {RangeError} If `n` is no positive integer.
 *
 * @example Two by two
 * ```ts
 * import { identity } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(identity(2), [[1, 0], [0, 1]]);
 * ```
 */
export function identity(n: number): number[][] {
  if (!Number.isInteger(n) || n < 1) {
    throw new RangeError(
      `Cannot make an identity matrix as n must be a positive integer: it is ${n}`,
    );
  }
  return Array.from(
    { length: n },
    (_, i) => Array.from({ length: n }, (_, j) => i === j ? 1 : 0),
  );
}

/**
 * The Cholesky factor of a symmetric positive definite matrix.
 *
 * `A = L L^T`, `L` lower triangular with a positive diagonal.
 *
 * @param a Shape `[n][n]`, symmetric (to 1e-12 of its largest element), positive
 * definite. Only the lower triangle is used.
 * @returns `L`, shape `[n][n]`, zeros above the diagonal.
 * @throws {RangeError} If the matrix is not square, not symmetric, or not positive
 * definite; the message names the pivot.
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
 * @throws {RangeError} If the matrix is not square or is singular, or `b` does not fit.
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
 * @throws {RangeError} If the matrix is not square or is singular.
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
 * @throws {RangeError} If the matrix is not square, symmetric and positive definite.
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
 * @throws {RangeError} If the matrix is not square or not symmetric.
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
  const found = new EigenvalueDecomposition(new DenseMatrix(a), {
    assumeSymmetric: true,
  });
  const unordered = found.realEigenvalues;
  const order = unordered.map((_, i) => i).sort((i, j) => unordered[i] - unordered[j]);
  return {
    values: order.map((i) => unordered[i]),
    vectors: found.eigenvectorMatrix.to2DArray().map((row) => order.map((i) => row[i])),
  };
}
