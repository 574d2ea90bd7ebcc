/** Small random networks, and a forward pass that shares no code with lib/networks. */
import {
  createRandom,
  type Matrix,
  matVec,
  type Random,
  STREAMS,
  transpose,
  type Vector,
} from "elbo/math";
import {
  type NetworkSpec,
  SCALE_FLOOR,
  VARIANCE_FLOOR,
  type Weight,
  type Weights,
  weightShapes,
} from "elbo/networks";
import { drawPixel } from "../helpers/likelihoods.ts";

export interface NetworkCase {
  readonly spec: NetworkSpec;
  readonly weights: Weights;
  readonly images: Matrix;
  readonly eps: Matrix;
}

/** A network of random sizes with weights, a batch and noise, all of order 1. */
export function randomNetwork(
  given: Pick<NetworkSpec, "model" | "activation" | "likelihood">,
  seed: number,
): NetworkCase {
  const random = createRandom({ seed, stream: STREAMS.test });
  const size = (least: number) => least + random.integer(4);
  const spec: NetworkSpec = {
    ...given,
    dataDim: size(1),
    hidden: Array.from({ length: random.integer(3) }, () => size(1)),
    latentDim: size(1),
    beta: [0, 0.5, 1, 4][random.integer(4)],
    ...random.uniform() < 0.3 && { freeBits: 0.5 },
  };
  const batchSize = size(1);
  const image = () =>
    Array.from({ length: spec.dataDim }, () => drawPixel(spec.likelihood, random));
  return {
    spec,
    weights: randomWeights(spec, random),
    images: Array.from({ length: batchSize }, image),
    eps: Array.from({ length: batchSize }, () => draws(random, spec.latentDim)),
  };
}

/** Weights of order 1 / sqrt(inputs), biases of order 1, in float64. */
export function randomWeights(spec: NetworkSpec, random: Random): Weights {
  const weights = new Map<string, Weight>();
  for (const [name, shape] of weightShapes(spec)) {
    const scale = shape.length === 2 ? 1 / Math.sqrt(shape[0]) : 0.5;
    const size = shape.reduce((product, length) => product * length);
    const values = Float64Array.from(draws(random, size), (v) => scale * v);
    weights.set(name, { shape, values });
  }
  return weights;
}

function draws(random: Random, length: number): number[] {
  return Array.from({ length }, () => random.normal());
}

/** What a network makes of one image, written out with matrices. */
export interface Pass {
  readonly mean: Vector;
  readonly logVar: Vector;
  readonly z: Vector;
  readonly output: Vector;
  /** Variances of normals or scales of logistics, shaped like the output. */
  readonly widths: Vector;
  /** Unnormalised log weights of a mixture, shaped like the output. */
  readonly logits: Vector;
  /** The hidden layers' values before the activation. */
  readonly preActivations: Vector;
}

export function passOf({ spec, weights }: NetworkCase, x: Vector, eps: Vector): Pass {
  const preActivations: number[] = [];
  const layer = (name: string, input: Vector) => {
    const y = matVec(transpose(matrixOf(weights, `${name}.weight`)), input);
    return y.map((v, i) => v + weights.get(`${name}.bias`)!.values[i]);
  };
  const hidden = (side: string, input: Vector) =>
    spec.hidden.reduce<Vector>((h, _, i) => {
      const y = layer(`${side}.${i}`, h);
      preActivations.push(...y);
      return y.map(spec.activation === "relu" ? (v) => v > 0 ? v : 0 : Math.tanh);
    }, input);

  const h = hidden("encoder", x);
  const mean = layer("encoder.mean", h);
  const isVae = spec.model === "vae";
  const logVar = isVae ? layer("encoder.logVar", h) : mean.map(() => -Infinity);
  const z = mean.map((m, i) => isVae ? m + Math.exp(logVar[i] / 2) * eps[i] : m);
  const top = hidden("decoder", z);
  const output = layer("decoder.output", top);
  const isMixture = "components" in spec.likelihood;
  const logits = isMixture ? layer("decoder.logits", top) : [];
  return { mean, logVar, z, output, widths: widthsOf(top), logits, preActivations };

  function widthsOf(top: Vector): Vector {
    const { likelihood } = spec;
    const floored = (logVar: Vector) => logVar.map((l) => VARIANCE_FLOOR + Math.exp(l));
    if (likelihood.kind === "gaussian-mixture") {
      return floored(layer("decoder.logVar", top));
    }
    if (likelihood.kind === "logistic-mixture") {
      return layer("decoder.logScale", top).map((l) => SCALE_FLOOR + Math.exp(l));
    }
    if (likelihood.kind !== "gaussian") return [];
    const { variance } = likelihood;
    if (variance === "pixel") return floored(layer("decoder.logVar", top));
    const one = typeof variance === "number"
      ? variance
      : floored([weights.get("decoder.logVar")!.values[0]])[0];
    return output.map(() => one);
  }
}

function matrixOf(weights: Weights, name: string): number[][] {
  const { shape: [rows, columns], values } = weights.get(name)!;
  return Array.from(
    { length: rows },
    (_, i) => Array.from(values.slice(i * columns, (i + 1) * columns)),
  );
}

/** ln p(x|z), written out from the textbook: a product of densities or masses. */
export function logLikelihoodOf(spec: NetworkSpec, pass: Pass, x: Vector): number {
  return x.reduce((sum, v, i) => sum + logPixelProbability(spec, pass, v, i), 0);
}

function logPixelProbability(spec: NetworkSpec, pass: Pass, x: number, pixel: number) {
  // A density far out is no number any more where its logarithm still is one.
  if (spec.likelihood.kind !== "gaussian") {
    return Math.log(pixelProbability(spec, pass, x, pixel));
  }
  const { [pixel]: mean } = pass.output;
  const { [pixel]: variance } = pass.widths;
  return -((x - mean) ** 2) / (2 * variance) - Math.log(2 * Math.PI * variance) / 2;
}

function pixelProbability(
  { likelihood, dataDim }: NetworkSpec,
  { output, widths, logits }: Pass,
  x: number,
  pixel: number,
): number {
  const sigmoid = (t: number) => 1 / (1 + Math.exp(-t));
  const normalDensity = (i: number) =>
    Math.exp(-((x - output[i]) ** 2) / (2 * widths[i])) /
    Math.sqrt(2 * Math.PI * widths[i]);
  // sigmoid(b) - sigmoid(a) = sinh((b - a) / 2) / (2 cosh(a / 2) cosh(b / 2)): as it is on
  // the left, far out two ones leave no digit of their difference.
  const logisticMass = (i: number) => {
    const [lower, upper] = [x - 1 / 510, x + 1 / 510].map((edge) =>
      (edge - output[i]) / widths[i]
    );
    if (x === 0) return sigmoid(upper);
    if (x === 1) return sigmoid(-lower);
    return Math.sinh(1 / 510 / widths[i]) /
      (2 * Math.cosh(lower / 2) * Math.cosh(upper / 2));
  };
  switch (likelihood.kind) {
    case "bernoulli":
      return sigmoid(x === 1 ? output[pixel] : -output[pixel]);
    case "continuous-bernoulli": {
      // Loaiza-Ganem and Cunningham 2019, equations 7 and 8.
      const p = sigmoid(output[pixel]);
      // 2 atanh(1 - 2 p) / (1 - 2 p), whose atanh is that of a tanh.
      const normalizer = output[pixel] / Math.tanh(output[pixel] / 2);
      return normalizer * p ** x * sigmoid(-output[pixel]) ** (1 - x);
    }
    case "gaussian":
      throw new TypeError("its logarithm is written out");
    case "gaussian-mixture":
    case "logistic-mixture": {
      const of = likelihood.kind === "gaussian-mixture" ? normalDensity : logisticMass;
      let mass = 0, total = 0;
      for (let i = pixel; i < likelihood.components * dataDim; i += dataDim) {
        mass += Math.exp(logits[i]) * of(i);
        total += Math.exp(logits[i]);
      }
      return mass / total;
    }
  }
}

/** What beta weighs: the mean KL, or with free bits that of each dimension, floored. */
export function penaltyOf(spec: NetworkSpec, passes: readonly Pass[]): number {
  const { latentDim, freeBits = -Infinity } = spec;
  const ofDimension = (j: number) =>
    passes.reduce((sum, { mean, logVar }) => {
      return sum + klOf(spec, { mean: [mean[j]], logVar: [logVar[j]] }) / passes.length;
    }, 0);
  if (spec.model === "autoencoder") return 0;
  return Array.from({ length: latentDim }, (_, j) => ofDimension(j))
    .reduce((sum, kl) => sum + Math.max(kl, freeBits), 0);
}

/** KL(N(mean, exp(logVar)) || N(0, I)), written out; 0 for an autoencoder. */
export function klOf(
  spec: NetworkSpec,
  { mean, logVar }: Pick<Pass, "mean" | "logVar">,
): number {
  if (spec.model === "autoencoder") return 0;
  return mean.reduce(
    (sum, m, i) => sum + (m * m + Math.exp(logVar[i]) - 1 - logVar[i]) / 2,
    0,
  );
}
