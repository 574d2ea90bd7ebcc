import * as tf from "@tensorflow/tfjs";
import { fusedKernels } from "../backend/mod.ts";
import { type WeightTensors, zerosLike } from "./weight_tensors.ts";

const BETA_1 = 0.9;
const BETA_2 = 0.999;

/** Kingma and Ba's, of algorithm 1. */
export const ADAM_EPSILON = 1e-8;

/** Weights in training with everything that Adam remembers of them. */
export interface AdamState {
  /** How many updates were made. */
  readonly step: number;
  readonly weights: WeightTensors;
  /** The running mean of the gradient. */
  readonly firstMoment: WeightTensors;
  /** The running mean of the squared gradient. */
  readonly secondMoment: WeightTensors;
}

/** The state before the first update; it owns `weights` from now on. */
export function startAdam(weights: WeightTensors): AdamState {
  return {
    step: 0,
    weights,
    firstMoment: zerosLike(weights),
    secondMoment: zerosLike(weights),
  };
}

/**
 * One update of Adam (Kingma and Ba 2015, algorithm 1): the next state, which takes the
 * place of the last one. On wasm its tensors are written into, elsewhere they are
 * replaced and disposed.
 *
 * w - rate mHat / (sqrt(vHat) + epsilon), where mHat = m / (1 - beta1^t) and
 * vHat = v / (1 - beta2^t). The corrections are computed from t in float64 and moved
 * into the rate and epsilon, so that the state is w, m, v and t: it can be saved and
 * restored exactly. tfjs's own optimizer accumulates the powers in float32.
 */
export function updateAdam(
  state: AdamState,
  gradient: WeightTensors,
  { learningRate, epsilon: plainEpsilon = ADAM_EPSILON }: {
    learningRate: number;
    epsilon?: number;
  },
): AdamState {
  const step = state.step + 1;
  const correction = Math.sqrt(1 - BETA_2 ** step);
  const rate = learningRate * correction / (1 - BETA_1 ** step);
  const epsilon = plainEpsilon * correction;

  const fused = fusedKernels();
  if (fused) {
    const constants = { shareM: 1 - BETA_1, shareV: 1 - BETA_2, rate, epsilon };
    for (const [name, w] of state.weights) {
      const m = state.firstMoment.get(name)!;
      const v = state.secondMoment.get(name)!;
      fused.updateAdam({ w, g: gradient.get(name)!, m, v }, constants);
    }
    return { ...state, step };
  }

  const firstMoment = new Map<string, tf.Tensor>();
  const secondMoment = new Map<string, tf.Tensor>();
  const weights = new Map<string, tf.Tensor>();
  // Tensor by tensor, each old one freed at once: the update is bound by memory, and
  // new ones then take the place of those that are still in the cache.
  for (const [name, oldWeight] of state.weights) {
    const g = gradient.get(name)!;
    const m = replace(state.firstMoment.get(name)!, (m) => towards(m, g, 1 - BETA_1));
    const v = replace(
      state.secondMoment.get(name)!,
      (v) => towards(v, tf.square(g), 1 - BETA_2),
    );
    const weight = replace(
      oldWeight,
      (w) => tf.sub(w, tf.div(tf.mul(m, rate), tf.add(tf.sqrt(v), epsilon))),
    );
    firstMoment.set(name, m);
    secondMoment.set(name, v);
    weights.set(name, weight);
  }
  return { step, weights, firstMoment, secondMoment };
}

// The next value of a tensor that is kept between steps; the old one is disposed.
function replace(old: tf.Tensor, f: (old: tf.Tensor) => tf.Tensor): tf.Tensor {
  const next = tf.keep(tf.tidy(() => f(old)));
  old.dispose();
  return next;
}

// mean + share (value - mean)
function towards(mean: tf.Tensor, value: tf.Tensor, share: number): tf.Tensor {
  return tf.add(mean, tf.mul(tf.sub(value, mean), share));
}

/** Frees every tensor of a state. */
export function disposeAdam({ weights, firstMoment, secondMoment }: AdamState): void {
  for (const tensors of [weights, firstMoment, secondMoment]) {
    tf.dispose([...tensors.values()]);
  }
}
