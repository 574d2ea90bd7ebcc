import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { ImageSet } from "elbo/datasets";
import { STREAMS } from "elbo/math";
import { createStep, type Step } from "elbo/models";
import {
  EVALUATION_BATCH_SIZE,
  EVALUATION_NOISE_SEED,
  measureSet,
} from "elbo/training";
import { type EvaluateBatch, FakeStep, tinySpec } from "./fakes.ts";

const count = EVALUATION_BATCH_SIZE + 3;
const set: ImageSet = {
  name: "test",
  count,
  height: 2,
  width: 2,
  dataDim: 4,
  images: Uint8Array.from({ length: 4 * count }, (_, i) => (i * 37) % 256),
};

function recording(): { step: Step; batches: EvaluateBatch[] } {
  const batches: EvaluateBatch[] = [];
  const onEvaluate = (batch: EvaluateBatch) => {
    // A copy: the array holds the next batch as soon as this one is measured.
    batches.push({ ...batch, images: batch.images.slice() });
    return batch.step === 0 ? 8 : 16;
  };
  return { step: new FakeStep({ onEvaluate }), batches };
}

Deno.test("measureSet: the mean is over images, and the parts add up", async () => {
  const { step } = recording();
  const measured = await measureSet(step, set, { binarization: "none" });
  assert(measured);
  const expected = -(8 * EVALUATION_BATCH_SIZE + 16 * 3) / count;
  // 50 eps times the sum of the magnitudes of both parts.
  assertAlmostEquals(measured.elbo, expected, 50 * 2.3e-16 * 12);
  assertEquals(measured.elbo, measured.expectedLogLikelihood - measured.kl);
});

Deno.test("measureSet: batches, draws and noise are the same for every run", async () => {
  const { step, batches } = recording();
  await measureSet(step, set, { binarization: "dynamic" });
  await measureSet(step, set, { binarization: "static" });
  assertEquals(batches.map(({ batchSize }) => batchSize), [500, 3, 500, 3]);
  assertEquals(batches.map(({ step }) => step), [0, 1, 0, 1]);
  assertEquals(batches.map(({ noise }) => noise), [
    ...Array(4).fill({ seed: EVALUATION_NOISE_SEED, stream: STREAMS.evaluation }),
  ]);
  assertEquals(batches[0].images, batches[2].images);
  assertEquals(batches[1].images, batches[3].images);
  assert(batches[0].images.every((pixel) => pixel === 0 || pixel === 1));
});

Deno.test("measureSet: grey pixels stay grey", async () => {
  const { step, batches } = recording();
  await measureSet(step, set, { binarization: "none" });
  assertEquals(batches[0].images[1], Math.fround(37 / 255));
});

Deno.test("measureSet: an aborted signal stops it between batches", async () => {
  const { step, batches } = recording();
  const controller = new AbortController();
  const measured = await measureSet(step, set, {
    binarization: "none",
    signal: controller.signal,
    onImages: () => controller.abort(),
  });
  assertEquals([measured, batches.length], [undefined, 1]);
});

Deno.test("measureSet: the seed and beta of the run do not matter", async () => {
  const weights = (await new FakeStep().state()).weights;
  const measure = async (seed: number, beta: number) => {
    const spec = { ...tinySpec, beta };
    const options = { seed, learningRate: 1e-3, weights, backend: "cpu" as const };
    const step = await createStep(spec, options);
    const measured = await measureSet(step, set, { binarization: "dynamic" });
    step.dispose();
    return measured;
  };
  assertEquals(await measure(0, 1), await measure(99, 4));
});
