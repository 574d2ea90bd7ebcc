import * as tf from "@tensorflow/tfjs";
import { VARIANCE_FLOOR } from "../networks/mod.ts";
import type { AdamState } from "./adam.ts";

/** Above the floor by next to nothing: its logVar is a number still. */
const LEAST_EXCESS = 1e-12;

/** About how many batches the variance that a model keeps is a mean over. */
const MEMORY = 100;

/** logVar such that VARIANCE_FLOOR + exp(logVar) is the variance, or the floor. */
export function logVarOf(variance: tf.Tensor): tf.Tensor {
  return tf.log(tf.maximum(tf.sub(variance, VARIANCE_FLOOR), LEAST_EXCESS));
}

/**
 * Takes the best variance of a batch into the one that the model keeps: a mean over all
 * batches first, over about the last hundred later.
 *
 * @param state Adam's, after the update of this batch; its decoder.logVar is disposed.
 * @param batchLogVar The batch's, [1].
 * @returns The state with the new decoder.logVar.
 */
export function followVariance(
  state: AdamState,
  batchLogVar: tf.Tensor1D,
): AdamState {
  const old = state.weights.get("decoder.logVar")!;
  const share = Math.max(1 / state.step, 1 / MEMORY);
  const excess = tf.tidy(() => {
    const [kept, best] = [tf.exp(old), tf.exp(batchLogVar)];
    const moved = tf.add(kept, tf.mul(tf.sub(best, kept), share));
    return tf.log(tf.maximum(moved, LEAST_EXCESS));
  });
  old.dispose();
  const weights = new Map(state.weights).set("decoder.logVar", tf.keep(excess));
  return { ...state, weights };
}
