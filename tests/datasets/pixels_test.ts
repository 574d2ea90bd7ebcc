import {
  assert,
  assertEquals,
  AssertionError,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  batchPixels,
  type Binarization,
  EVALUATION_BINARIZATION_SEED,
  evaluationPixels,
  type ImageSet,
  splitTrain,
} from "elbo/datasets";
import { STREAMS, summarize, uniformAt } from "elbo/math";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { testSeed } from "../helpers/seed.ts";
import { fc } from "../helpers/fast_check.ts";

function setOf(images: Uint8Array, count: number): ImageSet {
  const dataDim = images.length / count;
  return { name: "train", images, count, height: 1, width: dataDim, dataDim };
}

/** Bytes with many 0 and 255, as in digits. */
function digitLike(count: number, dataDim: number): ImageSet {
  const byte = (at: number) => [0, 255, 0, 40, 128, 200, 0, 0, 0, 0, 0, 255][at % 12];
  return setOf(
    Uint8Array.from({ length: count * dataDim }, (_, at) => byte(at * 7 + (at >> 4))),
    count,
  );
}

function pixels(
  set: ImageSet,
  { indices = [0], binarization, seed = 0, step = 0 }: {
    indices?: number[];
    binarization: Binarization;
    seed?: number;
    step?: number;
  },
): Float32Array {
  const out = new Float32Array(indices.length * set.dataDim).fill(NaN);
  batchPixels(set, { indices, binarization, seed, step, out });
  return out;
}

const allBytes = setOf(Uint8Array.from({ length: 256 }, (_, byte) => byte), 1);

Deno.test("batchPixels none: byte / 255, for each byte", () => {
  const grey = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
  assertEquals(pixels(allBytes, { binarization: "none" }), grey);
});

Deno.test("batchPixels threshold: 1 from 128 on", () => {
  const out = pixels(allBytes, { binarization: "threshold" });
  out.forEach((pixel, byte) => assertStrictEquals(pixel, byte < 128 ? 0 : 1));
});

Deno.test("batchPixels dynamic: u < byte / 255 at its address, draw for draw", () => {
  const address = fc.record({
    seed: fc.nat(0xffffffff),
    step: fc.nat(1000),
    firstIndex: fc.nat(60000),
    dataDim: fc.integer({ min: 1, max: 30 }),
  });
  fc.assert(fc.property(address, ({ seed, step, firstIndex, dataDim }) => {
    const set = { ...digitLike(4, dataDim), firstIndex };
    const indices = [2, 0, 3, 2];
    const out = pixels(set, { indices, binarization: "dynamic", seed, step });
    indices.forEach((index, i) => {
      for (let column = 0; column < dataDim; column++) {
        const row = firstIndex + index;
        const u = uniformAt({ seed, stream: STREAMS.binarize, step, row, column });
        const expected = u < set.images[index * dataDim + column] / 255 ? 1 : 0;
        assertStrictEquals(out[i * dataDim + column], expected);
      }
    });
  }));
});

Deno.test("batchPixels dequantize: (byte + u) / 256 at its address, in a stream of its own", () => {
  const set = { ...digitLike(3, 22), firstIndex: 40 };
  const at = { seed: 6, step: 9 };
  const out = pixels(set, { indices: [2, 0], binarization: "dequantize", ...at });
  [2, 0].forEach((index, i) => {
    for (let column = 0; column < 22; column++) {
      const address = { ...at, row: 40 + index, column };
      const u = uniformAt({ ...address, stream: STREAMS.dequantize });
      const byte = set.images[index * 22 + column];
      assertStrictEquals(out[i * 22 + column], Math.fround((byte + u) / 256));
    }
  });
  const other = pixels(set, {
    indices: [2, 0],
    binarization: "dequantize",
    ...{ seed: 6, step: 10 },
  });
  assertNotEquals(out, other);
});

Deno.test("batchPixels dequantize: the byte is what is left without the noise", () => {
  const out = pixels(allBytes, { binarization: "dequantize", seed: 3 });
  // Float32 may round the upper end of a bin up to the next: once in 2^16 at worst.
  assertEquals(Array.from(out, (x) => Math.floor(256 * x)), [...allBytes.images]);
});

Deno.test("batchPixels: a pixel's draw does not depend on the batch", () => {
  const set = digitLike(40, 50);
  const order = Array.from({ length: 40 }, (_, i) => (i * 17) % 40);
  const options = { binarization: "dynamic", seed: 3, step: 2 } as const;
  const whole = pixels(set, { ...options, indices: order });
  for (const batchSize of [1, 7, 16]) {
    const parts: number[] = [];
    for (let from = 0; from < 40; from += batchSize) {
      const indices = order.slice(from, from + batchSize);
      parts.push(...pixels(set, { ...options, indices }));
    }
    assertEquals(new Float32Array(parts), whole);
  }
});

Deno.test("batchPixels: an image keeps its draw when it moves to validation", () => {
  const all = digitLike(10, 60);
  const { train, validation } = splitTrain(all, { validation: 4 });
  assert(validation);
  const options = { binarization: "dynamic", seed: 5, step: 1 } as const;
  assertEquals(
    pixels(validation, { ...options, indices: [1] }),
    pixels(all, { ...options, indices: [7] }),
  );
  assertEquals(
    pixels(train, { ...options, indices: [2] }),
    pixels(all, { ...options, indices: [2] }),
  );
});

Deno.test("batchPixels: dynamic varies with step and seed, static with the seed", () => {
  const set = setOf(new Uint8Array(200).fill(128), 1);
  const draw = (binarization: Binarization, seed: number, step: number) =>
    pixels(set, { binarization, seed, step });
  assertEquals(draw("dynamic", 1, 2), draw("dynamic", 1, 2));
  assertNotEquals(draw("dynamic", 1, 2), draw("dynamic", 1, 3));
  assertNotEquals(draw("dynamic", 1, 2), draw("dynamic", 2, 2));
  assertEquals(draw("static", 1, 2), draw("static", 1, 9));
  assertEquals(draw("static", 1, 2), draw("dynamic", 1, 0));
  assertNotEquals(draw("static", 1, 2), draw("static", 2, 2));
});

Deno.test("evaluationPixels: one draw, from the published seed alone", () => {
  const set = setOf(new Uint8Array(200).fill(128), 1);
  const judged = (binarization: Binarization) => {
    const out = new Float32Array(200);
    evaluationPixels(set, { indices: [0], binarization, out });
    return out;
  };
  const seed = EVALUATION_BINARIZATION_SEED;
  assertEquals(judged("dynamic"), judged("static"));
  assertEquals(judged("static"), pixels(set, { binarization: "static", seed }));
  assertEquals(judged("none"), pixels(set, { binarization: "none" }));
  assertEquals(
    judged("dequantize"),
    pixels(set, { binarization: "dequantize", seed, step: 0 }),
  );
  assertEquals(judged("threshold"), pixels(set, { binarization: "threshold" }));
});

/** The share of ones among draws of one byte, over images and steps. */
function meanPixel(byte: number, seed: number) {
  const set = setOf(new Uint8Array(100 * 52).fill(byte), 100);
  const indices = Array.from({ length: 100 }, (_, i) => i);
  const values: number[] = [];
  for (let step = 0; step < 20; step++) {
    values.push(...pixels(set, { indices, binarization: "dynamic", seed, step }));
  }
  return summarize(values);
}

Deno.test("batchPixels dynamic: the mean of a pixel is byte / 255", () => {
  const seed = testSeed(101);
  for (const byte of [1, 64, 128, 200, 254]) {
    // Draws are 0 or 1: the variance is finite, at most 1/4 over 104,000 draws.
    const claim = {
      exact: byte / 255,
      resolution: 0.0016,
      seed,
      label: `byte ${byte}`,
    };
    assertMonteCarlo(meanPixel(byte, seed), claim);
  }
});

Deno.test("batchPixels dynamic: the test would catch byte / 256 and a shifted draw", () => {
  const seed = testSeed(101);
  const planted = [254 / 256, 253 / 255];
  for (const exact of planted) {
    assertThrows(
      () => assertMonteCarlo(meanPixel(254, seed), { exact, resolution: 0.0016, seed }),
      AssertionError,
    );
  }
});

Deno.test("batchPixels dynamic: bytes 0 and 255 are certain", () => {
  assertEquals([meanPixel(0, 1).mean, meanPixel(255, 1).mean], [0, 1]);
});

Deno.test("batchPixels dynamic: neighbours, images and steps are uncorrelated", () => {
  const seed = testSeed(102);
  const set = setOf(new Uint8Array(100 * 52).fill(128), 100);
  const indices = Array.from({ length: 100 }, (_, i) => i);
  const p = 128 / 255;
  const epochs = Array.from(
    { length: 20 },
    (_, step) =>
      pixels(set, { indices, binarization: "dynamic", seed, step: step + 1 }),
  );
  const correlation = (lag: number, stepLag: number) => {
    const products: number[] = [];
    for (let step = 0; step + stepLag < epochs.length; step++) {
      const left = epochs[step];
      const right = epochs[step + stepLag];
      for (let at = 0; at + lag < left.length; at++) {
        products.push((left[at] - p) * (right[at + lag] - p) / (p * (1 - p)));
      }
    }
    return summarize(products);
  };
  for (const [lag, stepLag] of [[1, 0], [4, 0], [52, 0], [0, 1]]) {
    const label = `pixel lag ${lag}, step lag ${stepLag}`;
    const claim = { exact: 0, resolution: 0.004, seed, label };
    assertMonteCarlo(correlation(lag, stepLag), claim);
  }
  // The control: the same draws against themselves.
  assertThrows(
    () => assertMonteCarlo(correlation(0, 0), { exact: 0, resolution: 0.004, seed }),
    AssertionError,
  );
});

Deno.test("batchPixels: an empty batch is nothing; a bad one is refused", () => {
  assertEquals(pixels(allBytes, { indices: [], binarization: "dynamic" }).length, 0);
  for (const index of [-1, 1, 0.5, NaN]) {
    assertThrows(
      () => pixels(allBytes, { indices: [index], binarization: "none" }),
      RangeError,
      "must be an integer in 0 .. 0",
    );
  }
  const out = new Float32Array(255);
  const options = {
    indices: [0],
    binarization: "none",
    seed: 0,
    step: 0,
    out,
  } as const;
  assertThrows(() => batchPixels(allBytes, options), RangeError, "it holds 255");
  assertThrows(
    () => pixels(allBytes, { binarization: "dynamic", seed: -1 }),
    RangeError,
    "seed must be",
  );
});
