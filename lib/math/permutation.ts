import { checkWord } from "./random_address.ts";
import { createRandom } from "./random_reader.ts";

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
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let last = n - 1; last > 0; last--) {
    const chosen = random.integer(last + 1);
    const moved = order[last];
    order[last] = order[chosen];
    order[chosen] = moved;
  }
  return order;
}
