import type { Step } from "../models/mod.ts";
import type { EvaluationImages } from "./estimate_nll.ts";

/** Images that are encoded at once. */
const BATCH = 500;

/**
 * Encodes images, 500 at a time.
 *
 * @param step The model.
 * @param images The images, `[count, dataDim]`.
 * @returns E[z|x] (the code, for an autoencoder) of each image, `[count, latentDim]`.
 * @throws {RangeError} If the pixels do not have the model's dataDim.
 *
 * @example A code for each image
 * ```ts
 * import { encodeMeans } from "elbo/evaluation";
 * import { createStep } from "elbo/models";
 * import { assertEquals } from "@std/assert";
 *
 * const step = await createStep({
 *   model: "vae",
 *   dataDim: 4,
 *   hidden: [3],
 *   latentDim: 2,
 *   activation: "relu",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * }, { seed: 0, learningRate: 1e-3, backend: "cpu" });
 * const pixels = Float32Array.of(0, 0, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1);
 * const means = await encodeMeans(step, { pixels, count: 3 });
 * assertEquals(means.length, 3 * 2);
 * step.dispose();
 * ```
 */
export async function encodeMeans(
  step: Pick<Step, "encode">,
  { pixels, count }: EvaluationImages,
): Promise<Float32Array> {
  const dataDim = pixels.length / count;
  const parts: Float32Array[] = [];
  for (let first = 0; first < count; first += BATCH) {
    const size = Math.min(BATCH, count - first);
    const batch = pixels.subarray(first * dataDim, (first + size) * dataDim);
    parts.push((await step.encode(batch, size)).mean);
  }
  const means = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    means.set(part, at);
    at += part.length;
  }
  return means;
}
