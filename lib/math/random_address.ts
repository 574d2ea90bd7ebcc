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
  dequantize: 8,
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

/** How many words there are: the bound of every part of an address. */
export const WORDS = 2 ** 32;

/** Throws unless a part of an address is a word. */
export function checkWord(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= WORDS) {
    throw new RangeError(
      `Cannot address random numbers as ${name} must be an integer in ` +
        `0 .. 4294967295: it is ${value}`,
    );
  }
}
