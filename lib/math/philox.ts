// The multipliers and the Weyl increments of the key (Salmon et al. 2011, section 3.3).
const M0_HIGH = 0xd251;
const M0_LOW = 0x1f53;
const M0 = 0xd2511f53;
const M1_HIGH = 0xcd9e;
const M1_LOW = 0x8d57;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;
const ROUNDS = 10;

/** The high 32 bits of a 32 x 32 bit product, exact, the first factor in two halves. */
function multiplyHigh(high: number, low: number, word: number): number {
  const wordHigh = word >>> 16;
  const wordLow = word & 0xffff;
  const carry = Math.imul(high, wordLow) + (Math.imul(low, wordLow) >>> 16) | 0;
  const middle = Math.imul(low, wordHigh) + (carry & 0xffff) | 0;
  return Math.imul(high, wordHigh) + (carry >>> 16) + (middle >>> 16) | 0;
}

/**
 * Writes the block at an address into `out`, without allocating: the hot path.
 *
 * The address is `[c0, c1, c2, c3, k0, k1]`, counter and key, in an array of words:
 * an object's fields would hold words above 2^31 as boxed numbers, at half the speed.
 */
export function philoxBlock(out: Uint32Array, address: Uint32Array): void {
  let c0 = address[0] | 0;
  let c1 = address[1] | 0;
  let c2 = address[2] | 0;
  let c3 = address[3] | 0;
  let k0 = address[4] | 0;
  let k1 = address[5] | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(M0_HIGH, M0_LOW, c0);
    const high1 = multiplyHigh(M1_HIGH, M1_LOW, c2);
    const low0 = Math.imul(M0, c0);
    const low1 = Math.imul(M1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = k0 + W0 | 0;
    k1 = k1 + W1 | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/**
 * Philox 4x32-10: a random block as a pure function of a counter and a key.
 *
 * Ten rounds; each maps `(c0, c1, c2, c3)` to
 * `(hi(M1 c2) ^ c1 ^ k0, lo(M1 c2), hi(M0 c0) ^ c3 ^ k1, lo(M0 c0))` and then adds a
 * constant to each half of the key. Under one key it is a bijection of the counter.
 * NumPy's Philox is the 4x64 variant, another generator. Source: Salmon, Moraes, Dror,
 * Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
 *
 * @param counter Four words; each is taken modulo 2^32.
 * @param key Two words; each is taken modulo 2^32.
 * @returns Four words, integers in `0 .. 2^32 - 1`.
 *
 * @example The published vector for zeros
 * ```ts
 * import { philox4x32 } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   philox4x32([0, 0, 0, 0], [0, 0]),
 *   [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
 * );
 * ```
 */
export function philox4x32(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  const out = new Uint32Array(4);
  philoxBlock(out, Uint32Array.of(...counter, ...key));
  return [out[0], out[1], out[2], out[3]];
}
