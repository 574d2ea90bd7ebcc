import type { Binarization, ImageSet } from "../datasets/mod.ts";
import { type LatentCode, latentCode } from "../evaluation/mod.ts";
import { STREAMS } from "../math/mod.ts";
import type { Step } from "../models/mod.ts";
import type { Breather } from "./breather.ts";
import { EVALUATION_NOISE_SEED, evaluationBatches } from "./measure.ts";

/**
 * Says what the codes of a set of images carry, by the same pixels and noise every
 * time.
 *
 * @param step The model.
 * @param set The images; all of them are encoded.
 * @param options How to binarise; `breather` serves the event loop meanwhile.
 * @returns KL by dimension, active units and mutual information; undefined of one image
 * or of an autoencoder.
 *
 * @example An untrained network, whose dimensions cost next to nothing
 * ```ts
 * import { createStep } from "elbo/models";
 * import { measureCode } from "elbo/training";
 * import { assertEquals, assertLess } from "@std/assert";
 *
 * const step = await createStep({
 *   model: "vae",
 *   dataDim: 2,
 *   hidden: [4],
 *   latentDim: 3,
 *   activation: "tanh",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * }, { seed: 0, learningRate: 1e-3, backend: "cpu" });
 * const images = Uint8Array.of(0, 255, 255, 0);
 * const set = { images, count: 2, height: 1, width: 2, dataDim: 2, name: "test" };
 *
 * const code = await measureCode(step, set, { binarization: "none" });
 * assertEquals(code?.klByDimension.length, 3);
 * assertLess(code!.mutualInformation.marginalKl, 3);
 * step.dispose();
 * ```
 */
export async function measureCode(
  step: Pick<Step, "encode">,
  set: ImageSet,
  { binarization, breather }: {
    readonly binarization: Binarization;
    readonly breather?: Breather;
  },
): Promise<LatentCode | undefined> {
  const { count } = set;
  if (count < 2) return undefined;
  const means: Float32Array[] = [];
  const logVars: Float32Array[] = [];
  for (const { images, batchSize } of evaluationBatches(set, binarization)) {
    const { mean, logVar } = await step.encode(images, batchSize);
    if (!logVar) return undefined;
    means.push(mean);
    logVars.push(logVar);
    await breather?.breathe();
  }
  const noise = { seed: EVALUATION_NOISE_SEED, stream: STREAMS.sampling };
  const posteriors = { count, mean: joined(means), logVar: joined(logVars) };
  return latentCode(posteriors, { noise });
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
