import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { epochBatches } from "elbo/datasets";
import type { TrainState } from "elbo/models";
import {
  type Checkpoint,
  type MetricsRecord,
  NonFiniteError,
  type Plan,
  type TrainEvent,
  trainLoop,
} from "elbo/training";
import { FakeStep, tinyDataset } from "./fakes.ts";

const plan: Plan = {
  model: "vae",
  epochs: 3,
  batchSize: 4,
  learningRate: 1e-3,
  seed: 7,
  binarization: "dynamic",
};
const dataset = tinyDataset();
const batchesAnEpoch = 3;

interface Saved extends Checkpoint {
  readonly record?: MetricsRecord;
}

function collect(): {
  saved: Saved[];
  save: (checkpoint: Checkpoint, record?: MetricsRecord) => Promise<void>;
} {
  const saved: Saved[] = [];
  return {
    saved,
    save: (checkpoint, record) => {
      saved.push({ ...checkpoint, record });
      return Promise.resolve();
    },
  };
}

/** What does not depend on the clock. */
function timeless({ seconds: _, evalSeconds: __, ...rest }: MetricsRecord) {
  return rest;
}

async function uninterrupted(): Promise<
  { state: TrainState; records: MetricsRecord[] }
> {
  const step = new FakeStep();
  const { saved, save } = collect();
  await trainLoop({ step, dataset, plan, save });
  return { state: await step.state(), records: saved.map(({ record }) => record!) };
}

Deno.test("trainLoop: sees every image once an epoch, and saves once an epoch", async () => {
  const batchSizes: number[] = [];
  const steps: number[] = [];
  const step = new FakeStep({
    onTrain: (batch) => {
      batchSizes.push(batch.batchSize);
      steps.push(batch.step);
      assertEquals(batch.images.length, batch.batchSize * 4);
      assert(batch.images.every((pixel) => pixel === 0 || pixel === 1));
    },
  });
  const { saved, save } = collect();
  const result = await trainLoop({ step, dataset, plan, save });
  assertEquals(batchSizes, [4, 4, 2, 4, 4, 2, 4, 4, 2]);
  assertEquals(steps, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assertEquals(saved.map(({ record }) => record?.epoch), [1, 2, 3]);
  assertEquals(saved.map(({ record }) => record?.step), [3, 6, 9]);
  assertEquals(result.stopped, false);
  assertEquals(result.position.epoch, 3);
});

Deno.test("trainLoop: the record holds means over images, not over batches", async () => {
  const objectives = [10, 20, 60];
  const step = new FakeStep({ onTrain: ({ step }) => objectives[step] });
  const { saved, save } = collect();
  await trainLoop({ step, dataset, plan: { ...plan, epochs: 1 }, save });
  const record = saved[0].record!;
  assertAlmostEquals(record.trainObjective, (4 * 10 + 4 * 20 + 2 * 60) / 10, 1e-12);
  assertAlmostEquals(record.trainElbo!, -record.trainObjective, 1e-12);
  assertEquals(record.testElbo, record.testExpectedLogLikelihood - record.testKl!);
});

Deno.test("trainLoop: stopped after any step, it goes on as if it had not been", async () => {
  const expected = await uninterrupted();
  for (let stopAfter = 1; stopAfter < 3 * batchesAnEpoch; stopAfter++) {
    const controller = new AbortController();
    let done = 0;
    const first = new FakeStep({
      onTrain: () => {
        if (++done === stopAfter) controller.abort();
      },
    });
    const { saved, save } = collect();
    const options = { dataset, plan, save };
    const stopped = await trainLoop({
      ...options,
      step: first,
      signal: controller.signal,
    });
    assertEquals(stopped.stopped, true);
    assertEquals(done, stopAfter);
    const last = saved[saved.length - 1];
    assertEquals(last.record, undefined);

    const second = new FakeStep();
    second.restore(last.state);
    // Through JSON, as the checkpoint keeps it.
    const start = JSON.parse(JSON.stringify(last.position));
    await trainLoop({ ...options, step: second, start });
    assertEquals(await second.state(), expected.state);
    const records = saved.flatMap(({ record }) => record ? [timeless(record)] : []);
    assertEquals(records, expected.records.map(timeless));
  }
});

Deno.test("trainLoop: stopped while it measures, it measures anew", async () => {
  const expected = await uninterrupted();
  const controller = new AbortController();
  const { saved, save } = collect();
  const events: TrainEvent[] = [];
  const validated = tinyDataset({ validation: 2 });
  const step = new FakeStep({ onEvaluate: () => controller.abort() });
  await trainLoop({
    ...{ step, dataset: validated, plan, save, signal: controller.signal },
    onProgress: (event) => events.push(event),
  });
  assertEquals(saved[0].position.batch, batchesAnEpoch);
  assertEquals(events.filter(({ kind }) => kind === "epoch"), []);
  const second = new FakeStep();
  second.restore(saved[0].state);
  const start = saved[0].position;
  await trainLoop({ step: second, dataset, plan, save, start });
  assertEquals(await second.state(), expected.state);
});

Deno.test("trainLoop: aborted before the first step, it saves where it stands", async () => {
  const { saved, save } = collect();
  const step = new FakeStep();
  const result = await trainLoop({
    ...{ step, dataset, plan, save },
    signal: AbortSignal.abort(),
  });
  assertEquals(result, { position: saved[0].position, stopped: true });
  assertEquals(saved[0].position.batch, 0);
});

Deno.test("trainLoop: hears a timer in the middle of an epoch", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 30);
  let done = 0;
  const step = new FakeStep({
    onTrain: () => {
      done++;
      const until = performance.now() + 10;
      while (performance.now() < until);
    },
  });
  const { signal } = controller;
  const result = await trainLoop({
    ...{ step, dataset, plan: { ...plan, epochs: 1000 }, signal },
  });
  assertEquals(result.stopped, true);
  // The clock of a busy machine: far from all of the 3000 steps is enough.
  assert(done < 300, `${done} steps were done`);
});

Deno.test("trainLoop: tells each step and epoch", async () => {
  const events: TrainEvent[] = [];
  const step = new FakeStep();
  await trainLoop({ step, dataset, plan, onProgress: (event) => events.push(event) });
  const steps = events.flatMap((event) => event.kind === "step" ? [event] : []);
  assertEquals(steps.map(({ step }) => step), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals(steps.map(({ batch }) => batch), [1, 2, 3, 1, 2, 3, 1, 2, 3]);
  assert(steps.every(({ batches }) => batches === batchesAnEpoch));
  assert(steps.every(({ secondsLeft }) => secondsLeft >= 0));
  assertEquals(events.filter(({ kind }) => kind === "epoch").length, 3);
  assertEquals(events.filter(({ kind }) => kind === "measure").length, 3);
});

for (const value of [NaN, Infinity, -Infinity]) {
  Deno.test(`trainLoop: an objective of ${value} stops it with step and batch`, async () => {
    const step = new FakeStep({ onTrain: ({ step }) => step === 4 ? value : 1 });
    const { saved, save } = collect();
    const error = await assertRejects(
      () => trainLoop({ step, dataset, plan, save }),
      NonFiniteError,
      `the objective must be finite: it is ${value} at step 5 (epoch 2, batch 2 of 3)`,
    );
    assertEquals(error.message.includes("--learning-rate below 0.001"), true);
    assertEquals(saved.length, 1);
  });
}

Deno.test("trainLoop: a test set without a finite ELBO is not saved either", async () => {
  const step = new FakeStep({ onEvaluate: () => NaN });
  const { saved, save } = collect();
  await assertRejects(() => trainLoop({ step, dataset, plan, save }), NonFiniteError);
  assertEquals(saved, []);
});

Deno.test("trainLoop: an autoencoder's ELBO and KL are null", async () => {
  const step = new FakeStep();
  const { saved, save } = collect();
  await trainLoop({
    ...{ step, dataset, save },
    plan: { ...plan, model: "autoencoder", epochs: 1 },
  });
  const { trainElbo, testElbo, testKl } = saved[0].record!;
  assertEquals([trainElbo, testElbo, testKl], [null, null, null]);
});

Deno.test("trainLoop: the order of images is that of epochBatches", async () => {
  // Images whose first pixel tells their index.
  const train = { ...dataset.train, images: new Uint8Array(40) };
  for (let i = 0; i < 10; i++) train.images[4 * i] = 20 * i;
  const seen: number[] = [];
  const step = new FakeStep({
    onTrain: ({ images, batchSize }) => {
      for (let row = 0; row < batchSize; row++) {
        seen.push(Math.round(images[4 * row] * 255 / 20));
      }
    },
  });
  await trainLoop({
    step,
    dataset: { ...dataset, train },
    plan: { ...plan, epochs: 2, binarization: "none" },
  });
  const expected = [1, 2].flatMap((epoch) =>
    epochBatches(10, { seed: 7, epoch, batchSize: 4 }).flatMap((batch) => [...batch])
  );
  assertEquals(seen, expected);
});
