/**
 * Chooses some of many, evenly spaced from the first on.
 *
 * The first half of MNIST's test set was written by clearer hands than the second: its
 * first 2000 images alone would flatter a model.
 *
 * @param count How many there are.
 * @param wanted How many to choose; all if there are fewer.
 * @returns The indices `floor(i count / n)`, `i = 0, ..., n - 1`, with
 * `n = min(count, wanted)`.
 *
 * @example Four of ten, and more than there are
 * ```ts
 * import { evenlySpaced } from "elbo/evaluation";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...evenlySpaced(10, 4)], [0, 2, 5, 7]);
 * assertEquals([...evenlySpaced(3, 4)], [0, 1, 2]);
 * ```
 */
export function evenlySpaced(count: number, wanted: number): Uint32Array {
  const chosen = Math.min(count, wanted);
  return Uint32Array.from({ length: chosen }, (_, i) => Math.floor(i * count / chosen));
}
