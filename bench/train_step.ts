/**
 * Times one training step of the reference network, 784-400-20-400-784 with a batch
 * of 128, on each backend named (default wasm):
 *
 *     deno run --allow-read=. bench/train_step.ts wasm cpu
 *
 * Prints the least and the middle of some blocks of steps: on a machine that others
 * use, too, the least is what the code costs, and the middle what it cost today.
 */
import { type BackendName, chooseBackend } from "elbo/backend";
import { createRandom, STREAMS } from "elbo/math";
import { createStep } from "elbo/models";
import type { NetworkSpec } from "elbo/networks";

const BATCH_SIZE = 128;
const BLOCKS = 20;
const spec: NetworkSpec = {
  model: "vae",
  dataDim: 784,
  hidden: [400],
  latentDim: 20,
  activation: "relu",
  likelihood: { kind: "bernoulli" },
  beta: 1,
};

const random = createRandom({ seed: 0, stream: STREAMS.test });
// A fifth of the pixels of MNIST are not zero.
const images = Float32Array.from(
  { length: BATCH_SIZE * spec.dataDim },
  () => random.uniform() < 0.2 ? 1 : 0,
);

console.log("backend   least ms   middle ms   epoch of 469 steps, s");
for (const name of Deno.args.length > 0 ? Deno.args : ["wasm"]) {
  const backend = await chooseBackend(name as BackendName);
  const times = await timeBlocks(backend.name);
  const least = times[0];
  const middle = times[times.length >> 1];
  console.log(
    backend.name.padEnd(8),
    least.toFixed(1).padStart(10),
    middle.toFixed(1).padStart(11),
    (middle * 0.469).toFixed(1).padStart(24),
  );
}

// Milliseconds a step in each block, in ascending order.
async function timeBlocks(backend: BackendName): Promise<number[]> {
  const step = await createStep(spec, { seed: 0, learningRate: 1e-3, backend });
  const stepsInBlock = backend === "cpu" ? 1 : 8;
  const times: number[] = [];
  // The first block warms up and does not count.
  for (let block = 0; block <= BLOCKS; block++) {
    const start = performance.now();
    for (let i = 0; i < stepsInBlock; i++) {
      await step.train({
        images,
        batchSize: BATCH_SIZE,
        step: block * stepsInBlock + i,
      });
    }
    if (block > 0) times.push((performance.now() - start) / stepsInBlock);
  }
  step.dispose();
  return times.sort((a, b) => a - b);
}
