import { type BlockAddress, philoxBlock } from "./philox.ts";

/**
 * What each stream of random numbers is for; two purposes never share one.
 *
 * @example One seed, independent purposes
 * ```ts
 * import { normalAt, STREAMS } from "elbo/math";
 * import { assertNotEquals } from "@std/assert";
 *
 * assertNotEquals(
 *   normalAt({ seed: 0, stream: STREAMS.noise }),
 *   normalAt({ seed: 0, stream: STREAMS.evaluation }),
 * );
 * ```
 */
export const STREAMS = {
  weights: 0,
  noise: 1,
  shuffle: 2,
  binarize: 3,
  evaluation: 4,
  sampling: 5,
  monteCarlo: 6,
  test: 7,
} as const;

/** Where a random number lives: every part an integer in `0 .. 2^32 - 1`. */
export interface RandomAddress {
  /** Which run. */
  seed: number;
  /** Which purpose, see `STREAMS`. */
  stream: number;
  /** Which step of the run; 0 if left out. */
  step?: number;
  /** Which example; 0 if left out. */
  row?: number;
  /** Which number of the example; 0 if left out. */
  column?: number;
}

/** A block of rows of random numbers: all columns of `rows` rows of one step. */
export interface RandomBlock {
  /** Which run. */
  seed: number;
  /** Which purpose, see `STREAMS`. */
  stream: number;
  /** Which step of the run; 0 if left out. */
  step?: number;
  /** How many rows. */
  rows: number;
  /** How many numbers a row. */
  columns: number;
  /** The first row; 0 if left out. */
  firstRow?: number;
}

/** A sequential reader of one row of one stream, see `createRandom`. */
export interface Random {
  /** The next uniform number, in the open interval (0, 1). */
  uniform(): number;
  /** The next standard normal number. */
  normal(): number;
  /** The next integer of `0 .. n - 1`, each equally likely. */
  integer(n: number): number;
}

const WORDS = 2 ** 32;
const BLOCKS = WORDS / 4;
const TO_UNIT = 2 ** -32;

type BlockReader = (block: Float64Array) => void;

// One block's worth of scratch for all: no function here is re-entered.
const words = new Uint32Array(4);
const block = new Float64Array(4);
const cursor: BlockAddress = { c0: 0, c1: 0, c2: 0, c3: 0, k0: 0, k1: 0 };

/** The centre of a word's interval: never 0 or 1, so its logarithm is finite. */
function toUniform(word: number): number {
  return (word + 0.5) * TO_UNIT;
}

function readUniforms(out: Float64Array): void {
  philoxBlock(words, cursor);
  for (let i = 0; i < 4; i++) out[i] = toUniform(words[i]);
}

/** Box and Muller 1958: two independent uniforms make two independent normals. */
function readNormals(out: Float64Array): void {
  philoxBlock(words, cursor);
  for (let i = 0; i < 4; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(toUniform(words[i])));
    const angle = 2 * Math.PI * toUniform(words[i + 1]);
    out[i] = radius * Math.cos(angle);
    out[i + 1] = radius * Math.sin(angle);
  }
}

function checkWord(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= WORDS) {
    throw new RangeError(
      `Cannot address random numbers as ${name} must be an integer in ` +
        `0 .. 4294967295: it is ${value}`,
    );
  }
}

function moveTo({ seed, stream, step = 0, row = 0 }: RandomAddress): void {
  checkWord("seed", seed);
  checkWord("stream", stream);
  checkWord("step", step);
  checkWord("row", row);
  cursor.c1 = row;
  cursor.c2 = step;
  cursor.k0 = seed;
  cursor.k1 = stream;
}

function readAt(address: RandomAddress, read: BlockReader): number {
  const { column = 0 } = address;
  checkWord("column", column);
  moveTo(address);
  cursor.c0 = column >>> 2;
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
    cursor.c1 = row;
    const end = at + columns;
    for (cursor.c0 = 0; at < end; cursor.c0++) {
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

/**
 * A sequential reader of one row of one stream, for code that draws as it goes.
 *
 * Blocks are taken along the columns. Uniforms and integers take their words from one
 * block until it is used up, normals from another; no block serves both. So a reader
 * of uniforms alone gives the row of `uniforms`, a reader of normals alone the row of
 * `normals`, and in a mixture all draws are independent.
 *
 * @param address Seed and stream; step and row are 0 if left out.
 * @returns The reader, at the first column.
 * @throws {RangeError} If a part is no integer in `0 .. 2^32 - 1`; from `integer(n)`, if
 * `n` is no integer in `1 .. 2^32`; from any draw, if all 2^30 blocks of the row are
 * used up.
 *
 * @example A reader is reproducible
 * ```ts
 * import { createRandom, normals } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * const random = createRandom({ seed: 3, stream: 5 });
 * const three = [random.normal(), random.normal(), random.normal()];
 * assertEquals(three, [...normals({ seed: 3, stream: 5, rows: 1, columns: 3 })]);
 * ```
 */
export function createRandom(
  address: { seed: number; stream: number; step?: number; row?: number },
): Random {
  const { seed, stream, step = 0, row = 0 } = address;
  moveTo({ seed, stream, step, row });
  let nextBlock = 0;
  const uniformBlock = new Float64Array(4);
  const normalBlock = new Float64Array(4);
  let uniformsUsed = 4;
  let normalsUsed = 4;

  function readNext(out: Float64Array, read: BlockReader): void {
    if (nextBlock === BLOCKS) {
      throw new RangeError(
        "Cannot draw as a row must hold at most 4294967296 numbers: all are used up; " +
          "continue with another row",
      );
    }
    moveTo({ seed, stream, step, row });
    cursor.c0 = nextBlock++;
    read(out);
  }

  function uniform(): number {
    if (uniformsUsed === 4) {
      readNext(uniformBlock, readUniforms);
      uniformsUsed = 0;
    }
    return uniformBlock[uniformsUsed++];
  }

  function normal(): number {
    if (normalsUsed === 4) {
      readNext(normalBlock, readNormals);
      normalsUsed = 0;
    }
    return normalBlock[normalsUsed++];
  }

  function integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > WORDS) {
      throw new RangeError(
        `Cannot draw as n must be an integer in 1 .. 4294967296: it is ${n}`,
      );
    }
    // Words past the last whole multiple of n would favour the small remainders.
    const limit = WORDS - WORDS % n;
    for (;;) {
      const word = Math.floor(uniform() * WORDS);
      if (word < limit) return word % n;
    }
  }

  return { uniform, normal, integer };
}

/**
 * A random order of `0 .. n - 1`, each of the `n!` orders equally likely.
 *
 * Fisher and Yates, from the last place down, with unbiased integers.
 *
 * @param n How many, an integer in `0 .. 2^32 - 1`.
 * @param address Seed, stream and step (an epoch, say; 0 if left out).
 * @returns The order, shape `[n]`.
 * @throws {RangeError} If `n` or a part of the address is out of range.
 *
 * @example A shuffled epoch
 * ```ts
 * import { permutation, STREAMS } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * const order = permutation(5, { seed: 0, stream: STREAMS.shuffle, step: 1 });
 * assertEquals([...order].sort(), [0, 1, 2, 3, 4]);
 * ```
 */
export function permutation(
  n: number,
  address: { seed: number; stream: number; step?: number },
): Uint32Array {
  checkWord("n", n);
  const random = createRandom(address);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let last = n - 1; last > 0; last--) {
    const chosen = random.integer(last + 1);
    [order[last], order[chosen]] = [order[chosen], order[last]];
  }
  return order;
}
