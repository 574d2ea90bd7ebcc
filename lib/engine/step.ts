import { sigmoid } from "../math/logistic.ts";
import { STREAMS } from "../math/random_address.ts";
// Not by models' mod.ts, which loads tfjs.
import { ADAM_EPSILON, adamRate } from "../models/adam_rate.ts";
import { batchNumbers } from "../models/batch_numbers.ts";
import {
  checkBeta,
  checkCount,
  checkMatrix,
  checkPositive,
  checkSize,
  checkVae,
} from "../models/checks.ts";
import type {
  Batch,
  BatchNumbers,
  Noise,
  Step,
  TrainBatch,
  TrainState,
} from "../models/types.ts";
import {
  checkWeights,
  initialWeights,
  type NetworkSpec,
  VARIANCE_FLOOR,
  type Weights,
} from "../networks/mod.ts";
import type { Command } from "./control.ts";
import { engineGap } from "./layers.ts";
import { FLOAT_BYTES, SAMPLES_AT_ONCE } from "./layout.ts";
import {
  type Part,
  readHead,
  readParameters,
  writeParameters,
  writeRows,
} from "./transfer.ts";
import { Team } from "./team.ts";

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
   * zeros out, 0.5 unless told: both ways take as long there, and give the same bits.
   */
  readonly sparseBelow?: number;
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
 * of threads, on any machine.
 *
 * Threads are workers, which need permission to read this library. Where they cannot be
 * had one thread does all, to the same bits.
 *
 * @param spec The network.
 * @param options Seed, learning rate, first weights and threads.
 * @returns The step; its owner calls `dispose`.
 * @throws {RangeError} If an option is out of range, the weights do not fit, the memory
 * cannot be had, or the engine does not know the network: see `engineGap`.
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
  const { threads = defaultThreads() } = options;
  const gap = engineGap(spec);
  if (gap !== undefined) {
    throw new RangeError(
      `Cannot run the engine as it must know the network: ${gap}; take --engine tfjs`,
    );
  }
  checkPositive("learningRate", learningRate);
  checkPositive("adamEpsilon", adamEpsilon);
  checkSize("run the engine", "threads", threads);
  const first = weights ?? initialWeights(spec, { seed });
  checkWeights(spec, first);
  const team = await Team.start(spec, { ...options, threads });
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

/** Nothing of a command that an operation may not look at. */
const NO_NOISE = {
  seed: 0,
  stream: 0,
  step: 0,
  firstRow: 0,
  samples: 0,
  rowsPerSample: 0,
};
const NO_UPDATE = { beta: 0, shareM: 0, shareV: 0, rate: 0, epsilon: 0 };

class EngineStep implements Step {
  readonly #spec: NetworkSpec;
  readonly #noise: Noise;
  readonly #team: Team;
  readonly #epsilon: number;
  #learningRate: number;
  #step = 0;

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
    this.#write("weights", weights);
    this.#team.weightsWereWritten();
  }

  train(batch: TrainBatch): Promise<BatchNumbers> {
    return attempt(() => {
      const { beta = this.#spec.beta, batchSize } = batch;
      checkBeta("train", beta);
      this.#checkImages("train", batch);
      checkCount("train", "step", batch.step);
      this.#team.reserve(batchSize);
      this.#writeImages(batch.images);
      const adam = adamRate(this.#step + 1, {
        learningRate: this.#learningRate,
        epsilon: this.#epsilon,
      });
      this.#run("train", batchSize, {
        ...{ ...this.#noise, step: batch.step, beta, ...adam },
      });
      this.#step++;
      return batchNumbers(this.#rowNumbers(batchSize), { ...this.#spec, beta });
    });
  }

  evaluate(batch: Batch & { noise: Noise }): Promise<BatchNumbers> {
    return attempt(() => {
      this.#checkImages("evaluate", batch);
      const { images, batchSize, noise, step } = batch;
      const expectedLogLikelihood = new Float32Array(batchSize);
      const kl = new Float32Array(batchSize);
      this.#inChunks(batchSize, ({ first, rows }) => {
        const { dataDim } = this.#spec;
        this.#writeImages(images.subarray(first * dataDim, (first + rows) * dataDim));
        this.#run("measure", rows, { ...noise, step, firstRow: first });
        const numbers = this.#rowNumbers(rows);
        expectedLogLikelihood.set(numbers.expectedLogLikelihood, first);
        kl.set(numbers.kl, first);
      });
      return batchNumbers({ expectedLogLikelihood, kl }, { ...this.#spec, beta: 1 });
    });
  }

  encode(images: Float32Array, batchSize: number) {
    return attempt(() => {
      this.#checkImages("encode", { images, batchSize });
      const { dataDim, latentDim, model } = this.#spec;
      const mean = new Float32Array(batchSize * latentDim);
      const logVar = new Float32Array(batchSize * latentDim);
      this.#inChunks(batchSize, ({ first, rows }) => {
        this.#writeImages(images.subarray(first * dataDim, (first + rows) * dataDim));
        this.#run("encode", rows);
        const { layers } = this.#team.layout;
        const top = layers.findLast(({ layer }) => layer.part === "encoder")!;
        const [ofMean, ofLogVar] = top.layer.heads;
        readHead(this.#team, { from: top.output, head: ofMean, to: mean, first, rows });
        if (ofLogVar) {
          readHead(this.#team, {
            ...{ from: top.output, head: ofLogVar, to: logVar, first, rows },
          });
        }
      });
      return model === "vae" ? { mean, logVar } : { mean };
    });
  }

  decode(z: Float32Array, batchSize: number) {
    return attempt(() => {
      const { latentDim } = this.#spec;
      checkMatrix(z, {
        act: "decode",
        name: "z",
        rows: ["batchSize", batchSize],
        columns: ["latentDim", latentDim],
      });
      return this.#decoded(z, batchSize);
    });
  }

  logWeights(batch: Batch & { numSamples: number; noise: Noise }) {
    return attempt(() => {
      const act = "weigh samples";
      const { images, batchSize, numSamples } = batch;
      checkVae(act, this.#spec);
      checkSize(act, "numSamples", numSamples);
      this.#checkImages(act, batch);
      const weights = new Float32Array(numSamples * batchSize);
      this.#inChunks(batchSize, ({ first, rows }) => {
        const { dataDim } = this.#spec;
        this.#writeImages(images.subarray(first * dataDim, (first + rows) * dataDim));
        this.#run("encode", rows);
        this.#weigh(weights, { batch, first, rows });
      });
      return weights;
    });
  }

  state(): Promise<TrainState> {
    const { floats, layout } = this.#team;
    const read = (name: keyof typeof PARTS) =>
      readParameters(floats, { layout, part: PARTS[name] });
    return Promise.resolve({
      step: this.#step,
      weights: read("weights"),
      firstMoment: read("firstMoment"),
      secondMoment: read("secondMoment"),
    });
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

  #run(
    operation: Command["operation"],
    rows: number,
    others: Partial<Omit<Command, "operation" | "rows" | "batchRows">> = {},
  ): void {
    this.#team.run({ operation, rows, ...NO_NOISE, ...NO_UPDATE, ...others });
  }

  #write(name: keyof typeof PARTS, weights: Weights): void {
    const { floats, layout } = this.#team;
    writeParameters(floats, { layout, part: PARTS[name], weights });
  }

  #checkImages(
    act: string,
    { images, batchSize }: { images: Float32Array; batchSize: number },
  ): void {
    checkMatrix(images, {
      ...{ act, name: "images" },
      rows: ["batchSize", batchSize],
      columns: ["dataDim", this.#spec.dataDim],
    });
  }

  // Forward passes need no more room than a batch of training has.
  #inChunks(
    batchSize: number,
    run: (chunk: { first: number; rows: number }) => void,
  ): void {
    const most = this.#team.layout.batchRows;
    for (let first = 0; first < batchSize; first += most) {
      run({ first, rows: Math.min(most, batchSize - first) });
    }
  }

  #writeImages(images: Float32Array): void {
    writeRows(this.#team, {
      to: this.#team.layout.images,
      values: images,
      columns: this.#spec.dataDim,
    });
  }

  #rowNumbers(rows: number) {
    const { layout: { logLikelihood, kl }, floats } = this.#team;
    const read = (address: number) =>
      floats.slice(address / FLOAT_BYTES, address / FLOAT_BYTES + rows);
    return {
      expectedLogLikelihood: read(logLikelihood),
      kl: this.#spec.model === "vae" ? read(kl) : new Float32Array(0),
    };
  }

  #decoded(z: Float32Array, batchSize: number) {
    const { latentDim, dataDim, likelihood } = this.#spec;
    const output = new Float32Array(batchSize * dataDim);
    const logVar = new Float32Array(batchSize * dataDim);
    this.#inChunks(batchSize, ({ first, rows }) => {
      writeRows(this.#team, {
        to: this.#team.layout.z,
        values: z.subarray(first * latentDim, (first + rows) * latentDim),
        columns: latentDim,
      });
      this.#run("decode", rows);
      const { layers } = this.#team.layout;
      const { layer: { heads: [ofMean, ofLogVar] }, output: top } = layers.at(-1)!;
      readHead(this.#team, { from: top, head: ofMean, to: output, first, rows });
      if (ofLogVar) {
        readHead(this.#team, { from: top, head: ofLogVar, to: logVar, first, rows });
      }
    });
    if (likelihood.kind === "bernoulli") {
      return { mean: output.map(sigmoid), logits: output };
    }
    if (this.#team.layout.sharedLogVar) {
      const { value } = this.#team.layout.sharedLogVar;
      logVar.fill(this.#team.floats[value / FLOAT_BYTES]);
    }
    return { mean: output, variance: variancesOf(likelihood, logVar) };
  }

  #weigh(
    weights: Float32Array,
    { batch, first, rows }: {
      batch: Batch & { numSamples: number; noise: Noise };
      first: number;
      rows: number;
    },
  ): void {
    const { numSamples, noise, step, batchSize } = batch;
    const { layout } = this.#team;
    for (let sample = 0; sample < numSamples; sample += SAMPLES_AT_ONCE) {
      const samples = Math.min(SAMPLES_AT_ONCE, numSamples - sample);
      this.#run("weigh", rows, {
        ...{ ...noise, step, samples, rowsPerSample: batchSize },
        firstRow: sample * batchSize + first,
      });
      const { floats } = this.#team;
      for (let k = 0; k < samples; k++) {
        const at = (sample + k) * batchSize + first;
        for (let row = 0; row < rows; row++) {
          weights[at + row] =
            floats[layout.logLikelihood / FLOAT_BYTES + k * rows + row] +
            floats[layout.logRatio / FLOAT_BYTES + k * rows + row];
        }
      }
    }
  }
}

type GaussianSpec = Extract<NetworkSpec["likelihood"], { kind: "gaussian" }>;

function variancesOf(
  likelihood: NetworkSpec["likelihood"],
  logVar: Float32Array,
): Float32Array {
  const { variance } = likelihood as GaussianSpec;
  if (typeof variance === "number") return logVar.map(() => variance);
  return logVar.map((l) => VARIANCE_FLOOR + Math.exp(l));
}

// Errors reach the caller by the promise, as of a step that waits for its device.
function attempt<T>(compute: () => T): Promise<T> {
  return new Promise((resolve) => resolve(compute()));
}
