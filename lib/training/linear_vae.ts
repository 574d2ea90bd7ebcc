import type { BackendRequest, Step } from "../models/mod.ts";
import { klByDimension, type NetworkSpec, VARIANCE_FLOOR } from "../networks/mod.ts";

/** A linear VAE to train, by what its optimum depends on. */
export interface LinearVaeSetting {
  /** Of the covariance of the data, `[dataDim]`. */
  readonly eigenvalues: readonly number[];
  /** Numbers in one z. */
  readonly latentDim: number;
  /** s^2 of p(x|z); `shared`: learnt with the rest. */
  readonly variance: number | "shared";
  /** The weight of the KL. */
  readonly beta: number;
}

/** How to train it; the defaults get a KL right to about a hundredth. */
export interface LinearVaeTraining {
  /** Of weights and noise, 0 unless told. */
  readonly seed?: number;
  /** Updates, 6000 unless told. */
  readonly steps?: number;
  /** How often each point is in a batch, each time with noise of its own; 64. */
  readonly copies?: number;
  /** What computes, "auto" unless told. */
  readonly backend?: BackendRequest;
}

/** What was measured of a trained linear VAE. */
export interface TrainedLinearVae {
  /** The mean over the data of each dimension's KL in nats, largest first. */
  readonly kl: readonly number[];
  /** s^2 of p(x|z), as set or as learnt. */
  readonly variance: number;
}

/** The rate at the start; it falls a thousandfold over the last two thirds. */
const LEARNING_RATE = 0.1;

/**
 * Makes points whose covariance (divisor n) has exactly the given eigenvalues.
 *
 * Two points for each, `+-sqrt(dataDim lambda_i) u_i`, with the orthonormal cosines
 * u_i of the discrete cosine transform for eigenvectors; their mean is 0.
 *
 * @param eigenvalues `[dataDim]`.
 * @returns `[2 dataDim, dataDim]`, row-major.
 *
 * @example A variance of 4 and one of 1
 * ```ts
 * import { pointsWithSpectrum } from "elbo/training";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const points = pointsWithSpectrum([4, 1]);
 * const squares = points.reduce((sum, value) => sum + value * value, 0);
 * assertAlmostEquals(squares / 4, 4 + 1, 1e-6); // the trace
 * ```
 */
export function pointsWithSpectrum(eigenvalues: readonly number[]): Float32Array {
  const size = eigenvalues.length;
  const points = new Float32Array(2 * size * size);
  eigenvalues.forEach((eigenvalue, i) => {
    const length = Math.sqrt((i === 0 ? 1 : 2) * eigenvalue);
    for (let k = 0; k < size; k++) {
      const value = length * Math.cos(Math.PI * i * (k + 0.5) / size);
      points[2 * i * size + k] = value;
      points[(2 * i + 1) * size + k] = -value;
    }
  });
  return points;
}

/**
 * Trains a linear VAE as any other network is trained, and measures its KLs.
 *
 * Encoder and decoder have no hidden layer. Noise, gradient and Adam are those of
 * {@linkcode Step}; only the data are special, points whose covariance is known
 * exactly, all of them in every batch.
 *
 * @param setting Eigenvalues, latentDim, variance and beta.
 * @param options Seed, steps, copies and backend.
 * @returns The KL of each dimension, and the variance.
 * @throws {RangeError} If the setting describes no network.
 *
 * @example One direction of the data far above the noise
 * ```ts
 * import { trainLinearVae } from "elbo/training";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const setting = { eigenvalues: [4, 0.1], latentDim: 1, variance: 0.5, beta: 1 };
 * const options = { steps: 300, backend: "cpu" } as const;
 * const { kl } = await trainLinearVae(setting, options);
 * assertAlmostEquals(kl[0], Math.log(4 / 0.5) / 2, 0.1);
 * ```
 */
export async function trainLinearVae(
  { eigenvalues, latentDim, variance, beta }: LinearVaeSetting,
  { seed = 0, steps = 6000, copies = 64, backend }: LinearVaeTraining = {},
): Promise<TrainedLinearVae> {
  const spec: NetworkSpec = {
    model: "vae",
    dataDim: eigenvalues.length,
    hidden: [],
    latentDim,
    activation: "tanh",
    likelihood: { kind: "gaussian", variance },
    beta,
  };
  const points = pointsWithSpectrum(eigenvalues);
  const images = new Float32Array(copies * points.length);
  for (let copy = 0; copy < copies; copy++) images.set(points, copy * points.length);
  const batchSize = images.length / spec.dataDim;
  const { createStep } = await import("../models/mod.ts");
  const step = await createStep(spec, { seed, learningRate: LEARNING_RATE, backend });
  try {
    for (let t = 0; t < steps; t++) {
      const cooled = Math.max(0, (t / steps - 1 / 3) * 3 / 2);
      step.setLearningRate(LEARNING_RATE * 1000 ** -cooled);
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
    const kls = klByDimension({
      mean: mean.subarray(...row),
      logVar: logVar!.subarray(...row),
    });
    kls.forEach((kl, j) => sums[j] += kl / count);
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
