import { assert, assertEquals, assertGreater } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { BackendName } from "elbo/backend";
import { createStep } from "elbo/models";
import type { NetworkSpec } from "elbo/networks";
import { granted } from "../helpers/permissions.ts";

const spec: NetworkSpec = {
  model: "vae",
  dataDim: 17,
  hidden: [13],
  latentDim: 3,
  activation: "relu",
  likelihood: { kind: "bernoulli" },
  beta: 1,
};
const batchSize = 6;
const images = Float32Array.from(
  { length: batchSize * spec.dataDim },
  (_, i) => Number(i % 5 === 0 || i % 7 === 3),
);

function start(backend: BackendName) {
  return createStep(spec, { seed: 5, learningRate: 1e-2, backend });
}

Deno.test({
  name: "train: 1,000 steps on wasm leave nothing behind, the memory growing meanwhile",
  ignore: !granted("read"),
  fn: async () => {
    const step = await start("wasm");
    const train = async (first: number, count: number) => {
      for (let i = first; i < first + count; i++) {
        await step.train({ images, batchSize, step: i });
      }
    };
    await train(0, 20);
    const { numTensors, numDataBuffers, numBytes } = tf.memory();
    await train(20, 480);
    const small = heapBytes();
    const large = tf.zeros([small / 4 / 1024, 1024]);
    const grown = heapBytes();
    assertGreater(grown, small);
    large.dispose();
    await train(500, 500);
    assertEquals(heapBytes(), grown);
    const after = tf.memory();
    assertEquals(after.numTensors, numTensors);
    assertEquals(after.numDataBuffers, numDataBuffers);
    assertEquals(after.numBytes, numBytes);
    const { objective } = await step.train({ images, batchSize, step: 1000 });
    // ln 2 a pixel is what a network that knows nothing loses.
    assert(objective < 0.5 * Math.LN2 * spec.dataDim, `${objective}`);
    step.dispose();
  },
});

Deno.test({
  name: "train: growth of the memory changes no bit",
  ignore: !granted("read"),
  fn: async () => {
    const weights = async (grow: boolean) => {
      const step = await start("wasm");
      for (let i = 0; i < 10; i++) {
        if (grow && i === 5) tf.zeros([heapBytes() / 4 / 1024, 1024]).dispose();
        await step.train({ images, batchSize, step: i });
      }
      const state = await step.state();
      step.dispose();
      return state;
    };
    assertEquals(await weights(true), await weights(false));
  },
});

Deno.test({
  name: "train: fused kernels and the operations of tfjs move weights alike",
  ignore: !granted("read"),
  fn: async () => {
    const states = [];
    for (const backend of ["wasm", "cpu"] as const) {
      const step = await start(backend);
      for (let i = 0; i < 20; i++) await step.train({ images, batchSize, step: i });
      states.push(await step.state());
      step.dispose();
    }
    const [fused, stock] = states;
    for (const [name, { values }] of fused.weights) {
      const others = stock.weights.get(name)!.values;
      // Weights of a size of 1 whose gradients agree to about 1e-6 of theirs: the ratio
      // m / sqrt(v) keeps such a relative error, and 20 steps of 1e-2 add it up.
      values.forEach((w, i) =>
        assert(Math.abs(w - others[i]) < 2e-5, `${name} ${i}: ${w}, not ${others[i]}`)
      );
    }
  },
});

function heapBytes(): number {
  const backend = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } };
  return backend.wasm.HEAPU8.byteLength;
}
