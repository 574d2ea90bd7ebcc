/**
 * Compares runs in pairs, image by image:
 *
 *     deno run --allow-read bench/paired_nll.ts IMAGES SAMPLES RUN OTHER [RUN OTHER ...]
 *
 * Both of a pair see the same test images, evenly spaced and made binary once, and the
 * same noise. Prints both NLLs and their difference with its error over images.
 */
import { evaluationPixels } from "elbo/datasets";
import { estimateNll, evenlySpaced } from "elbo/evaluation";
import { pairedDifference, STREAMS, summarize } from "elbo/math";
import { EVALUATION_NOISE_SEED, openRun, runDataset } from "elbo/training";
import { trainedStep } from "../lib/cli/trained_step.ts";

const [wanted, numSamples] = Deno.args.slice(0, 2).map(Number);
const runs = Deno.args.slice(2);
const noise = { seed: EVALUATION_NOISE_SEED, stream: STREAMS.monteCarlo };

async function nllsOf(path: string): Promise<number[]> {
  const run = await openRun(path);
  const { test } = await runDataset(run, { act: "evaluate" });
  const indices = evenlySpaced(test.count, wanted);
  const pixels = new Float32Array(indices.length * test.dataDim);
  const { binarization } = run.config.dataset;
  evaluationPixels(test, { indices, binarization, out: pixels });
  const step = await trainedStep(run, {});
  const images = { pixels, count: indices.length };
  const { images: found } = await estimateNll(step, images, { numSamples, noise });
  step.dispose();
  return found.map(({ logMeanWeight }) => -logMeanWeight);
}

const shown = ({ mean, standardError }: { mean: number; standardError: number }) =>
  `${mean.toFixed(3)} +- ${standardError.toFixed(3)}`;

for (let i = 0; i + 1 < runs.length; i += 2) {
  const [left, right] = [await nllsOf(runs[i]), await nllsOf(runs[i + 1])];
  const difference = pairedDifference(left, right);
  console.log(`${runs[i]}   ${shown(summarize(left))}`);
  console.log(`${runs[i + 1]}   ${shown(summarize(right))}`);
  const ratio = difference.mean / difference.standardError;
  console.log(`  difference ${shown(difference)}, ${ratio.toFixed(1)} errors`);
}
