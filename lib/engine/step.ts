import { STREAMS } from "../math/random_address.ts";
// Not by models' mod.ts, which loads tfjs.
import { ADAM_EPSILON, adamRate } from "../models/adam_rate.ts";
import { batchNumbers } from "../models/batch_numbers.ts";
import { checkBeta, checkCount, checkPositive, checkSize } from "../models/checks.ts";
import type {
  Batch,
  BatchNumbers,
  DecodedBatch,
  Noise,
  Step,
  TrainBatch,
  TrainState,
} from "../models/types.ts";
import {
  checkSpec,
  checkWeights,
  initialWeights,
  type NetworkSpec,
  type Weights,
} from "../networks/mod.ts";
import { hasRelaxed } from "../simd/mod.ts";
import { ForwardPasses } from "./forward_passes.ts";
import { engineGap } from "./layers.ts";
import { Team } from "./team.ts";
import { type Part, readParameters, writeParameters } from "./transfer.ts";

/** What the engine needs besides the network. */
export interface EngineOptions {
  /** Addresses the first weights and the noise of training. */
  readonly seed: number;
  /** Of Adam, above 0. */
  readonly learningRate: number;
  /** What Adam adds to the root of its second moment, above 0; 1e-8 unless told. */
  readonly adamEpsilon?: number;
  /** The weights to start from; else `initialWeights` of the seed. */
  readonly weights?: Weights;
  /** Threads that compute; as many as there are cores unless told, at most 8. */
  readonly threads?: number;
  /**
   * The share of non-zero numbers in a layer's input below which its products leave the
   * zeros out, 0.65 unless told: both ways take as long there, and give the same bits.
   */
  readonly sparseBelow?: number;
  /**
   * Whether products may round x y + z once, where the machine can: faster on some, and
   * the bits are then those of this machine only, on any number of threads. Default no.
   */
  readonly relaxed?: boolean;
  /** Told in one line if it has to run on one thread. */
  readonly onNote?: (text: string) => void;
  /** How long another thread may stand still before it is given up, 30 s. */
  readonly patienceMs?: number;
}

/** More threads than this were never seen to help: rows of a batch are few. */
const MOST_THREADS = 8;

/**
 * Makes a dense network ready to train with Adam, on hand-derived gradients: a `Step`
 * without tfjs.
 *
 * The numbers are those of the other step but for float32 rounding, and the state is
 * interchangeable. All arithmetic is WebAssembly's exact vector instructions, in an
 * order that does not depend on the threads: equal calls give equal bits on any number
 * of threads, on any machine (unless `relaxed`).
 *
 * Threads are workers, which need permission to read this library. Where they cannot be
 * had one thread does all, to the same bits.
 *
 * @param spec The network.
 * @param options Seed, learning rate, first weights and threads.
 * @returns The step; its owner calls `dispose`.
 * @throws {RangeError} If an option is out of range, the weights do not fit, the memory
 * cannot be had, or the engine does not know the network: see `engineGap`.
 * @throws {Error} If `relaxed` is asked for where there are no such instructions.
 *
 * @example One step on two images of four pixels
 * ```ts
 * import { createEngineStep } from "elbo/engine";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const step = await createEngineStep({
 *   model: "vae",
 *   dataDim: 4,
 *   hidden: [8],
 *   latentDim: 2,
 *   activation: "relu",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * }, { seed: 0, learningRate: 1e-3, threads: 1 });
 *
 * const images = Float32Array.of(1, 1, 0, 0, 0, 0, 1, 1);
 * const numbers = await step.train({ images, batchSize: 2, step: 0 });
 * assertAlmostEquals(numbers.objective, -numbers.elbo); // beta is 1
 * step.dispose();
 * ```
 */
export async function createEngineStep(
  spec: NetworkSpec,
  options: EngineOptions,
): Promise<Step> {
  const { seed, learningRate, adamEpsilon = ADAM_EPSILON, weights } = options;
  const { threads = defaultThreads(), sparseBelow = 0.65, relaxed = false } = options;
  const gap = engineGap(spec);
  if (gap !== undefined) {
    throw new RangeError(
      `Cannot run the engine as it must know the network: ${gap}; take --engine tfjs`,
    );
  }
  checkPositive("learningRate", learningRate);
  checkPositive("adamEpsilon", adamEpsilon);
  checkSize("run the engine", "threads", threads);
  if (relaxed && !hasRelaxed()) {
    throw new Error(
      "Cannot run the relaxed engine as WebAssembly must have the relaxed instructions " +
        "here: it has none; take --engine simd",
    );
  }
  const first = weights ?? initialWeights(spec, { seed });
  checkWeights(spec, first);
  const arithmetic = { sparseBelow, relaxed };
  const team = await Team.start(spec, { ...options, threads, arithmetic });
  return new EngineStep(spec, {
    seed,
    learningRate,
    adamEpsilon,
    weights: first,
    team,
  });
}

function defaultThreads(): number {
  return Math.min(navigator.hardwareConcurrency, MOST_THREADS);
}

const PARTS = {
  weights: "value",
  firstMoment: "firstMoment",
  secondMoment: "secondMoment",
} as const satisfies Record<keyof Omit<TrainState, "step">, Part>;

class EngineStep implements Step {
  readonly #spec: NetworkSpec;
  readonly #noise: Noise;
  readonly #team: Team;
  readonly #passes: ForwardPasses;
  readonly #epsilon: number;
  #learningRate: number;
  #step = 0;
  /** The copy that was taken back. */
  #spare?: TrainState;

  constructor(
    spec: NetworkSpec,
    { seed, learningRate, adamEpsilon, weights, team }: {
      seed: number;
      learningRate: number;
      adamEpsilon: number;
      weights: Weights;
      team: Team;
    },
  ) {
    this.#spec = spec;
    this.#noise = { seed, stream: STREAMS.noise };
    this.#learningRate = learningRate;
    this.#epsilon = adamEpsilon;
    this.#team = team;
    this.#passes = new ForwardPasses(spec, team);
    this.#write("weights", weights);
    this.#team.weightsWereWritten();
  }

  train(batch: TrainBatch): Promise<BatchNumbers> {
    return attempt(() => {
      const { beta = this.#spec.beta, batchSize } = batch;
      checkBeta("train", beta);
      checkSpec({ ...this.#spec, beta }); // samples above 1 know no other beta than 1
      this.#passes.checkImages("train", batch);
      checkCount("train", "step", batch.step);
      this.#team.reserve(batchSize);
      this.#passes.writeImages(batch.images);
      const adam = adamRate(this.#step + 1, {
        learningRate: this.#learningRate,
        epsilon: this.#epsilon,
      });
      const { samples = 1 } = this.#spec;
      this.#passes.run("train", batchSize, {
        ...{ ...this.#noise, step: batch.step, samples, rowsPerSample: batchSize },
        ...{ beta, ...adam },
      });
      this.#step++;
      const numbers = this.#passes.trainedNumbers(batchSize);
      return batchNumbers(numbers, { ...this.#spec, beta });
    });
  }

  evaluate(batch: Batch & { noise: Noise }): Promise<BatchNumbers> {
    return attempt(() => this.#passes.evaluate(batch));
  }

  encode(images: Float32Array, batchSize: number) {
    return attempt(() => this.#passes.encode(images, batchSize));
  }

  decode(z: Float32Array, batchSize: number): Promise<DecodedBatch> {
    return attempt(() => this.#passes.decode(z, batchSize));
  }

  logWeights(batch: Batch & { numSamples: number; noise: Noise }) {
    return attempt(() => this.#passes.logWeights(batch));
  }

  state(): Promise<TrainState> {
    const { floats, layout } = this.#team;
    const spare = this.#spare;
    this.#spare = undefined;
    const read = (name: keyof typeof PARTS) =>
      readParameters(floats, { layout, part: PARTS[name], room: spare?.[name] });
    return Promise.resolve({
      step: this.#step,
      weights: read("weights"),
      firstMoment: read("firstMoment"),
      secondMoment: read("secondMoment"),
    });
  }

  takeBack(state: TrainState): void {
    this.#spare = state;
  }

  restore(state: TrainState): void {
    checkCount("restore a state", "step", state.step);
    const names = ["weights", "firstMoment", "secondMoment"] as const;
    for (const name of names) checkWeights(this.#spec, state[name]);
    for (const name of names) this.#write(name, state[name]);
    this.#team.weightsWereWritten();
    this.#step = state.step;
  }

  setLearningRate(learningRate: number): void {
    checkPositive("learningRate", learningRate);
    this.#learningRate = learningRate;
  }

  dispose(): void {
    this.#team.dispose();
  }

  #write(name: keyof typeof PARTS, weights: Weights): void {
    const { floats, layout } = this.#team;
    writeParameters(floats, { layout, part: PARTS[name], weights });
  }
}

// Errors reach the caller by the promise, as of a step that waits for its device.
function attempt<T>(compute: () => T): Promise<T> {
  return new Promise((resolve) => resolve(compute()));
}
