import { createRandom, type Matrix, type Random, STREAMS } from "elbo/math";
import { type NetworkSpec, type Weights, weightShapes } from "elbo/networks";
import { drawPixel, LIKELIHOOD_CASES } from "../helpers/likelihoods.ts";

/** A network with weights, images and noise, all float32 numbers. */
export interface RandomNetwork {
  readonly spec: NetworkSpec;
  readonly weights: Weights;
  readonly images: Matrix;
  /** [batchSize, latentDim]. */
  readonly eps: Matrix;
}

/**
 * Network number `index`: over 40 of them every likelihood meets both models and depths
 * 0 to 3; activation, sizes and beta are drawn.
 */
export function randomNetwork(index: number, seed: number): RandomNetwork {
  const random = createRandom({ seed, stream: STREAMS.test, step: index });
  const count = LIKELIHOOD_CASES.length;
  const size = (most: number) => 1 + random.integer(most);
  const spec: NetworkSpec = {
    model: Math.floor(index / count) % 4 === 3 ? "autoencoder" : "vae",
    dataDim: size(150),
    hidden: Array.from({ length: Math.floor(index / count) % 4 }, () => 3 + size(60)),
    latentDim: size(8),
    activation: random.uniform() < 0.5 ? "relu" : "tanh",
    likelihood: LIKELIHOOD_CASES[index % count],
    beta: [0, 0.5, 1, 4][random.integer(4)],
    // About half of the dimensions of such a network cost less.
    ...index % 3 === 1 && { freeBits: 0.3 },
  };
  return withBatch(spec, random);
}

/** Convolutional network number `index`: likelihoods, depths and sides take turns. */
export function randomConvolution(index: number, seed: number): RandomNetwork {
  const random = createRandom({ seed, stream: STREAMS.test, step: 1000 + index });
  const kinds = LIKELIHOOD_CASES.filter((likelihood) => !("components" in likelihood));
  const size = (most: number) => 1 + random.integer(most);
  const [height, width] = [4 + size(8), 4 + size(8)];
  const channels = Array.from({ length: 1 + index % 3 }, () => size(6));
  return withBatch({
    model: index % 5 === 4 ? "autoencoder" : "vae",
    dataDim: height * width,
    convolution: { height, width, channels },
    hidden: index % 2 === 0 ? [3 + size(20)] : [],
    latentDim: size(4),
    activation: random.uniform() < 0.5 ? "relu" : "tanh",
    likelihood: kinds[index % kinds.length],
    beta: 1,
  }, random);
}

function withBatch(spec: NetworkSpec, random: Random): RandomNetwork {
  const size = (most: number) => 1 + random.integer(most);
  const batchSize = size(9);
  const pixel = () => Math.fround(drawPixel(spec.likelihood, random));
  const noise = () => Math.fround(random.normal());
  return {
    spec,
    weights: randomWeights(spec, random),
    images: matrix(batchSize, spec.dataDim, pixel),
    eps: matrix(batchSize, spec.latentDim, noise),
  };
}

/** Weights of the size that Glorot gives, and biases that are not zero. */
export function randomWeights(spec: NetworkSpec, random: Random): Weights {
  return new Map(
    [...weightShapes(spec)].map(([name, shape]) => {
      const scale = shape.length === 1 ? 0.3 : Math.sqrt(2 / (shape[0] + shape[1]));
      const length = shape.reduce((product, n) => product * n);
      const values = Float32Array.from({ length }, () => scale * random.normal());
      return [name, { shape, values }] as const;
    }),
  );
}

function matrix(rows: number, columns: number, draw: () => number): Matrix {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, draw));
}
