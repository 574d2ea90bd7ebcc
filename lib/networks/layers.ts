import type { Vector } from "../math/mod.ts";
import {
  type ConvolutionLayer,
  convolutionOf,
  forEachTap,
  hiddenNames,
  sizeOf,
} from "./convolution.ts";
import type { NetworkSpec } from "./spec.ts";
import type { Weight, Weights } from "./weights.ts";

/** A network on its way back: its weights, and what has been added to its gradient. */
export interface BackwardPass {
  readonly spec: NetworkSpec;
  readonly weights: Weights;
  /** By the names of the weights, in their layout. */
  readonly gradient: Map<string, Float64Array>;
}

/**
 * Looks up a layer y = x W + b, where W and b are `name`.weight and `name`.bias, to be
 * run on many x.
 *
 * In a convolution x and y are images, and W is a matrix [16 channels of the large image,
 * channels of the small one] that acts on each patch; b has a number for each channel.
 */
export function affine(
  { spec, weights }: Omit<BackwardPass, "gradient">,
  name: string,
): (x: Vector) => number[] {
  const convolution = convolutionOf(spec, name);
  const layer = layerOf(weights, name);
  if (!convolution) {
    return (x) => {
      checkInputs(name, layer, x.length);
      return dense(x, layer);
    };
  }
  const { weight, bias } = layer;
  const { large, small, isTransposed } = convolution;
  return (x) => {
    const y = repeated(bias, sizeOf(isTransposed ? large : small));
    forEachWeight(convolution, (at) => {
      if (isTransposed) y[at.large] += x[at.small] * weight[at.weight];
      else y[at.small] += x[at.large] * weight[at.weight];
    });
    return y;
  };
}

/** Four columns of W at a time, whose sums fit into registers, and then the rest. */
function dense(x: Vector, { weight, bias }: Layer): number[] {
  const width = bias.length;
  const y: number[] = [];
  let j = 0;
  for (; j + 4 <= width; j += 4) {
    let s0 = bias[j], s1 = bias[j + 1], s2 = bias[j + 2], s3 = bias[j + 3];
    for (let i = 0, at = j; i < x.length; i++, at += width) {
      s0 += x[i] * weight[at];
      s1 += x[i] * weight[at + 1];
      s2 += x[i] * weight[at + 2];
      s3 += x[i] * weight[at + 3];
    }
    y.push(s0, s1, s2, s3);
  }
  for (; j < width; j++) {
    let sum = bias[j];
    for (let i = 0, at = j; i < x.length; i++, at += width) sum += x[i] * weight[at];
    y.push(sum);
  }
  return y;
}

/**
 * Goes back through y = x W + b: given dy, the gradient by y, adds dW = x^T dy and
 * db = dy to the gradient, and returns dx = dy W^T.
 */
export function affineBackward(
  { spec, weights, gradient }: BackwardPass,
  name: string,
  { x, dy }: { x: Vector; dy: Vector },
): number[] {
  const convolution = convolutionOf(spec, name);
  const layer = layerOf(weights, name);
  if (!convolution) checkInputs(name, layer, x.length);
  const { weight } = layer;
  const dWeight = gradient.get(`${name}.weight`)!;
  const dBias = gradient.get(`${name}.bias`)!;
  dy.forEach((d, j) => dBias[j % dBias.length] += d);
  if (convolution) {
    const dx = Array<number>(x.length).fill(0);
    forEachWeight(convolution, (at) => {
      const [from, to] = convolution.isTransposed
        ? [at.small, at.large]
        : [at.large, at.small];
      dWeight[at.weight] += x[from] * dy[to];
      dx[from] += dy[to] * weight[at.weight];
    });
    return dx;
  }
  return x.map((value, i) => {
    const row = i * dy.length;
    let dx = 0;
    for (let j = 0; j < dy.length; j++) {
      dWeight[row + j] += value * dy[j];
      dx += dy[j] * weight[row + j];
    }
    return dx;
  });
}

/** Each weight of a convolution, with the two numbers that it joins. */
function forEachWeight(
  convolution: ConvolutionLayer,
  visit: (at: { large: number; small: number; weight: number }) => void,
): void {
  const { large: { channels }, small: { channels: filters } } = convolution;
  forEachTap(convolution, (pixel, place, tap) => {
    for (let c = 0; c < channels; c++) {
      for (let f = 0; f < filters; f++) {
        visit({
          large: pixel * channels + c,
          small: place * filters + f,
          weight: (tap * channels + c) * filters + f,
        });
      }
    }
  });
}

function repeated(values: ArrayLike<number>, size: number): number[] {
  return Array.from({ length: size }, (_, i) => values[i % values.length]);
}

/** The side of a network that hidden layers belong to: the prefix of their names. */
export type Side = "encoder" | "decoder";

/** Looks up h_0 = input, h_i+1 = activation(h_i W_i + b_i): all of them, in order. */
export function hiddenForward(
  { spec, weights }: Omit<BackwardPass, "gradient">,
  side: Side,
): (input: Vector) => Vector[] {
  const activate = spec.activation === "relu"
    ? (v: number) => Math.max(0, v)
    : Math.tanh;
  const layers = hiddenNames(spec, side).map((name) => affine({ spec, weights }, name));
  return (input) => {
    const activations = [input];
    for (const layer of layers) {
      activations.push(layer(activations[activations.length - 1]).map(activate));
    }
    return activations;
  };
}

/** Goes back from the gradient by the last activation to that by the input. */
export function hiddenBackward(
  pass: BackwardPass,
  side: Side,
  { activations, dLast }: { activations: readonly Vector[]; dLast: Vector },
): Vector {
  let d = dLast;
  const names = hiddenNames(pass.spec, side);
  for (let i = names.length - 1; i >= 0; i--) {
    const h = activations[i + 1];
    // Both slopes follow from the output: relu' = [h > 0], tanh' = 1 - h^2.
    const dy = pass.spec.activation === "relu"
      ? d.map((v, j) => h[j] > 0 ? v : 0)
      : d.map((v, j) => v * (1 - h[j] * h[j]));
    d = affineBackward(pass, names[i], { x: activations[i], dy });
  }
  return d;
}

interface Layer {
  readonly weight: Weight["values"];
  readonly bias: Weight["values"];
}

function layerOf(weights: Weights, name: string): Layer {
  const weight = weights.get(`${name}.weight`)?.values;
  const bias = weights.get(`${name}.bias`)?.values;
  if (!weight || !bias) {
    throw new RangeError(
      `Cannot run the network as its weights must hold ${name}.weight and ${name}.bias: ` +
        `they hold ${[...weights.keys()].join(", ")}`,
    );
  }
  return { weight, bias };
}

function checkInputs(name: string, { weight, bias }: Layer, inputs: number): void {
  if (weight.length !== inputs * bias.length) {
    throw new RangeError(
      `Cannot run layer ${name} as its input must have the length ` +
        `${weight.length / bias.length}: ${inputs}`,
    );
  }
}
