import { createRandom, normals, STREAMS } from "../math/mod.ts";
import type { DecodedBatch, Step } from "../models/mod.ts";
import { type Decoded, likelihoodOf, type NetworkSpec } from "../networks/mod.ts";

/** Images from a model: at each draw of z both what it means and what it generates. */
export interface PriorSamples {
  /** E[x|z], [count, dataDim]. */
  readonly means: Float32Array;
  /** x ~ p(x|z) at the same z, [count, dataDim]. */
  readonly draws: Float32Array;
}

/** Images that are decoded at once. */
const BATCH = 256;

/** The steps of the sampling stream: z and x are drawn apart. */
const Z_STEP = 0;
const X_STEP = 1;

/**
 * Draw z from the prior, decode it, and draw x from p(x|z).
 *
 * Image i has the draws of row i: the first images do not depend on how many are asked
 * for, and with one seed the means and the draws belong together.
 *
 * @param model The model and its seed for the draws.
 * @param options `count`: how many images.
 * @returns Means and draws.
 */
export async function samplePrior(
  { step, spec, seed }: {
    readonly step: Pick<Step, "decode">;
    readonly spec: NetworkSpec;
    readonly seed: number;
  },
  { count }: { count: number },
): Promise<PriorSamples> {
  const { latentDim, dataDim } = spec;
  const means = new Float32Array(count * dataDim);
  const draws = new Float32Array(count * dataDim);
  const stream = STREAMS.sampling;
  for (let first = 0; first < count; first += BATCH) {
    const rows = Math.min(BATCH, count - first);
    const at = { seed, stream, rows, firstRow: first, step: Z_STEP };
    const z = Float32Array.from(normals({ ...at, columns: latentDim }));
    const decoded = await step.decode(z, rows);
    means.set(decoded.mean, first * dataDim);
    for (let i = 0; i < rows; i++) {
      const row = first + i;
      const random = createRandom({ seed, stream, step: X_STEP, row });
      const x = likelihoodOf(spec, decodedRow(spec, decoded, i)).sample(random);
      draws.set(x, row * dataDim);
    }
  }
  return { means, draws };
}

/** One row of what a step decoded, as the float64 network says it. */
function decodedRow(
  { likelihood, dataDim }: NetworkSpec,
  decoded: DecodedBatch,
  row: number,
): Decoded {
  const take = (values: Float32Array) =>
    Array.from(values.subarray(row * dataDim, (row + 1) * dataDim));
  if (decoded.logits) return { logits: take(decoded.logits) };
  if (decoded.variance) {
    return { mean: take(decoded.mean), variance: take(decoded.variance) };
  }
  const components = "components" in likelihood ? likelihood.components : 0;
  const takeAll = (values: Float32Array) =>
    Array.from({ length: components }, (_, k) => {
      const from = (row * components + k) * dataDim;
      return Array.from(values.subarray(from, from + dataDim));
    });
  return {
    components: {
      logits: takeAll(decoded.componentLogits!),
      mean: takeAll(decoded.componentMeans!),
      scale: takeAll(decoded.componentScales!),
    },
  };
}
