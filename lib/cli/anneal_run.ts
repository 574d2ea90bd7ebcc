import { annealImage, type EvaluationImages } from "../evaluation/mod.ts";
import { type Estimate, summarize } from "../math/mod.ts";
import { EVALUATION_NOISE_SEED, loadModel, type Run } from "../training/mod.ts";
import type { AnnealedRecord, OverImages } from "./evaluation_record.ts";

/** What to anneal, and how carefully. */
export interface AnnealRunOptions {
  /** The test images, [count, dataDim], and their places in the set. */
  readonly images: EvaluationImages;
  readonly indices: Uint32Array;
  readonly chains: number;
  readonly steps: number;
  /** Told how many images are done. */
  readonly onImage: (done: number) => Promise<void>;
}

/**
 * Anneals some test images under a trained model, in float64.
 *
 * @param run The run.
 * @param options The images, chains and steps.
 * @returns The means over the images, and the numbers of each.
 */
export async function annealRun(
  run: Run,
  { images: { pixels, count }, indices, chains, steps, onImage }: AnnealRunOptions,
): Promise<AnnealedRecord> {
  const weights = await loadModel(run);
  const { dataDim } = run.spec;
  const byImage: AnnealedRecord["byImage"][number][] = [];
  for (let i = 0; i < count; i++) {
    const x = [...pixels.subarray(i * dataDim, (i + 1) * dataDim)];
    const index = indices[i];
    const dice = { seed: EVALUATION_NOISE_SEED, index };
    byImage.push({
      index,
      ...annealImage(run.spec, weights, x, { chains, steps, ...dice }),
    });
    await onImage(i + 1);
  }
  return { images: count, chains, steps, ...summaryOf(byImage), byImage };
}

function summaryOf(
  images: AnnealedRecord["byImage"],
): Omit<AnnealedRecord, "images" | "chains" | "steps" | "byImage"> {
  const over = (valueOf: (image: typeof images[number]) => number): OverImages => {
    const { mean, standardError }: Estimate = summarize(images.map(valueOf));
    return { mean, standardError };
  };
  const squares = images.map(({ annealed }) => annealed.standardError ** 2);
  const isExact = images.every(({ exact }) => exact !== null);
  return {
    nll: over(({ annealed }) => -annealed.mean),
    samplingError: Math.sqrt(squares.reduce((a, b) => a + b)) / images.length,
    exactNll: isExact ? over(({ exact }) => -exact!) : null,
    negativeElbo: over(({ elbo }) => -elbo.mean),
    approximation: over(({ exact, annealed, bestElbo }) =>
      (exact ?? annealed.mean) - bestElbo.mean
    ),
    amortization: over(({ elbo, bestElbo }) => bestElbo.mean - elbo.mean),
  };
}
