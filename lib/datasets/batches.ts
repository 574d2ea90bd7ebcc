import { permutation, STREAMS } from "../math/mod.ts";

function checkPositive(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new RangeError(
    `Cannot make batches as ${name} must be an integer from 1 on: it is ${value}`,
  );
}

function cut(order: Uint32Array, batchSize: number): Uint32Array[] {
  checkPositive("batchSize", batchSize);
  const length = Math.ceil(order.length / batchSize);
  return Array.from(
    { length },
    (_, i) => order.subarray(i * batchSize, (i + 1) * batchSize),
  );
}

/**
 * The batches of one epoch: every image once, in an order drawn for this epoch.
 *
 * The order is the Fisher-Yates permutation at (seed, STREAMS.shuffle, epoch); it does
 * not depend on the batch size.
 *
 * @param count How many images there are.
 * @param options Seed, epoch and batch size.
 * @returns Indices, `[batch]` each; the last batch may be shorter.
 * @throws {RangeError} If the batch size is not a positive integer.
 *
 * @example Five images in batches of two
 * ```ts
 * import { epochBatches } from "elbo/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const batches = epochBatches(5, { seed: 0, epoch: 1, batchSize: 2 });
 * assertEquals(batches.map((batch) => batch.length), [2, 2, 1]);
 * assertEquals(batches.flatMap((batch) => [...batch]).sort(), [0, 1, 2, 3, 4]);
 * ```
 */
export function epochBatches(
  count: number,
  { seed, epoch, batchSize }: { seed: number; epoch: number; batchSize: number },
): Uint32Array[] {
  const order = permutation(count, { seed, stream: STREAMS.shuffle, step: epoch });
  return cut(order, batchSize);
}

/**
 * The first `count` images in batches, in the order of the file: for evaluation.
 *
 * @param count How many images.
 * @param options The batch size.
 * @returns Indices, `[batch]` each; the last batch may be shorter.
 * @throws {RangeError} If the batch size is not a positive integer.
 *
 * @example Three images in batches of two
 * ```ts
 * import { orderedBatches } from "elbo/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const batches = orderedBatches(3, { batchSize: 2 });
 * assertEquals(batches.map((batch) => [...batch]), [[0, 1], [2]]);
 * ```
 */
export function orderedBatches(
  count: number,
  { batchSize }: { batchSize: number },
): Uint32Array[] {
  return cut(Uint32Array.from({ length: count }, (_, i) => i), batchSize);
}
