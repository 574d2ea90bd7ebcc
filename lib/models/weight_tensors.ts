import * as tf from "@tensorflow/tfjs";
import {
  checkWeights,
  type NetworkSpec,
  type Weights,
  weightShapes,
} from "../networks/mod.ts";

/** Weights, moments or gradients by name, as float32 tensors. */
export type WeightTensors = ReadonlyMap<string, tf.Tensor>;

/**
 * Copies weights, in the order of the network, into tensors that outlive any tidy;
 * their owner disposes them.
 *
 * @throws {RangeError} if the weights do not belong to the network
 */
export function uploadWeights(spec: NetworkSpec, weights: Weights): WeightTensors {
  checkWeights(spec, weights);
  const tensors = new Map<string, tf.Tensor>();
  for (const name of weightShapes(spec).keys()) {
    const { shape, values } = weights.get(name)!;
    // A copy: the cpu backend would keep, and share, the array it is given.
    const tensor = tf.tensor(Float32Array.from(values), [...shape], "float32");
    tensors.set(name, tf.keep(tensor));
  }
  return tensors;
}

/** Tensors of zeros shaped like `weights`. */
export function zerosLike(weights: WeightTensors): WeightTensors {
  const zeros = [...weights].map(([name, weight]) =>
    [name, tf.keep(tf.zerosLike(weight))] as const
  );
  return new Map(zeros);
}

/** Copies tensors out, as exact float32 values. */
export async function downloadWeights(tensors: WeightTensors): Promise<Weights> {
  const entries = [...tensors].map(async ([name, tensor]) => {
    const values = Float32Array.from(await tensor.data());
    return [name, { shape: tensor.shape, values }] as const;
  });
  return new Map(await Promise.all(entries));
}
