import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { createWeightStream } from "elbo/evaluation";
import { effectiveSampleSize, logMeanExp } from "elbo/math";
import { fc } from "../helpers/fast_check.ts";

const logWeight = fc.oneof(
  fc.double({ min: -900, max: 900, noNaN: true }),
  fc.constant(-Infinity),
);
const samples = fc.array(fc.tuple(logWeight, logWeight), {
  minLength: 1,
  maxLength: 20,
});

Deno.test("createWeightStream: chunk by chunk equals all at once", () => {
  fc.assert(fc.property(samples, fc.integer({ min: 1, max: 20 }), (rows, size) => {
    const stream = createWeightStream(2);
    for (let from = 0; from < rows.length; from += size) {
      stream.add(rows.slice(from, from + size).flat());
    }
    stream.summaries().forEach((summary, image) => {
      const logWeights = rows.map((row) => row[image]);
      const whole = logMeanExp(logWeights);
      if (whole === -Infinity) {
        assertEquals(summary.logMeanWeight, -Infinity);
        assertEquals(summary.effectiveSampleSize, 0);
        return;
      }
      // 40 roundings of numbers of up to 900: 40 * 900 * 2^-53 is 4e-12.
      assertAlmostEquals(summary.logMeanWeight, whole, 1e-11);
      const size = effectiveSampleSize(logWeights);
      assertAlmostEquals(summary.effectiveSampleSize, size, 1e-10 * size);
    });
  }));
});

Deno.test("createWeightStream: the mean log weight never passes the log mean weight", () => {
  fc.assert(fc.property(samples, (rows) => {
    const stream = createWeightStream(2);
    stream.add(rows.flat());
    for (const { meanLogWeight, logMeanWeight } of stream.summaries()) {
      assert(meanLogWeight <= logMeanWeight + 1e-11);
    }
  }));
});

Deno.test("createWeightStream: equal weights are worth their number, by image", () => {
  const stream = createWeightStream(2);
  stream.add([-5, 1e3, -5, 1e3]);
  stream.add([-5, 1e3]);
  const [left, right] = stream.summaries();
  assertEquals(left, { logMeanWeight: -5, meanLogWeight: -5, effectiveSampleSize: 3 });
  assertEquals(right.logMeanWeight, 1e3);
});

Deno.test("createWeightStream: NaN stays NaN", () => {
  const stream = createWeightStream(1);
  stream.add([1, NaN]);
  assert(Number.isNaN(stream.summaries()[0].meanLogWeight));
});

Deno.test("createWeightStream: refuses a part of a row", () => {
  assertThrows(
    () => createWeightStream(2).add([1, 2, 3]),
    RangeError,
    "batchSize 2: 3",
  );
});
