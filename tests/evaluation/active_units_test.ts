import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  ACTIVE_THRESHOLD,
  activeUnits,
  encodeMeans,
  evenlySpaced,
} from "elbo/evaluation";
import { normals, STREAMS, summarize } from "elbo/math";
import { fc } from "../helpers/fast_check.ts";
import { testSeed } from "../helpers/seed.ts";

Deno.test("activeUnits: counts the units whose mean moves by more than 0.1", () => {
  const [count, latentDim] = [4000, 4];
  const scales = [1, 0.2, 0.05, 0];
  const noise = normals({
    seed: testSeed(11),
    stream: STREAMS.test,
    rows: count,
    columns: latentDim,
  });
  const means = noise.map((value, i) => 3 + scales[i % latentDim] * value);
  const units = activeUnits(means, { latentDim });
  assertEquals(ACTIVE_THRESHOLD, 0.01);
  assertEquals(units.count, 2);
  scales.forEach((scale, unit) => {
    // A sample variance has the standard error variance * sqrt(2 / n): five of them.
    // The mean of 3 is rounded, by some 1e-14 in all.
    const allowed = 5 * scale ** 2 * Math.sqrt(2 / count) + 1e-20;
    assert(Math.abs(units.variances[unit] - scale ** 2) <= allowed);
  });
});

Deno.test("activeUnits: the variance is that of the standard error, times n", () => {
  const means = [1, 4, 9, 16, 25];
  const { variances: [variance] } = activeUnits(means, { latentDim: 1 });
  assertEquals(variance, 93.5);
  const { standardError } = summarize(means);
  assert(Math.abs(standardError ** 2 * means.length - variance) < 1e-12);
});

Deno.test("activeUnits: the threshold itself is not above the threshold", () => {
  assertEquals(activeUnits([-1, 1], { latentDim: 1, threshold: 2 }).count, 0);
  assertEquals(activeUnits([-1, 1], { latentDim: 1, threshold: 1.99 }).count, 1);
});

Deno.test("activeUnits: refuses one image, and numbers that are no whole images", () => {
  assertThrows(() => activeUnits([1, 2], { latentDim: 2 }), RangeError, "two images");
  assertThrows(() => activeUnits([1, 2, 3], { latentDim: 2 }), RangeError, "3 numbers");
});

Deno.test("evenlySpaced: rises from 0 in steps that differ by one at most", () => {
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 1, max: 300 }),
  );
  fc.assert(fc.property(sizes, ([count, wanted]) => {
    const indices = [...evenlySpaced(count, wanted)];
    assertEquals(indices.length, Math.min(count, wanted));
    assertEquals(indices[0], 0);
    const steps = [...indices.slice(1), count].map((index, i) => index - indices[i]);
    assert(Math.max(...steps) - Math.min(...steps) <= 1, `${indices}`);
    assert(Math.min(...steps) >= 1);
  }));
});

Deno.test("encodeMeans: joins batches in the order of the images", async () => {
  const [count, dataDim] = [1203, 3];
  const sizes: number[] = [];
  const means = await encodeMeans({
    encode: (images, batchSize) => {
      sizes.push(batchSize);
      const mean = Float32Array.from(
        { length: 2 * batchSize },
        (_, i) => images[Math.floor(i / 2) * dataDim] + i % 2,
      );
      return Promise.resolve({ mean });
    },
  }, { pixels: Float32Array.from({ length: count * dataDim }, (_, i) => i), count });
  assertEquals(sizes, [500, 500, 203]);
  assertEquals(means.length, 2 * count);
  assertEquals([means[0], means[1], means[2], means[2405]], [0, 1, 3, 3607]);
});
