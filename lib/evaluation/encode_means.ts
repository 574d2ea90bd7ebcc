import type { Step } from "../models/mod.ts";
import type { EvaluationImages } from "./estimate_nll.ts";

/** Images that are encoded at once. */
const BATCH = 500;

/**
 * Encode images, in batches.
 *
 * @param step The model.
 * @param images The images, [count, dataDim].
 * @returns E[z|x] (the code, for an autoencoder) of each image, [count, latentDim].
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
