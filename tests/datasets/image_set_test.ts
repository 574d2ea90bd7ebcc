import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { type ImageSet, splitTrain } from "elbo/datasets";
import { fc } from "../helpers/fast_check.ts";

/** Images whose every byte is their own number. */
function numbered(count: number): ImageSet {
  const images = Uint8Array.from({ length: count * 2 }, (_, at) => Math.floor(at / 2));
  const labels = Uint8Array.from({ length: count }, (_, i) => i);
  return { name: "train", images, labels, count, height: 1, width: 2, dataDim: 2 };
}

function numbersOf(set: ImageSet | undefined): number[] {
  return [...set?.labels ?? []];
}

Deno.test("splitTrain: without options everything trains", () => {
  const { train, validation } = splitTrain(numbered(5));
  assertEquals(numbersOf(train), [0, 1, 2, 3, 4]);
  assertStrictEquals(validation, undefined);
});

Deno.test("splitTrain: the parts never mix, and lie where they are said to", () => {
  const sizes = fc.integer({ min: 1, max: 60 }).chain((count) =>
    fc.integer({ min: 0, max: count - 1 }).chain((validation) =>
      fc.integer({ min: 1, max: count - validation }).map((limit) => ({
        count,
        validation,
        limit,
      }))
    )
  );
  fc.assert(fc.property(sizes, ({ count, validation, limit }) => {
    const all = numbered(count);
    const split = splitTrain(all, { validation, limit });
    const order = Array.from({ length: count }, (_, i) => i);
    assertEquals(numbersOf(split.train), order.slice(0, limit));
    assertEquals(numbersOf(split.validation), order.slice(count - validation));
    for (const set of [split.train, split.validation]) {
      if (!set) continue;
      assertStrictEquals(set.images.length, set.count * set.dataDim);
      assertEquals([...set.images], numbersOf(set).flatMap((n) => [n, n]));
      assertStrictEquals(set.firstIndex, numbersOf(set)[0]);
    }
  }));
});

Deno.test("splitTrain: the validation images do not depend on the limit", () => {
  const all = numbered(9);
  const short = splitTrain(all, { validation: 3, limit: 1 });
  const long = splitTrain(all, { validation: 3 });
  assertEquals(short.validation, long.validation);
  assertStrictEquals(long.train.count, 6);
});

Deno.test("splitTrain: views, not copies; a split of a split keeps its place", () => {
  const all = numbered(9);
  const { train, validation } = splitTrain(all, { validation: 4 });
  assertStrictEquals(train.images.buffer, all.images.buffer);
  assertStrictEquals(
    splitTrain(validation ?? all, { validation: 1 }).validation?.firstIndex,
    8,
  );
});

Deno.test("splitTrain: refuses what leaves nothing, or is no count", () => {
  const all = numbered(9);
  for (const validation of [9, 10, -1, 0.5, NaN]) {
    assertThrows(
      () => splitTrain(all, { validation }),
      RangeError,
      "validation must be",
    );
  }
  for (const limit of [0, 7, -1, 1.5, NaN]) {
    assertThrows(
      () => splitTrain(all, { validation: 3, limit }),
      RangeError,
      "--limit must be a whole number from 1 to 6, as there are 9 and 3 are held out",
    );
  }
});
