import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { epochBatches, orderedBatches } from "elbo/datasets";
import { fc } from "../helpers/fast_check.ts";

function joined(batches: Uint32Array[]): number[] {
  return batches.flatMap((batch) => [...batch]);
}

Deno.test("epochBatches: each image once, in batches of the asked size", () => {
  const options = fc.record({
    count: fc.nat(200),
    batchSize: fc.integer({ min: 1, max: 60 }),
    seed: fc.nat(0xffffffff),
    epoch: fc.nat(100),
  });
  fc.assert(fc.property(options, ({ count, ...rest }) => {
    const batches = epochBatches(count, rest);
    const all = Array.from({ length: count }, (_, i) => i);
    assertEquals(joined(batches).sort((a, b) => a - b), all);
    const { batchSize } = rest;
    batches.forEach((batch, i) =>
      assertEquals(batch.length, Math.min(batchSize, count - i * batchSize))
    );
  }));
});

Deno.test("epochBatches: the order depends on seed and epoch, not on the size", () => {
  const at = (seed: number, epoch: number, batchSize: number) =>
    joined(epochBatches(100, { seed, epoch, batchSize }));
  assertEquals(at(1, 2, 7), at(1, 2, 100));
  assertNotEquals(at(1, 2, 7), at(1, 3, 7));
  assertNotEquals(at(1, 2, 7), at(2, 2, 7));
});

Deno.test("orderedBatches: the file's order", () => {
  assertEquals(joined(orderedBatches(10, { batchSize: 4 })), [
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
  ]);
  assertEquals(orderedBatches(0, { batchSize: 4 }), []);
});

Deno.test("epochBatches, orderedBatches: refuse a size that is no count", () => {
  for (const batchSize of [0, -1, 1.5, NaN]) {
    const options = { seed: 0, epoch: 0, batchSize };
    assertThrows(() => epochBatches(10, options), RangeError, "batchSize");
    assertThrows(() => orderedBatches(10, options), RangeError, "batchSize");
  }
});
