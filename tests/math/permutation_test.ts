import { createRandom, permutation, STREAMS } from "elbo/math";
import {
  assertEquals,
  AssertionError,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { testSeed } from "../helpers/seed.ts";
import { assertEquallyLikely } from "./statistics.ts";

Deno.test("permutation: holds every number once", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 0, max: 0xffffffff }),
    (n, step) => {
      const order = permutation(n, { seed: 0, stream: STREAMS.shuffle, step });
      assertEquals(
        [...order].sort((a, b) => a - b),
        Array.from({ length: n }, (_, i) => i),
      );
    },
  ));
});

Deno.test("permutation: is a function of its address", () => {
  const address = { seed: 0, stream: STREAMS.shuffle };
  const order = permutation(50, address);
  assertEquals(permutation(50, { ...address, step: 0 }), order);
  assertNotEquals(permutation(50, { ...address, step: 1 }), order);
  assertNotEquals(permutation(50, { ...address, seed: 1 }), order);
  assertNotEquals(permutation(50, { ...address, stream: 0 }), order);
});

/** How often each of the 24 orders of four numbers comes up. */
function countOrders(shuffle: (step: number) => ArrayLike<number>): number[] {
  const counts = new Map<string, number>();
  for (let step = 0; step < 6000; step++) {
    const order = Array.from(shuffle(step)).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  return Array.from({ length: 24 }, (_, i) => [...counts.values()][i] ?? 0);
}

Deno.test("permutation: every order is equally likely", () => {
  const seed = testSeed(3);
  const counts = countOrders((step) => {
    return permutation(4, { seed, stream: STREAMS.test, step });
  });
  assertEquallyLikely(counts, { seed });
});

Deno.test("permutation: the naive shuffle would not pass", () => {
  const seed = testSeed(3);
  const counts = countOrders((step) => {
    const random = createRandom({ seed, stream: STREAMS.test, step });
    const order = [0, 1, 2, 3];
    for (let i = 0; i < 4; i++) {
      const j = random.integer(4);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  });
  assertThrows(() => assertEquallyLikely(counts, { seed }), AssertionError);
});

Deno.test("permutation: n is checked", () => {
  for (const n of [-1, 2.5, NaN, 2 ** 32]) {
    assertThrows(
      () => permutation(n, { seed: 0, stream: 0 }),
      RangeError,
      `n must be an integer in 0 .. 4294967295: it is ${n}`,
    );
  }
});
