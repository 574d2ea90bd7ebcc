import { philox4x32 } from "elbo/math";
import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";

type Counter = [number, number, number, number];
type Key = [number, number];

const word = fc.integer({ min: 0, max: 0xffffffff });
const counter: fc.Arbitrary<Counter> = fc.tuple(word, word, word, word);
const key: fc.Arbitrary<Key> = fc.tuple(word, word);

/** The rounds as the paper writes them, in exact integers (Salmon et al. 2011). */
function philoxByBigInt(counter: Counter, key: Key): Counter {
  const mask = 0xffffffffn;
  let [c0, c1, c2, c3] = counter.map(BigInt);
  let [k0, k1] = key.map(BigInt);
  for (let round = 0; round < 10; round++) {
    const left = 0xd2511f53n * c0;
    const right = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [
      (right >> 32n) ^ c1 ^ k0,
      right & mask,
      (left >> 32n) ^ c3 ^ k1,
      left & mask,
    ];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [Number(c0), Number(c1), Number(c2), Number(c3)];
}

// From kat_vectors of Random123 1.14, lines "philox4x32 10".
const knownAnswers: [string, Counter, Key, Counter][] = [
  [
    "zeros",
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    "ones",
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    "the digits of pi",
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

for (const [name, counter, key, expected] of knownAnswers) {
  Deno.test(`philox4x32: the published answer to ${name}`, () => {
    assertEquals(philox4x32(counter, key), expected);
    assertEquals(philoxByBigInt(counter, key), expected);
  });
}

Deno.test("philox4x32: equals exact integer arithmetic at any counter and key", () => {
  fc.assert(
    fc.property(counter, key, (counter, key) => {
      assertEquals(philox4x32(counter, key), philoxByBigInt(counter, key));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("philox4x32: different counters have different blocks (a bijection)", () => {
  fc.assert(fc.property(counter, counter, key, (left, right, key) => {
    fc.pre(left.some((word, i) => word !== right[i]));
    assertNotEquals(philox4x32(left, key), philox4x32(right, key));
  }));
});

Deno.test("philox4x32: words count modulo 2^32", () => {
  fc.assert(fc.property(counter, key, (counter, key) => {
    const signed = (words: readonly number[]) => words.map((word) => word | 0);
    assertEquals(
      philox4x32(signed(counter) as Counter, signed(key) as Key),
      philox4x32(counter, key),
    );
  }));
});

Deno.test("philox4x32: one bit of counter or key changes half of the block", () => {
  const base = philox4x32([1, 2, 3, 4], [5, 6]);
  let changed = 0;
  let total = 0;
  for (let place = 0; place < 6; place++) {
    for (let bit = 0; bit < 32; bit++) {
      const input = [1, 2, 3, 4, 5, 6].map((word, i) =>
        i === place ? word ^ (1 << bit) : word
      );
      const block = philox4x32(
        [input[0], input[1], input[2], input[3]],
        [input[4], input[5]],
      );
      for (let i = 0; i < 4; i++) {
        const difference = (block[i] ^ base[i]) >>> 0;
        changed += difference.toString(2).replaceAll("0", "").length;
        total += 32;
      }
    }
  }
  // 24576 fair bits: five standard deviations of the share are 0.016.
  assertEquals(total, 24576);
  assertEquals(Math.abs(changed / total - 0.5) < 0.016, true, `${changed / total}`);
});
