import { assertEquals, assertNotEquals } from "@std/assert";
import { createEngineStep } from "elbo/engine";
import { STREAMS } from "elbo/math";
import type { NetworkSpec } from "elbo/networks";
import { randomImages } from "./batches.ts";

const spec: NetworkSpec = {
  model: "vae",
  dataDim: 12,
  hidden: [7],
  latentDim: 3,
  activation: "tanh",
  likelihood: { kind: "bernoulli" },
  beta: 1,
};

// 150 rows are two chunks unless a larger batch was trained; 40 samples are two blocks.
const batchSize = 150, numSamples = 40;
const images = randomImages(spec, { batchSize, share: 0.5, step: 0 });

async function weights({ roomFor, seed = 8 }: { roomFor: number; seed?: number }) {
  // So small a rate that no weight moves.
  const options = { seed: 6, learningRate: 1e-30, threads: 1 };
  const step = await createEngineStep(spec, options);
  try {
    const room = { batchSize: roomFor, share: 0.5, step: 0 };
    await step.train({ ...room, images: randomImages(spec, room) });
    const noise = { seed, stream: STREAMS.evaluation };
    return await step.logWeights({ images, batchSize, step: 0, numSamples, noise });
  } finally {
    step.dispose();
  }
}

Deno.test("engine: log weights do not show the chunks that they are computed in", async () => {
  const whole = await weights({ roomFor: batchSize });
  assertEquals(await weights({ roomFor: 1 }), whole);
  assertNotEquals(await weights({ roomFor: 1, seed: 9 }), whole);
});
