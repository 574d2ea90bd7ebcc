import { checkWord, type RandomAddress, type RandomBlock } from "./random_address.ts";
import {
  type BlockReader,
  cursor,
  moveTo,
  readNormals,
  readUniforms,
} from "./random_block.ts";

const block = new Float64Array(4);

function readAt(address: RandomAddress, read: BlockReader): number {
  const { column = 0 } = address;
  checkWord("column", column);
  moveTo(address);
  cursor[0] = column >>> 2;
  read(block);
  return block[column & 3];
}

/**
 * The uniform number at an address.
 *
 * `u = (word + 1/2) 2^-32`, the word being number `column mod 4` of the Philox block
 * with key `[seed, stream]` and counter `[floor(column / 4), row, step, 0]`. The
 * normal at the same address is made of the same words: use another stream for it.
 *
 * @param address Seed, stream, step, row and column.
 * @returns A number in the open interval (0, 1), one of 2^32 values.
 * @throws {RangeError} If a part is no integer in `0 .. 2^32 - 1`.
 *
 * @example The same address, the same number
 * ```ts
 * import { uniformAt } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(uniformAt({ seed: 0, stream: 0 }), (0x6627e8d5 + 0.5) / 2 ** 32);
 * ```
 */
export function uniformAt(address: RandomAddress): number {
  return readAt(address, readUniforms);
}

/**
 * The standard normal number at an address.
 *
 * Box-Muller on the uniforms `u0 .. u3` of the address's block: columns 0 and 1 of the
 * block are `sqrt(-2 ln u0)` times the cosine and the sine of `2 pi u1`, columns 2 and
 * 3 the same of `u2` and `u3`.
 *
 * @param address Seed, stream, step, row and column.
 * @returns A draw from N(0, 1); its magnitude is at most 6.77.
 * @throws {RangeError} If a part is no integer in `0 .. 2^32 - 1`.
 *
 * @example The noise of pixel 5 of image 3 in step 7
 * ```ts
 * import { normalAt, normals, STREAMS } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * const where = { seed: 0, stream: STREAMS.noise, step: 7 };
 * const all = normals({ ...where, rows: 4, columns: 6 });
 * assertEquals(all[3 * 6 + 5], normalAt({ ...where, row: 3, column: 5 }));
 * ```
 */
export function normalAt(address: RandomAddress): number {
  return readAt(address, readNormals);
}

function fill(
  out: Float32Array | Float64Array,
  options: RandomBlock & { read: BlockReader },
): void {
  const { rows, columns, firstRow = 0, read } = options;
  checkWord("rows", rows);
  checkWord("columns", columns);
  if (out.length !== rows * columns) {
    throw new RangeError(
      "Cannot fill an array as its length must be rows * columns = " +
        `${rows} * ${columns}: it is ${out.length}`,
    );
  }
  checkWord("firstRow", firstRow);
  if (rows > 0) checkWord("the last row", firstRow + rows - 1);
  moveTo({ ...options, row: firstRow });
  let at = 0;
  for (let row = firstRow; row < firstRow + rows; row++) {
    cursor[1] = row;
    const end = at + columns;
    for (cursor[0] = 0; at < end; cursor[0]++) {
      read(block);
      const count = Math.min(4, end - at);
      for (let i = 0; i < count; i++) out[at++] = block[i];
    }
  }
}

/**
 * Fills an array with the uniform numbers of some rows, without allocating.
 *
 * A Float32Array rounds them: at one draw in 2^25 that gives 1 itself. Where the end
 * matters, compare in float64.
 *
 * @param out Row-major `[rows, columns]`; every element is written.
 * @param options Seed, stream, step, rows, columns and first row.
 * @throws {RangeError} If `out` has another length, or an address is out of range.
 *
 * @example Uniforms of one image
 * ```ts
 * import { fillUniforms, uniformAt } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * const out = new Float64Array(784);
 * fillUniforms(out, { seed: 1, stream: 3, step: 2, firstRow: 9, rows: 1, columns: 784 });
 * assertEquals(out[5], uniformAt({ seed: 1, stream: 3, step: 2, row: 9, column: 5 }));
 * ```
 */
export function fillUniforms(
  out: Float32Array | Float64Array,
  options: RandomBlock,
): void {
  fill(out, { ...options, read: readUniforms });
}

/**
 * Fills an array with the standard normal numbers of some rows, without allocating.
 *
 * @param out Row-major `[rows, columns]`; every element is written. A Float32Array
 * rounds them.
 * @param options Seed, stream, step, rows, columns and first row.
 * @throws {RangeError} If `out` has another length, or an address is out of range.
 *
 * @example The noise of one step
 * ```ts
 * import { fillNormals, normalAt } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * const eps = new Float32Array(128 * 20);
 * fillNormals(eps, { seed: 0, stream: 1, step: 4, rows: 128, columns: 20 });
 * assertEquals(eps[20], Math.fround(normalAt({ seed: 0, stream: 1, step: 4, row: 1 })));
 * ```
 */
export function fillNormals(
  out: Float32Array | Float64Array,
  options: RandomBlock,
): void {
  fill(out, { ...options, read: readNormals });
}

function allocate({ rows, columns }: RandomBlock): Float64Array {
  checkWord("rows", rows);
  checkWord("columns", columns);
  return new Float64Array(rows * columns);
}

/**
 * The uniform numbers of some rows of one step.
 *
 * @param options Seed, stream, step, rows, columns and first row.
 * @returns Row-major `[rows, columns]`, each equal to `uniformAt` of its address.
 * @throws {RangeError} If an address is out of range.
 *
 * @example Two rows of three
 * ```ts
 * import { uniformAt, uniforms } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * const u = uniforms({ seed: 5, stream: 6, rows: 2, columns: 3 });
 * assertEquals(u[4], uniformAt({ seed: 5, stream: 6, row: 1, column: 1 }));
 * ```
 */
export function uniforms(options: RandomBlock): Float64Array {
  const out = allocate(options);
  fillUniforms(out, options);
  return out;
}

/**
 * The standard normal numbers of some rows of one step.
 *
 * @param options Seed, stream, step, rows, columns and first row.
 * @returns Row-major `[rows, columns]`, each equal to `normalAt` of its address.
 * @throws {RangeError} If an address is out of range.
 *
 * @example Row 1 does not depend on how many rows are asked for
 * ```ts
 * import { normals } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * const many = normals({ seed: 0, stream: 1, rows: 9, columns: 2 });
 * const one = normals({ seed: 0, stream: 1, rows: 1, columns: 2, firstRow: 1 });
 * assertEquals([...many.subarray(2, 4)], [...one]);
 * ```
 */
export function normals(options: RandomBlock): Float64Array {
  const out = allocate(options);
  fillNormals(out, options);
  return out;
}
