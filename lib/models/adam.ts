import * as tf from "@tensorflow/tfjs";
import { fusedKernels } from "../backend/fused_kernels.ts";
import { adamRate } from "./adam_rate.ts";
import { type WeightTensors, zerosLike } from "./weight_tensors.ts";

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
 * replaced and disposed. `adamRate` has the bias corrections.
 */
export function updateAdam(
  state: AdamState,
  gradient: WeightTensors,
  options: { learningRate: number; epsilon?: number },
): AdamState {
  const step = state.step + 1;
  const constants = adamRate(step, options);
  const fused = fusedKernels();
  if (fused) {
    for (const [name, w] of state.weights) {
      const m = state.firstMoment.get(name)!;
      const v = state.secondMoment.get(name)!;
      fused.updateAdam({ w, g: gradient.get(name)!, m, v }, constants);
    }
    return { ...state, step };
  }

  const { shareM, shareV, rate, epsilon } = constants;
  const firstMoment = new Map<string, tf.Tensor>();
  const secondMoment = new Map<string, tf.Tensor>();
  const weights = new Map<string, tf.Tensor>();
  // Tensor by tensor, each old one freed at once: the update is bound by memory, and
  // new ones then take the place of those that are still in the cache.
  for (const [name, oldWeight] of state.weights) {
    const g = gradient.get(name)!;
    const m = replace(state.firstMoment.get(name)!, (m) => towards(m, g, shareM));
    const v = replace(
      state.secondMoment.get(name)!,
      (v) => towards(v, tf.square(g), shareV),
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
