import type { BackendRequest } from "../backend/mod.ts";
import {
  coolingRate,
  type LinearVaeSetting,
  linearVaeSpec,
  pointsWithSpectrum,
  type TrainedLinearVae,
} from "../exact/mod.ts";
import { createStep, type Step } from "../models/mod.ts";
import { klByDimension, type NetworkSpec, VARIANCE_FLOOR } from "../networks/mod.ts";

/** How to train it. */
export interface SampledTraining {
  /** Of weights and noise. */
  readonly seed: number;
  /** Updates. */
  readonly steps: number;
  /** How often each point is in a batch, each time with noise of its own. */
  readonly copies: number;
  /** What computes. */
  readonly backend: BackendRequest;
}

/**
 * Trains a linear VAE as any other network is trained, and measures its KLs.
 *
 * Noise, gradient and Adam are those of {@linkcode Step}; only the data are special,
 * points whose covariance is known exactly, all of them in every batch.
 *
 * @param setting Eigenvalues, latentDim, variance and beta.
 * @param options Seed, steps, copies and backend.
 * @returns The KL of each dimension, and the variance.
 */
export async function sampledLinearVae(
  setting: LinearVaeSetting,
  { seed, steps, copies, backend }: SampledTraining,
): Promise<TrainedLinearVae> {
  const spec = linearVaeSpec(setting);
  const points = Float32Array.from(pointsWithSpectrum(setting.eigenvalues).flat());
  const images = new Float32Array(copies * points.length);
  for (let copy = 0; copy < copies; copy++) images.set(points, copy * points.length);
  const batchSize = images.length / spec.dataDim;
  const step = await createStep(spec, { seed, learningRate: coolingRate(0), backend });
  try {
    for (let t = 0; t < steps; t++) {
      step.setLearningRate(coolingRate(t / steps));
      await step.train({ images, batchSize, step: t });
    }
    return {
      kl: (await meanKl(step, points, spec)).sort((a, b) => b - a),
      variance: await varianceOf(step, spec),
    };
  } finally {
    step.dispose();
  }
}

async function meanKl(
  step: Step,
  points: Float32Array,
  { dataDim, latentDim }: NetworkSpec,
): Promise<number[]> {
  const count = points.length / dataDim;
  const { mean, logVar } = await step.encode(points, count);
  const sums = Array<number>(latentDim).fill(0);
  for (let i = 0; i < count; i++) {
    const row = [i * latentDim, (i + 1) * latentDim] as const;
    const one = { mean: mean.subarray(...row), logVar: logVar!.subarray(...row) };
    klByDimension(one).forEach((kl, j) => sums[j] += kl / count);
  }
  return sums;
}

async function varianceOf(step: Step, { likelihood }: NetworkSpec): Promise<number> {
  if (likelihood.kind === "gaussian" && typeof likelihood.variance === "number") {
    return likelihood.variance;
  }
  const { weights } = await step.state();
  return VARIANCE_FLOOR + Math.exp(weights.get("decoder.logVar")!.values[0]);
}
