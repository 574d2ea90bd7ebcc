/**
 * The reference step as users of TensorFlow.js write it: the tape, the stock kernels,
 * the stock Adam. None of our tensor code is imported here.
 */
import * as tf from "@tensorflow/tfjs";
import { fillNormals, STREAMS } from "elbo/math";
import { initialWeights } from "elbo/networks";
import { BATCH_SIZE, LEARNING_RATE, SEED, SPEC } from "./reference.ts";

/** Makes the step; it returns the loss an image, before the update. */
export async function createStockStep(
  backend: "cpu" | "wasm",
): Promise<(images: Float32Array, step: number) => Promise<number>> {
  if (backend === "wasm") await prepareStockWasm();
  await tf.setBackend(backend);
  const w = new Map<string, tf.Variable>();
  for (const [name, { values, shape }] of initialWeights(SPEC, { seed: SEED })) {
    w.set(name, tf.variable(tf.tensor(Float32Array.from(values), [...shape])));
  }
  const affine = (x: tf.Tensor, name: string) =>
    tf.add(tf.matMul(x, w.get(`${name}.weight`)!), w.get(`${name}.bias`)!);
  const adam = tf.train.adam(LEARNING_RATE);

  return async (images, step) => {
    const noise = new Float32Array(BATCH_SIZE * SPEC.latentDim);
    const block = { rows: BATCH_SIZE, columns: SPEC.latentDim };
    fillNormals(noise, { seed: SEED, stream: STREAMS.noise, step, ...block });
    const loss = adam.minimize(() => {
      const x = tf.tensor2d(images, [BATCH_SIZE, SPEC.dataDim]);
      const h = tf.relu(affine(x, "encoder.0"));
      const mean = affine(h, "encoder.mean");
      const logVar = affine(h, "encoder.logVar");
      const eps = tf.tensor2d(noise, [BATCH_SIZE, SPEC.latentDim]);
      const z = tf.add(mean, tf.mul(tf.exp(tf.mul(logVar, 0.5)), eps));
      const logits = affine(tf.relu(affine(z, "decoder.0")), "decoder.output");
      const sum = tf.Reduction.SUM;
      const bce = tf.losses.sigmoidCrossEntropy(x, logits, undefined, 0, sum);
      const variance = tf.exp(logVar);
      const inner = tf.sub(tf.add(tf.square(mean), variance), tf.add(logVar, 1));
      return tf.div(tf.add(bce, tf.mul(0.5, tf.sum(inner))), BATCH_SIZE) as tf.Scalar;
    }, true)!;
    const [value] = await loss.data();
    loss.dispose();
    return value;
  };
}

async function prepareStockWasm(): Promise<void> {
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const folder = new URL(".", import.meta.resolve("@tensorflow/tfjs-backend-wasm"));
  // Its threaded build does not start in Deno.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths(decodeURIComponent(folder.pathname));
}
