import * as tf from "@tensorflow/tfjs";
import { fusedKernels } from "../backend/fused_kernels.ts";
import { decoderHeads, hasSharedVariance, type NetworkSpec } from "../networks/mod.ts";
import { hiddenNames } from "../networks/convolution.ts";
import { linearBackward } from "./linear_layer.ts";
import type { OutputGradient } from "./likelihood.ts";
import type { WeightTensors } from "./weight_tensors.ts";

/** The gradient by the parameters of q(z|x), each [batchSize, latentDim]. */
export interface LatentGradient {
  readonly mean: tf.Tensor2D;
  readonly logVar?: tf.Tensor2D;
}

/** The input of a part and the output of each of its hidden layers. */
type Activations = readonly tf.Tensor2D[];

/**
 * The backward pass through the layers of a network, which gathers the gradient by
 * every weight on its way.
 *
 * `byX` names the gradient of the objective by X; it has the shape of X.
 */
export class Backward {
  /** The gradient by every weight passed so far. */
  readonly gradient: Map<string, tf.Tensor> = new Map();
  readonly #spec: NetworkSpec;
  readonly #weights: WeightTensors;

  constructor(spec: NetworkSpec, weights: WeightTensors) {
    this.#spec = spec;
    this.#weights = weights;
  }

  /** Back through the decoder to its input: returns the gradient by z. */
  decoder(activations: Activations, byOutputs: OutputGradient): tf.Tensor2D {
    if (hasSharedVariance(this.#spec)) {
      this.gradient.set("decoder.logVar", byOutputs.logVar!);
    }
    const heads = decoderHeads(this.#spec).map(({ name }) => ({
      name: `decoder.${name}`,
      byOutput: byOutputs[name] as tf.Tensor2D,
    }));
    const byTop = this.#heads(heads, activations.at(-1)!);
    const byFirst = this.#hiddenLayers("decoder", activations, byTop);
    return byFirst();
  }

  /** Back through the encoder; nobody needs the gradient by the images. */
  encoder(activations: Activations, { mean, logVar }: LatentGradient): void {
    const heads = [{ name: "encoder.mean", byOutput: mean }];
    if (logVar) heads.push({ name: "encoder.logVar", byOutput: logVar });
    const byTop = this.#heads(heads, activations.at(-1)!);
    this.#hiddenLayers("encoder", activations, byTop);
  }

  // Back through the layers that share the top activation as their input.
  #heads(
    heads: readonly { name: string; byOutput: tf.Tensor2D }[],
    top: tf.Tensor2D,
  ): () => tf.Tensor2D {
    const byTop = heads.map(({ name, byOutput }) => this.#linear(name, top, byOutput));
    return () => byTop.map((by) => by()).reduce((sum, by) => tf.add(sum, by));
  }

  #hiddenLayers(
    part: "encoder" | "decoder",
    activations: Activations,
    byTop: () => tf.Tensor2D,
  ): () => tf.Tensor2D {
    let byOutput = byTop;
    const names = hiddenNames(this.#spec, part);
    for (let i = names.length - 1; i >= 0; i--) {
      const byLinear = this.#throughActivation(activations[i + 1], byOutput());
      byOutput = this.#linear(names[i], activations[i], byLinear);
    }
    return byOutput;
  }

  // Back through y = x W + b. The gradient by x waits until it is asked for: the one
  // by the images, among the dearest products of a step, never is.
  #linear(name: string, x: tf.Tensor2D, byOutput: tf.Tensor2D): () => tf.Tensor2D {
    const network = { spec: this.#spec, weights: this.#weights };
    const by = linearBackward(network, { name, x, byOutput });
    this.gradient.set(`${name}.weight`, by.weight);
    this.gradient.set(`${name}.bias`, by.bias);
    return by.byInput;
  }

  #throughActivation(output: tf.Tensor2D, byOutput: tf.Tensor2D): tf.Tensor2D {
    const fused = fusedKernels();
    if (fused && this.#spec.activation === "relu") {
      return fused.reluSlope(output, byOutput);
    }
    const slope = this.#spec.activation === "relu"
      ? tf.step(output)
      : tf.sub(1, tf.square(output));
    return tf.mul(byOutput, slope);
  }
}
