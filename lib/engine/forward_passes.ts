import { sigmoid } from "../math/logistic.ts";
// Not by models' mod.ts, which loads tfjs.
import { batchNumbers, type RowNumbers } from "../models/batch_numbers.ts";
import { checkMatrix, checkSize, checkVae } from "../models/checks.ts";
import type { Batch, BatchNumbers, DecodedBatch, Noise } from "../models/types.ts";
import { type NetworkSpec, VARIANCE_FLOOR } from "../networks/mod.ts";
import type { Command } from "./control.ts";
import { FLOAT_BYTES, SAMPLES_AT_ONCE } from "./layout.ts";
import { hasFreeBits } from "./phases.ts";
import type { Team } from "./team.ts";
import { readHead, writeRows } from "./transfer.ts";

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

/** What a step is asked without an update, and how images come into the memory. */
export class ForwardPasses {
  readonly #spec: NetworkSpec;
  readonly #team: Team;

  constructor(spec: NetworkSpec, team: Team) {
    this.#spec = spec;
    this.#team = team;
  }

  /** The parts of the ELBO under noise of the caller's, with beta 1. */
  evaluate(batch: Batch & { noise: Noise }): BatchNumbers {
    this.checkImages("evaluate", batch);
    const { images, batchSize, noise, step } = batch;
    const expectedLogLikelihood = new Float32Array(batchSize);
    const kl = new Float32Array(batchSize);
    this.#inChunks(batchSize, ({ first, rows }) => {
      const { dataDim } = this.#spec;
      this.writeImages(images.subarray(first * dataDim, (first + rows) * dataDim));
      this.run("measure", rows, { ...noise, step, firstRow: first });
      const numbers = this.rowNumbers(rows);
      expectedLogLikelihood.set(numbers.expectedLogLikelihood, first);
      kl.set(numbers.kl, first);
    });
    return batchNumbers({ expectedLogLikelihood, kl }, { ...this.#spec, beta: 1 });
  }

  /** The parameters of q(z|x). */
  encode(images: Float32Array, batchSize: number) {
    this.checkImages("encode", { images, batchSize });
    const { dataDim, latentDim, model } = this.#spec;
    const mean = new Float32Array(batchSize * latentDim);
    const logVar = new Float32Array(batchSize * latentDim);
    this.#inChunks(batchSize, ({ first, rows }) => {
      this.writeImages(images.subarray(first * dataDim, (first + rows) * dataDim));
      this.run("encode", rows);
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
  }

  /** The parameters of p(x|z). */
  decode(z: Float32Array, batchSize: number): DecodedBatch {
    const { latentDim } = this.#spec;
    checkMatrix(z, {
      act: "decode",
      name: "z",
      rows: ["batchSize", batchSize],
      columns: ["latentDim", latentDim],
    });
    return this.#decoded(z, batchSize);
  }

  /** ln p(x, z) - ln q(z|x) at draws of q: [numSamples, batchSize]. */
  logWeights(batch: Batch & { numSamples: number; noise: Noise }) {
    const act = "weigh samples";
    const { images, batchSize, numSamples } = batch;
    checkVae(act, this.#spec);
    checkSize(act, "numSamples", numSamples);
    this.checkImages(act, batch);
    const weights = new Float32Array(numSamples * batchSize);
    this.#inChunks(batchSize, ({ first, rows }) => {
      const { dataDim } = this.#spec;
      this.writeImages(images.subarray(first * dataDim, (first + rows) * dataDim));
      this.run("encode", rows);
      this.#weigh(weights, { batch, first, rows });
    });
    return weights;
  }

  /** Has all threads do something; what is not given is zero. */
  run(
    operation: Command["operation"],
    rows: number,
    others: Partial<Omit<Command, "operation" | "rows" | "batchRows">> = {},
  ): void {
    this.#team.run({ operation, rows, ...NO_NOISE, ...NO_UPDATE, ...others });
  }

  /** @throws {RangeError} unless the images are [batchSize, dataDim] */
  checkImages(
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

  /** Puts images where a batch is read from its first row on. */
  writeImages(images: Float32Array): void {
    writeRows(this.#team, {
      to: this.#team.layout.images,
      values: images,
      columns: this.#spec.dataDim,
    });
  }

  /** What the last pass found of each row. */
  rowNumbers(rows: number): RowNumbers {
    const { logLikelihood, kl } = this.#team.layout;
    return {
      expectedLogLikelihood: this.#read(logLikelihood, rows),
      kl: this.#spec.model === "vae" ? this.#read(kl, rows) : new Float32Array(0),
    };
  }

  /** What the last step of training found of each image, and in place of its KL. */
  trainedNumbers(images: number): RowNumbers {
    const { samples = 1, freeBits = 0, latentDim } = this.#spec;
    const { bounds, klMeans } = this.#team.layout;
    const { expectedLogLikelihood, kl } = this.rowNumbers(images * samples);
    return {
      expectedLogLikelihood: meansOf(expectedLogLikelihood, samples),
      // All draws of an image have its KL.
      kl: meansOf(kl, samples),
      bounds: samples > 1 ? this.#read(bounds, images) : undefined,
      penalties: hasFreeBits(this.#spec)
        ? this.#read(klMeans, latentDim).map((mean) => Math.max(freeBits, mean))
        : undefined,
    };
  }

  #read(address: number, count: number): Float32Array {
    const first = address / FLOAT_BYTES;
    return this.#team.floats.slice(first, first + count);
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
      this.run("decode", rows);
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
      this.run("weigh", rows, {
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

/** The mean of every `count` numbers. */
function meansOf(values: Float32Array, count: number): Float32Array {
  if (count === 1) return values;
  return Float32Array.from(
    { length: values.length / count },
    (_, i) =>
      values.subarray(i * count, (i + 1) * count).reduce((sum, x) => sum + x, 0) /
      count,
  );
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
