import type { Matrix, Vector } from "./types.ts";

function shapeOf(matrix: Matrix): string {
  return `[${matrix.length}, ${matrix[0]?.length ?? 0}]`;
}

/** Throws unless a matrix has rows, all of one positive length. */
export function checkRectangular(matrix: Matrix, act: string): void {
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

/** Throws unless a matrix has as many rows as columns, at least one, and is finite. */
export function checkSquare(matrix: Matrix, act: string): void {
  checkRectangular(matrix, act);
  if (matrix.length !== matrix[0].length) {
    throw new RangeError(
      `Cannot ${act} as the matrix must be square: it is ${shapeOf(matrix)}`,
    );
  }
  matrix.forEach((row, i) => {
    const j = row.findIndex((x) => !Number.isFinite(x));
    if (j >= 0) {
      throw new RangeError(
        `Cannot ${act} as the matrix must be finite: [${i}][${j}] is ${row[j]}`,
      );
    }
  });
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
