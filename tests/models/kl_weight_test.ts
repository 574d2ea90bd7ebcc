import {
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import type { BackendName } from "elbo/backend";
import { createRandom, STREAMS } from "elbo/math";
import { type BatchNumbers, createStep } from "elbo/models";
import type { NetworkSpec, Weights } from "elbo/networks";
import { testOnBackends } from "./backends.ts";

const vae: NetworkSpec = {
  model: "vae",
  dataDim: 12,
  hidden: [16],
  latentDim: 3,
  activation: "tanh",
  likelihood: { kind: "bernoulli" },
  beta: 1,
};
const batchSize = 5;
const random = createRandom({ seed: 2, stream: STREAMS.test });
const images = Float32Array.from({ length: batchSize * 12 }, () => random.integer(2));

async function afterThree(
  spec: NetworkSpec,
  { backend, beta }: { backend: BackendName; beta?: number },
): Promise<{ weights: Weights; last: BatchNumbers; evaluated: BatchNumbers }> {
  const step = await createStep(spec, { seed: 4, learningRate: 0.01, backend });
  for (const at of [0, 1]) await step.train({ images, batchSize, step: at, beta });
  const last = await step.train({ images, batchSize, step: 2, beta });
  const noise = { seed: 9, stream: STREAMS.evaluation };
  const evaluated = await step.evaluate({ images, batchSize, step: 0, noise });
  const { weights } = await step.state();
  step.dispose();
  return { weights, last, evaluated };
}

testOnBackends("train: a batch's beta is that of the network", async (backend) => {
  const own = await afterThree({ ...vae, beta: 0.25 }, { backend });
  const told = await afterThree(vae, { backend, beta: 0.25 });
  assertEquals(told, own);
  const other = await afterThree(vae, { backend });
  assertNotEquals(told.weights, other.weights);
});

testOnBackends("train: a batch's beta of 0 counts", async (backend) => {
  const own = await afterThree({ ...vae, beta: 0 }, { backend });
  assertEquals((await afterThree(vae, { backend, beta: 0 })).weights, own.weights);
  assertEquals(own.last.objective, -own.last.expectedLogLikelihood);
});

testOnBackends("train: free bits floor the KL of the objective", async (backend) => {
  // A network at its start costs far less than 5 nats a dimension.
  const free = await afterThree({ ...vae, freeBits: 5 }, { backend });
  const { objective, expectedLogLikelihood, elbo, kl } = free.last;
  assertAlmostEquals(objective, 3 * 5 - expectedLogLikelihood, 1e-9);
  assertAlmostEquals(elbo, expectedLogLikelihood - kl, 1e-9);
  assertAlmostEquals(free.evaluated.objective, -free.evaluated.elbo, 1e-9);
  // No dimension is pressed, so the weights are those of beta 0.
  const unpressed = await afterThree(vae, { backend, beta: 0 });
  assertEquals(free.weights, unpressed.weights);
});

Deno.test("train: refuses a beta without meaning", async () => {
  const step = await createStep(vae, { seed: 4, learningRate: 0.01, backend: "cpu" });
  for (const beta of [-1, NaN, Infinity]) {
    await assertRejects(
      () => step.train({ images, batchSize, step: 0, beta }),
      RangeError,
      "beta must be finite and not negative",
    );
  }
  step.dispose();
});
