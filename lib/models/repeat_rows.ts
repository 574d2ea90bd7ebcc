import * as tf from "@tensorflow/tfjs";

/** All rows, `count` times over: row k * rows + i of the result is row i. */
export function repeatRows(x: tf.Tensor2D, count: number): tf.Tensor2D {
  return count === 1 ? x : tf.tile(x, [count, 1]);
}
