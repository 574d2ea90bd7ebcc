import { normals, STREAMS, uniforms } from "../math/mod.ts";
import type { Step } from "../models/mod.ts";
import type { NetworkSpec } from "../networks/mod.ts";

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
  const { latentDim, dataDim, likelihood } = spec;
  const means = new Float32Array(count * dataDim);
  const draws = new Float32Array(count * dataDim);
  const stream = STREAMS.sampling;
  for (let first = 0; first < count; first += BATCH) {
    const rows = Math.min(BATCH, count - first);
    const at = { seed, stream, rows, firstRow: first };
    const z = Float32Array.from(normals({ ...at, step: Z_STEP, columns: latentDim }));
    const { mean, variance } = await step.decode(z, rows);
    means.set(mean, first * dataDim);
    const pixels = { ...at, step: X_STEP, columns: dataDim };
    const noise = likelihood.kind === "bernoulli" ? uniforms(pixels) : normals(pixels);
    draws.set(
      mean.map((value, i) =>
        variance ? value + Math.sqrt(variance[i]) * noise[i] : noise[i] < value ? 1 : 0
      ),
      first * dataDim,
    );
  }
  return { means, draws };
}
