import type { Vector } from "../math/mod.ts";
import type { NetworkSpec } from "./spec.ts";
import type { Weights } from "./weights.ts";

/** A network on its way back: its weights, and what has been added to its gradient. */
export interface BackwardPass {
  readonly spec: NetworkSpec;
  readonly weights: Weights;
  /** By the names of the weights, in their layout. */
  readonly gradient: Map<string, Float64Array>;
}

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
  { weights, gradient }: BackwardPass,
  name: string,
  { x, dy }: { x: Vector; dy: Vector },
): number[] {
  const { weight } = layerOf(weights, name, x.length);
  const dWeight = gradient.get(`${name}.weight`)!;
  const dBias = gradient.get(`${name}.bias`)!;
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

/** The side of a network that hidden layers belong to: the prefix of their names. */
export type Side = "encoder" | "decoder";

/** h_0 = input, h_i+1 = activation(h_i W_i + b_i): all of them, in order. */
export function hiddenForward(
  { spec, weights }: Omit<BackwardPass, "gradient">,
  side: Side,
  input: Vector,
): Vector[] {
  const activate = spec.activation === "relu"
    ? (v: number) => Math.max(0, v)
    : Math.tanh;
  const activations = [input];
  for (let i = 0; i < spec.hidden.length; i++) {
    activations.push(affine(weights, `${side}.${i}`, activations[i]).map(activate));
  }
  return activations;
}

/** Goes back from the gradient by the last activation to that by the input. */
export function hiddenBackward(
  pass: BackwardPass,
  side: Side,
  { activations, dLast }: { activations: readonly Vector[]; dLast: Vector },
): Vector {
  let d = dLast;
  for (let i = pass.spec.hidden.length - 1; i >= 0; i--) {
    const h = activations[i + 1];
    // Both slopes follow from the output: relu' = [h > 0], tanh' = 1 - h^2.
    const dy = pass.spec.activation === "relu"
      ? d.map((v, j) => h[j] > 0 ? v : 0)
      : d.map((v, j) => v * (1 - h[j] * h[j]));
    d = affineBackward(pass, `${side}.${i}`, { x: activations[i], dy });
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
