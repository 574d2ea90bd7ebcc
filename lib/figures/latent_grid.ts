import { quantileNormal } from "./vega.ts";

/** Latent points at which to decode, with the numbers to write beside them. */
export interface LatentGrid {
  /** [count, latentDim], row by row as a picture is read. */
  readonly points: Float32Array;
  /** The number of points: columns times rows. */
  readonly count: number;
  /** The coordinate of each column, from left to right. */
  readonly columns: readonly number[];
  /** The coordinate of each row, from the top: the largest first. */
  readonly rows: readonly number[];
}

/**
 * Computes latent points on the quantiles of N(0, I): all cells are equally likely.
 *
 * The coordinates are the quantiles at `(i + 1/2) / size`, so that equal steps on the
 * page are equal steps in probability under the prior.
 *
 * @param latentDim 2 for a square, 1 for a row.
 * @param size Points along an axis, 20 unless told.
 * @returns The points and the coordinates of rows and columns.
 * @throws {RangeError} If latentDim is neither 1 nor 2, or size is no positive integer.
 *
 * @example Three columns, at the quantiles of 1/6, 1/2 and 5/6
 * ```ts
 * import { manifoldGrid } from "elbo/figures";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { columns } = manifoldGrid(2, 3);
 * assertAlmostEquals(columns[2], 0.9674215661017, 1e-12);
 * ```
 */
export function manifoldGrid(latentDim: number, size = 20): LatentGrid {
  if (latentDim !== 1 && latentDim !== 2) {
    throw new RangeError(
      `Cannot lay out the manifold as latentDim must be 1 or 2: ${latentDim}`,
    );
  }
  if (!(Number.isInteger(size) && size >= 1)) {
    throw new RangeError(
      `Cannot lay out the manifold as size must be a positive integer: ${size}`,
    );
  }
  const columns = Array.from(
    { length: size },
    (_, i) => quantileNormal((i + 0.5) / size),
  );
  if (latentDim === 1) {
    return { points: new Float32Array(columns), count: size, columns, rows: [0] };
  }
  const rows = columns.toReversed();
  const points = rows.flatMap((z2) => columns.flatMap((z1) => [z1, z2]));
  return { points: new Float32Array(points), count: size * size, columns, rows };
}

/**
 * Walks in a straight line between latent points.
 *
 * `(1 - t) from + t to` at `t = 0, ..., 1` in equal steps.
 *
 * @param from The first point, `[latentDim]`.
 * @param to The last point, `[latentDim]`.
 * @param steps The number of points, both ends among them; 2 or more.
 * @returns The points, `[steps, latentDim]`.
 * @throws {RangeError} If the ends differ in length or steps is below 2.
 *
 * @example Half way
 * ```ts
 * import { interpolate } from "elbo/figures";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...interpolate([0, 0], [1, 2], 3)], [0, 0, 0.5, 1, 1, 2]);
 * ```
 */
export function interpolate(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  steps: number,
): Float32Array {
  if (from.length !== to.length || !(Number.isInteger(steps) && steps >= 2)) {
    throw new RangeError(
      "Cannot interpolate as the ends must have one length and steps be 2 or more: " +
        `${from.length} and ${to.length}, ${steps} steps`,
    );
  }
  const dim = from.length;
  return Float32Array.from({ length: steps * dim }, (_, i) => {
    const fraction = Math.floor(i / dim) / (steps - 1);
    return (1 - fraction) * from[i % dim] + fraction * to[i % dim];
  });
}
