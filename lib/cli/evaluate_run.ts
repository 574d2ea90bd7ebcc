import {
  type Binarization,
  byteModel,
  EVALUATION_BINARIZATION_SEED,
  evaluationPixels,
  type ImageSet,
} from "../datasets/mod.ts";
import {
  ACTIVE_THRESHOLD,
  activeUnits,
  bitsPerDimension,
  encodeMeans,
  estimateNll,
  type EvaluationImages,
  evenlySpaced,
} from "../evaluation/mod.ts";
import { STREAMS } from "../math/mod.ts";
import type { Step } from "../models/mod.ts";
import {
  EVALUATION_NOISE_SEED,
  measureCode,
  measureSet,
  type Run,
  versions,
} from "../training/mod.ts";
import { annealRun } from "./anneal_run.ts";
import type {
  ActiveRecord,
  EvaluationRecord,
  NllRecord,
  OverImages,
} from "./evaluation_record.ts";
import { count } from "./numbers.ts";

/** How to evaluate. */
export interface EvaluateOptions {
  /** K. */
  readonly samples: number;
  /** How many test images the NLL is over; all of them if there are fewer. */
  readonly images: number;
  /** How many of them are annealed too; none if 0. */
  readonly ais: number;
  /** Chains of an image. */
  readonly aisChains: number;
  /** Steps of a chain. */
  readonly aisSteps: number;
  /** Told what is going on. */
  readonly onProgress?: (text: string) => void;
}

/** What is asked of a model that is judged. */
export type JudgedStep = Pick<Step, "evaluate" | "encode" | "logWeights">;

/** A trained model and the images to judge it by. */
export interface Trained {
  readonly run: Run;
  readonly step: JudgedStep;
  readonly test: ImageSet;
}

/**
 * Measures a trained model on its test set.
 *
 * The ELBO and its parts are over all images, by the same draws as during training. The
 * NLL is over images evenly spaced through the set, and so is the annealing, over fewer. All images are binarised once, by
 * the published seed.
 *
 * @param trained The run, its model and the test images.
 * @param options K, the number of images, and whom to tell.
 * @returns The results; no NLL and no active units for an autoencoder.
 */
export async function evaluateRun(
  { run, step, test }: Trained,
  { onProgress = () => {}, ...options }: EvaluateOptions,
): Promise<EvaluationRecord> {
  const { samples, images, ais, aisChains, aisSteps } = options;
  const { config: { dataset, training, versions: trainedWith }, spec } = run;
  const { binarization } = dataset;
  const isVae = spec.model === "vae";
  const pixels = (indices: Uint32Array): EvaluationImages => {
    const out = new Float32Array(indices.length * test.dataDim);
    evaluationPixels(test, { indices, binarization, out });
    return { pixels: out, count: indices.length };
  };
  const numbers = await measureSet(step, test, {
    binarization,
    onImages: (done) =>
      onProgress(`ELBO: ${count(done)} of ${count(test.count)} images`),
  });
  const { elbo, expectedLogLikelihood, kl } = numbers!;
  const of = byteModel(spec.likelihood.kind, binarization);
  const bits = of === undefined
    ? () => null
    : (nats: number) => bitsPerDimension(nats, { dataDim: spec.dataDim, of });
  return {
    run: run.path,
    model: spec.model,
    likelihood: spec.likelihood.kind,
    epochs: run.metrics.length,
    dataset: dataset.name,
    binarization,
    binarizationSeed: EVALUATION_BINARIZATION_SEED,
    isDensity: spec.likelihood.kind !== "bernoulli" || binarization !== "none",
    ofBytes: of ?? null,
    test: {
      images: test.count,
      expectedLogLikelihood,
      ...(isVae
        ? { elbo, kl, bitsPerDimension: bits(-elbo) }
        : { elbo: null, kl: null, bitsPerDimension: null }),
    },
    activeUnits: isVae
      ? await activeOf(step, {
        images: pixels(evenlySpaced(test.count, test.count)),
        latentDim: spec.latentDim,
      })
      : null,
    code: isVae ? await codeOf(step, { test, binarization }) : null,
    nll: isVae
      ? await nllOf(step, {
        images: pixels(evenlySpaced(test.count, images)),
        samples,
        bits,
        onProgress,
      })
      : null,
    annealed: isVae && ais > 0
      ? await annealRun(run, {
        images: pixels(evenlySpaced(test.count, ais)),
        indices: evenlySpaced(test.count, ais),
        chains: aisChains,
        steps: aisSteps,
        onImage: async (done) => {
          onProgress(`annealing: ${done} of ${count(ais)} images`);
          await new Promise((resolve) => setTimeout(resolve)); // Ctrl-C is heard.
        },
      })
      : null,
    provenance: {
      seed: training.seed,
      noiseSeed: EVALUATION_NOISE_SEED,
      sha256: dataset.sha256,
      versions: versions(),
      trainedWith,
      options,
    },
  };
}

async function activeOf(
  step: JudgedStep,
  { images, latentDim }: { images: EvaluationImages; latentDim: number },
): Promise<ActiveRecord | null> {
  if (images.count < 2) return null;
  const units = activeUnits(await encodeMeans(step, images), { latentDim });
  return { ...units, of: latentDim, threshold: ACTIVE_THRESHOLD };
}

async function codeOf(
  step: JudgedStep,
  { test, binarization }: { test: ImageSet; binarization: Binarization },
): Promise<EvaluationRecord["code"]> {
  const code = await measureCode(step, test, { binarization });
  if (code === undefined) return null;
  const { klByDimension, mutualInformation } = code;
  return { klByDimension, mutualInformation };
}

async function nllOf(
  step: JudgedStep,
  { images, samples, bits, onProgress }: {
    images: EvaluationImages;
    samples: number;
    bits: (nats: number) => number | null;
    onProgress: (text: string) => void;
  },
): Promise<NllRecord> {
  const estimate = await estimateNll(step, images, {
    numSamples: samples,
    // Another stream than the ELBO's, which has the same seed.
    noise: { seed: EVALUATION_NOISE_SEED, stream: STREAMS.monteCarlo },
    onProgress: (done) =>
      onProgress(
        `NLL: ${Math.floor(100 * done)}% of ${
          count(images.count)
        } images, K = ${samples}`,
      ),
  });
  const { nll, negativeElbo, samplingError, effectiveSampleSize } = estimate;
  const over = ({ mean, standardError }: OverImages) => ({ mean, standardError });
  const inBits = bits(nll.mean);
  return {
    ...over(nll),
    numSamples: samples,
    images: images.count,
    bitsPerDimension: inBits === null ? null : {
      mean: inBits,
      // A shift by 8 bits leaves the error alone.
      standardError: bits(nll.standardError)! - bits(0)!,
    },
    samplingError,
    negativeElbo: over(negativeElbo),
    effectiveSampleSize,
  };
}
