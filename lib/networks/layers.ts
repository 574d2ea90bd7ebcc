import type { Vector } from "../math/mod.ts";
import type { NetworkSpec } from "./spec.ts";
import type { Weights } from "./weights.ts";

/** Gradients by the names of the weights, in their layout. */
export type Gradient = Map<string, Float64Array>;

/** y = x W + b, where W and b are `name`.weight and `name`.bias. */
export function affine(weights: Weights, name: string, x: Vector): number[] {
  const { weight, bias } = layerOf(weights, name, x.length);
  const y = Array.from(bias);
  for (let i = 0; i < x.length; i++) {
    const row = i * y.length;
    for (let j = 0; j < y.length; j++) y[j] += x[i] * weight[row + j];
  }
  return y;
}

/**
 * Goes back through y = x W + b: given dy, the gradient by y, adds dW = x^T dy and
 * db = dy to the gradient, and returns dx = dy W^T.
 */
export function affineBackward(
  weights: Weights,
  gradient: Gradient,
  { name, x, dy }: { name: string; x: Vector; dy: Vector },
): number[] {
  const { weight } = layerOf(weights, name, x.length);
  const dWeight = gradient.get(`${name}.weight`)!,
    dBias = gradient.get(`${name}.bias`)!;
  dy.forEach((d, j) => dBias[j] += d);
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

/** The input and the output of each hidden layer, in order. */
export function hiddenForward(
  spec: NetworkSpec,
  weights: Weights,
  { side, input }: { side: "encoder" | "decoder"; input: Vector },
): Vector[] {
  const activations: Vector[] = [input];
  for (let i = 0; i < spec.hidden.length; i++) {
    const y = affine(weights, `${side}.${i}`, activations[i]);
    activations.push(
      y.map(spec.activation === "relu" ? (v) => Math.max(0, v) : Math.tanh),
    );
  }
  return activations;
}

/**
 * Goes back through the hidden layers, from the gradient by the last output to that
 * by the input.
 */
export function hiddenBackward(
  spec: NetworkSpec,
  weights: Weights,
  { side, activations, gradient, dOutput }: {
    side: "encoder" | "decoder";
    activations: readonly Vector[];
    gradient: Gradient;
    dOutput: Vector;
  },
): Vector {
  let d = dOutput;
  for (let i = spec.hidden.length - 1; i >= 0; i--) {
    const h = activations[i + 1];
    // Both slopes follow from the output: relu' = [h > 0], tanh' = 1 - h^2.
    const dy = spec.activation === "relu"
      ? d.map((v, j) => h[j] > 0 ? v : 0)
      : d.map((v, j) => v * (1 - h[j] * h[j]));
    d = affineBackward(weights, gradient, {
      name: `${side}.${i}`,
      x: activations[i],
      dy,
    });
  }
  return d;
}

function layerOf(weights: Weights, name: string, inputs: number) {
  const weight = weights.get(`${name}.weight`)?.values;
  const bias = weights.get(`${name}.bias`)?.values;
  if (!weight || !bias) {
    throw new RangeError(
      `Cannot run the network as its weights must hold ${name}.weight and ${name}.bias: ` +
        `they hold ${[...weights.keys()].join(", ")}`,
    );
  }
  if (weight.length !== inputs * bias.length) {
    throw new RangeError(
      `Cannot run layer ${name} as its input must have the length ` +
        `${weight.length / bias.length}: ${inputs}`,
    );
  }
  return { weight, bias };
}
