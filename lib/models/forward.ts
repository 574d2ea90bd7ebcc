import * as tf from "@tensorflow/tfjs";
import type { NetworkSpec } from "../networks/mod.ts";
import type { WeightTensors } from "./weight_tensors.ts";

/** What the encoder computed for a batch. */
export interface Encoded {
  /** The input and the output of every hidden layer, each [batchSize, width]. */
  readonly activations: readonly tf.Tensor2D[];
  /** [batchSize, latentDim]. */
  readonly mean: tf.Tensor2D;
  /** [batchSize, latentDim]; an autoencoder has none. */
  readonly logVar?: tf.Tensor2D;
}

/** What the decoder computed for a batch. */
export interface Decoded {
  /** The input and the output of every hidden layer, each [batchSize, width]. */
  readonly activations: readonly tf.Tensor2D[];
  /** Logits of a Bernoulli, the mean of a Gaussian: [batchSize, dataDim]. */
  readonly output: tf.Tensor2D;
  /** [batchSize, dataDim] for a variance per pixel, [1] for a shared one. */
  readonly logVar?: tf.Tensor;
}

/** x [batchSize, dataDim] -> the parameters of q(z given x). */
export function encode(
  spec: NetworkSpec,
  weights: WeightTensors,
  x: tf.Tensor2D,
): Encoded {
  const activations = hiddenLayers(spec, weights, { part: "encoder", input: x });
  const top = activations.at(-1)!;
  const mean = dense(weights, { name: "encoder.mean", input: top });
  if (spec.model === "autoencoder") return { activations, mean };
  return {
    activations,
    mean,
    logVar: dense(weights, { name: "encoder.logVar", input: top }),
  };
}

/** z [batchSize, latentDim] -> the parameters of p(x given z). */
export function decode(
  spec: NetworkSpec,
  weights: WeightTensors,
  z: tf.Tensor2D,
): Decoded {
  const activations = hiddenLayers(spec, weights, { part: "decoder", input: z });
  const top = activations.at(-1)!;
  const output = dense(weights, { name: "decoder.output", input: top });
  const { likelihood } = spec;
  if (likelihood.kind === "bernoulli") return { activations, output };
  switch (likelihood.variance) {
    case "pixel":
      return {
        activations,
        output,
        logVar: dense(weights, { name: "decoder.logVar", input: top }),
      };
    case "shared":
      return { activations, output, logVar: weights.get("decoder.logVar")! };
    default:
      return { activations, output };
  }
}

/** z = mean + scale * eps, where scale = exp(logVar / 2); the mean if there is none. */
export function reparameterize(
  { mean, logVar }: Omit<Encoded, "activations">,
  eps?: tf.Tensor2D,
): tf.Tensor2D {
  if (!logVar || !eps) return mean;
  return tf.add(mean, tf.mul(tf.exp(tf.mul(logVar, 0.5)), eps));
}

function hiddenLayers(
  spec: NetworkSpec,
  weights: WeightTensors,
  { part, input }: { part: "encoder" | "decoder"; input: tf.Tensor2D },
): tf.Tensor2D[] {
  const activations = [input];
  spec.hidden.forEach((_, i) => {
    const layer = { name: `${part}.${i}`, input: activations[i] };
    activations.push(
      // The fused product knows no tanh.
      spec.activation === "tanh"
        ? tf.tanh(dense(weights, layer))
        : dense(weights, { ...layer, activation: spec.activation }),
    );
  });
  return activations;
}

// y = x W + b, and an activation that costs nothing more.
function dense(
  weights: WeightTensors,
  { name, input, activation = "linear" }: {
    name: string;
    input: tf.Tensor2D;
    activation?: "linear" | "relu";
  },
): tf.Tensor2D {
  return tf.fused.matMul({
    a: input,
    b: weights.get(`${name}.weight`) as tf.Tensor2D,
    bias: weights.get(`${name}.bias`)!,
    activation,
  }) as tf.Tensor2D;
}
