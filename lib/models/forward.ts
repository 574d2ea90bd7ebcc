import * as tf from "@tensorflow/tfjs";
import { decoderHeads, hasSharedVariance, type NetworkSpec } from "../networks/mod.ts";
import { hiddenNames } from "../networks/convolution.ts";
import { linear } from "./linear_layer.ts";
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
  /**
   * Logits of a Bernoulli, the mean of a Gaussian: [batchSize, dataDim]. The means of a
   * mixture, component after component: [batchSize, components * dataDim].
   */
  readonly output: tf.Tensor2D;
  /** Shaped like the output, for a variance per pixel; [1] for a shared one. */
  readonly logVar?: tf.Tensor;
  /** Of logistics, shaped like the output. */
  readonly logScale?: tf.Tensor2D;
  /** Unnormalised log weights of a mixture, shaped like the output. */
  readonly logits?: tf.Tensor2D;
}

/** x [batchSize, dataDim] -> the parameters of q(z|x). */
export function encode(
  spec: NetworkSpec,
  weights: WeightTensors,
  x: tf.Tensor2D,
): Encoded {
  const activations = hiddenLayers(spec, weights, { part: "encoder", input: x });
  const top = activations.at(-1)!;
  const mean = linear({ spec, weights }, { name: "encoder.mean", x: top });
  if (spec.model === "autoencoder") return { activations, mean };
  return {
    activations,
    mean,
    logVar: linear({ spec, weights }, { name: "encoder.logVar", x: top }),
  };
}

/** z [batchSize, latentDim] -> the parameters of p(x|z). */
export function decode(
  spec: NetworkSpec,
  weights: WeightTensors,
  z: tf.Tensor2D,
): Decoded {
  const activations = hiddenLayers(spec, weights, { part: "decoder", input: z });
  const top = activations.at(-1)!;
  const heads = decoderHeads(spec).map(({ name }) =>
    [name, linear({ spec, weights }, { name: `decoder.${name}`, x: top })] as const
  );
  const outputs = Object.fromEntries(heads) as Omit<Decoded, "activations">;
  return hasSharedVariance(spec)
    ? { activations, ...outputs, logVar: weights.get("decoder.logVar")! }
    : { activations, ...outputs };
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
  hiddenNames(spec, part).forEach((name, i) => {
    const layer = { name, x: activations[i] };
    activations.push(
      spec.activation === "relu"
        ? linear({ spec, weights }, { ...layer, activation: "relu" })
        : tf.tanh(linear({ spec, weights }, layer)),
    );
  });
  return activations;
}
