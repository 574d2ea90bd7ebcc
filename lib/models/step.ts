import * as tf from "@tensorflow/tfjs";
import { type BackendRequest, chooseBackend } from "../backend/mod.ts";
import { STREAMS } from "../math/mod.ts";
import {
  checkSpec,
  checkWeights,
  initialWeights,
  type NetworkSpec,
  type Weights,
} from "../networks/mod.ts";
import { type AdamState, disposeAdam, startAdam, updateAdam } from "./adam.ts";
import { ADAM_EPSILON } from "./adam_rate.ts";
import { batchNumbers } from "./batch_numbers.ts";
import { uploadBatch, uploadImages, uploadMatrix } from "./batch_tensors.ts";
import { checkBeta, checkCount, checkPositive, checkSize, checkVae } from "./checks.ts";
import { decode, encode } from "./forward.ts";
import { kSampleGradient } from "./k_sample.ts";
import { likelihoodParameters } from "./likelihood.ts";
import { logWeights } from "./log_weights.ts";
import { type ElboRows, elboRows, objectiveGradient } from "./objective.ts";
import { followVariance } from "./shared_variance.ts";
import type {
  Batch,
  BatchNumbers,
  Noise,
  Step,
  TrainBatch,
  TrainState,
} from "./types.ts";
import { downloadWeights, uploadWeights } from "./weight_tensors.ts";

/** What a step needs besides the network. */
export interface StepOptions {
  /** Addresses the first weights and the noise of training. */
  readonly seed: number;
  /** Of Adam, above 0; {@linkcode Step.setLearningRate} changes it. */
  readonly learningRate: number;
  /** What Adam adds to the root of its second moment, above 0; 1e-8 unless told. */
  readonly adamEpsilon?: number;
  /** The weights to start from; else `initialWeights` of the seed. */
  readonly weights?: Weights;
  /** Where tensors live and operations run, "auto" unless told. */
  readonly backend?: BackendRequest;
}

/**
 * Makes a network ready to train with Adam on tfjs.
 *
 * All randomness is addressed: eps of row i and column j in step t is the normal at
 * (seed, STREAMS.noise, t, i, j), so it is the same on every backend and after a
 * resume. On one machine and backend, equal calls give equal bits.
 *
 * @param spec The network.
 * @param options Seed, learning rate, first weights and backend.
 * @returns The step; its owner calls `dispose`.
 * @throws {RangeError} If an option is out of range or the weights do not fit.
 * @throws {Error} If the backend cannot run here.
 *
 * @example One step on two images of four pixels
 * ```ts
 * import { createStep } from "elbo/models";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const step = await createStep({
 *   model: "vae",
 *   dataDim: 4,
 *   hidden: [8],
 *   latentDim: 2,
 *   activation: "relu",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * }, { seed: 0, learningRate: 1e-3, backend: "cpu" });
 *
 * const images = Float32Array.of(1, 1, 0, 0, 0, 0, 1, 1);
 * const numbers = await step.train({ images, batchSize: 2, step: 0 });
 * assertAlmostEquals(numbers.objective, -numbers.elbo); // beta is 1
 * step.dispose();
 * ```
 */
export async function createStep(
  spec: NetworkSpec,
  { seed, learningRate, adamEpsilon = ADAM_EPSILON, weights, backend = "auto" }:
    StepOptions,
): Promise<Step> {
  checkPositive("learningRate", learningRate);
  checkPositive("adamEpsilon", adamEpsilon);
  await chooseBackend(backend);
  const first = weights ?? initialWeights(spec, { seed });
  return new TfjsStep(spec, { seed, learningRate, adamEpsilon, weights: first });
}

class TfjsStep implements Step {
  readonly #spec: NetworkSpec;
  readonly #noise: Noise;
  readonly #epsilon: number;
  #learningRate: number;
  #adam: AdamState;

  constructor(
    spec: NetworkSpec,
    { seed, learningRate, adamEpsilon, weights }: Required<
      Omit<StepOptions, "backend">
    >,
  ) {
    this.#spec = spec;
    this.#noise = { seed, stream: STREAMS.noise };
    this.#epsilon = adamEpsilon;
    this.#learningRate = learningRate;
    this.#adam = startAdam(uploadWeights(spec, weights));
  }

  async train(batch: TrainBatch): Promise<BatchNumbers> {
    const { beta = this.#spec.beta, batchSize } = batch;
    const spec = { ...this.#spec, beta };
    const { samples = 1 } = spec;
    checkBeta("train", beta);
    checkSpec(spec); // samples above 1 know no other beta than 1
    const { rows } = await takeAll(() => {
      const noise = this.#noise;
      const tensors = uploadBatch(spec, batch, { noise, samples, act: "train" });
      const { weights } = this.#adam;
      const gradientOf = samples > 1 ? kSampleGradient : objectiveGradient;
      const { rows, bounds, penalties, gradient, batchLogVar } = gradientOf(
        spec,
        weights,
        tensors,
      );
      this.#adam = updateAdam(this.#adam, gradient, {
        learningRate: this.#learningRate,
        epsilon: this.#epsilon,
      });
      if (batchLogVar) this.#adam = followVariance(this.#adam, batchLogVar);
      return { rows: joinRows(rows, bounds ?? penalties) };
    });
    return numbersOf(rows, { spec, batchSize });
  }

  async evaluate(batch: Batch & { noise: Noise }): Promise<BatchNumbers> {
    const { noise } = batch;
    const { rows } = await takeAll(() => {
      const tensors = uploadBatch(this.#spec, batch, { noise, act: "evaluate" });
      return { rows: joinRows(elboRows(this.#spec, this.#adam.weights, tensors)) };
    });
    const spec = { ...this.#spec, beta: 1, samples: 1 };
    return numbersOf(rows, { spec, batchSize: batch.batchSize });
  }

  async encode(images: Float32Array, batchSize: number) {
    return await takeAll(() => {
      const x = uploadImages(this.#spec, { images, batchSize, act: "encode" });
      const { mean, logVar } = encode(this.#spec, this.#adam.weights, x);
      return logVar ? { mean, logVar } : { mean };
    });
  }

  async decode(z: Float32Array, batchSize: number) {
    return await takeAll(() => {
      const codes = uploadMatrix(z, {
        act: "decode",
        name: "z",
        rows: ["batchSize", batchSize],
        columns: ["latentDim", this.#spec.latentDim],
      });
      return likelihoodParameters(
        this.#spec,
        decode(this.#spec, this.#adam.weights, codes),
      );
    });
  }

  async logWeights(batch: Batch & { numSamples: number; noise: Noise }) {
    const act = "weigh samples";
    const { numSamples, noise, step } = batch;
    checkVae(act, this.#spec);
    checkSize(act, "numSamples", numSamples);
    const { weights } = this.#adam;
    const { values } = await takeAll(() => {
      const images = uploadImages(this.#spec, { ...batch, act });
      const options = { images, numSamples, noise: { ...noise, step } };
      return { values: logWeights(this.#spec, weights, options) };
    });
    return values;
  }

  async state(): Promise<TrainState> {
    const { step, weights, firstMoment, secondMoment } = this.#adam;
    const copies = [weights, firstMoment, secondMoment].map(downloadWeights);
    const [w, m, v] = await Promise.all(copies);
    return { step, weights: w, firstMoment: m, secondMoment: v };
  }

  restore({ step, weights, firstMoment, secondMoment }: TrainState): void {
    checkCount("restore a state", "step", step);
    for (const tensors of [weights, firstMoment, secondMoment]) {
      checkWeights(this.#spec, tensors);
    }
    disposeAdam(this.#adam);
    this.#adam = {
      step,
      weights: uploadWeights(this.#spec, weights),
      firstMoment: uploadWeights(this.#spec, firstMoment),
      secondMoment: uploadWeights(this.#spec, secondMoment),
    };
  }

  setLearningRate(learningRate: number): void {
    checkPositive("learningRate", learningRate);
    this.#learningRate = learningRate;
  }

  dispose(): void {
    disposeAdam(this.#adam);
  }
}

// One tensor, so that a graphics processor is asked once for all numbers of a step.
function joinRows(
  { expectedLogLikelihood, kl }: ElboRows,
  rest?: tf.Tensor1D,
): tf.Tensor1D {
  if (!kl) return expectedLogLikelihood;
  return tf.concat([expectedLogLikelihood, kl, ...rest ? [rest] : []]);
}

// The rows that `joinRows` joined, as numbers.
function numbersOf(
  rows: Float32Array,
  { spec, batchSize }: { spec: NetworkSpec; batchSize: number },
): BatchNumbers {
  const rest = rows.subarray(2 * batchSize);
  const bounds = (spec.samples ?? 1) > 1 ? rest : undefined;
  return batchNumbers({
    expectedLogLikelihood: rows.subarray(0, batchSize),
    kl: rows.subarray(batchSize, 2 * batchSize),
    bounds,
    penalties: rest.length > 0 && !bounds ? rest : undefined,
  }, spec);
}

// Runs `compute`, reads the tensors that it returns and frees all others.
async function takeAll<Tensors extends Record<string, tf.Tensor | undefined>>(
  compute: () => Tensors,
): Promise<{ [name in keyof Tensors]: Float32Array }> {
  const tensors = tf.tidy(compute);
  const values: Record<string, Float32Array> = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor) values[name] = await tensor.data() as Float32Array;
  }
  tf.dispose(tensors);
  return values as { [name in keyof Tensors]: Float32Array };
}
