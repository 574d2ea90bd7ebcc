import { batchPixels, epochBatches, loadMnist } from "elbo/datasets";
import type { NetworkSpec } from "elbo/networks";

/** The network of every timing: that of PyTorch's VAE example. */
export const SPEC: NetworkSpec = {
  model: "vae",
  dataDim: 784,
  hidden: [400],
  latentDim: 20,
  activation: "relu",
  likelihood: { kind: "bernoulli" },
  beta: 1,
};

export const BATCH_SIZE = 128;
export const LEARNING_RATE = 1e-3;
export const SEED = 0;

/** Batches that every variant trains on, over and over. */
const NUM_BATCHES = 64;

/** Pixels of 0 and 1, [batch][image][pixel], in memory that workers share. */
export type SharedBatches = Float32Array<SharedArrayBuffer>;

/** The first batches of a run's first epoch on MNIST, binarised once for all. */
export async function referenceBatches(): Promise<SharedBatches> {
  const { train } = await loadMnist();
  const size = BATCH_SIZE * SPEC.dataDim;
  const memory = new SharedArrayBuffer(NUM_BATCHES * size * 4);
  const order = epochBatches(train.count, {
    seed: SEED,
    epoch: 1,
    batchSize: BATCH_SIZE,
  });
  for (let batch = 0; batch < NUM_BATCHES; batch++) {
    batchPixels(train, {
      indices: order[batch],
      binarization: "dynamic",
      seed: SEED,
      step: 1,
      out: new Float32Array(memory, batch * size * 4, size),
    });
  }
  return new Float32Array(memory);
}

/** The images of one step. */
export function batchOf(batches: Float32Array, step: number): Float32Array {
  const size = BATCH_SIZE * SPEC.dataDim;
  const from = step % (batches.length / size) * size;
  return batches.subarray(from, from + size);
}
