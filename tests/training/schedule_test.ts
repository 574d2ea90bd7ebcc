import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import type { TrainBatch, TrainState } from "elbo/models";
import {
  betaAt,
  type Checkpoint,
  learningRateAt,
  type MetricsRecord,
  type Plan,
  trainLoop,
} from "elbo/training";
import { FakeStep, tinyDataset } from "./fakes.ts";

Deno.test("betaAt: without a warm-up it is beta", () => {
  assertEquals(betaAt({ beta: 0.3 }, { step: 0, stepsAnEpoch: 5 }), 0.3);
});

Deno.test("betaAt: a linear warm-up rises by equal steps and then stays", () => {
  const schedule = { beta: 4, warmUp: { epochs: 2.5, cycles: 1 } };
  const betas = Array.from(
    { length: 15 },
    (_, step) => betaAt(schedule, { step, stepsAnEpoch: 4 }),
  );
  betas.slice(0, 10).forEach((beta, step) => assertAlmostEquals(beta, 0.4 * step));
  assertEquals(betas.slice(10), [4, 4, 4, 4, 4]);
});

Deno.test("betaAt: each cycle rises in its first half", () => {
  const schedule = { beta: 1, warmUp: { epochs: 4, cycles: 2 } };
  const at = (step: number) => betaAt(schedule, { step, stepsAnEpoch: 10 });
  for (const start of [0, 20]) {
    assertEquals(at(start), 0);
    assertAlmostEquals(at(start + 5), 0.5);
    for (const later of [10, 15, 19]) assertEquals(at(start + later), 1);
  }
  assertEquals([at(40), at(1000)], [1, 1]);
});

Deno.test("learningRateAt: the last stage that has begun", () => {
  const rateStages = [
    { fromEpoch: 1, learningRate: 0.5 },
    { fromEpoch: 4, learningRate: 0.25 },
  ];
  const rates = [0, 1, 3, 4, 9].map((epoch) =>
    learningRateAt({ learningRate: 1, rateStages }, epoch)
  );
  assertEquals(rates, [1, 0.5, 0.5, 0.25, 0.25]);
  assertEquals(learningRateAt({ learningRate: 1 }, 7), 1);
});

const plan: Plan = {
  model: "vae",
  epochs: 3,
  batchSize: 4,
  learningRate: 1e-3,
  seed: 7,
  binarization: "dynamic",
  beta: 2,
  warmUp: { epochs: 2, cycles: 1 },
  rateStages: [{ fromEpoch: 1, learningRate: 1e-4 }],
};

/** A step that notes the beta and the rate of each update. */
class NotingStep extends FakeStep {
  readonly seen: { beta?: number; rate: number }[] = [];
  #rate = NaN;
  override train(batch: TrainBatch) {
    this.seen.push({ beta: batch.beta, rate: this.#rate });
    return super.train(batch);
  }
  override setLearningRate(rate: number): void {
    this.#rate = rate;
  }
}

async function trained(
  options: { plan: Plan; stopAt?: number; from?: Checkpoint },
): Promise<{ step: NotingStep; saved: Checkpoint; records: MetricsRecord[] }> {
  const step = new NotingStep();
  if (options.from) step.restore(options.from.state);
  const controller = new AbortController();
  const records: MetricsRecord[] = [];
  let saved: Checkpoint | undefined;
  await trainLoop({
    step,
    dataset: tinyDataset(),
    plan: options.plan,
    start: options.from?.position,
    signal: controller.signal,
    onProgress: (event) => {
      if (event.kind === "step" && event.step === options.stopAt) controller.abort();
    },
    save: (checkpoint, record) => {
      saved = checkpoint;
      if (record) records.push(record);
      return Promise.resolve();
    },
  });
  assert(saved);
  return { step, saved, records };
}

Deno.test("trainLoop: gives each update its beta and each epoch its rate", async () => {
  // Ten images by four: three steps an epoch.
  const { step, records } = await trained({ plan });
  const betas = [0, 2 / 6, 4 / 6, 1, 8 / 6, 10 / 6, 2, 2, 2];
  step.seen.forEach(({ beta }, i) => assertAlmostEquals(beta!, betas[i]));
  const rates = step.seen.map(({ rate }) => rate);
  assertEquals(rates, [1e-3, 1e-3, 1e-3, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4]);
  assertEquals(records.map(({ learningRate }) => learningRate), [1e-3, 1e-4, 1e-4]);
});

Deno.test("trainLoop: without a warm-up a batch brings no beta of its own", async () => {
  const { step } = await trained({ plan: { ...plan, warmUp: undefined } });
  assertEquals(new Set(step.seen.map(({ beta }) => beta)), new Set([undefined]));
});

Deno.test("trainLoop: a schedule goes on where it was stopped", async () => {
  const whole = await trained({ plan });
  for (const stopAt of [1, 3, 4, 7]) {
    const first = await trained({ plan, stopAt });
    const rest = await trained({ plan, from: first.saved });
    const seen = [...first.step.seen, ...rest.step.seen];
    assertEquals(seen, whole.step.seen, `stopped at ${stopAt}`);
    const states: TrainState[] = [whole.saved.state, rest.saved.state];
    assertEquals(states[1], states[0]);
  }
  assertNotEquals(whole.step.seen[0], whole.step.seen[5]);
});
