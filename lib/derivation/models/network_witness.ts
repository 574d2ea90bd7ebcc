import type { Vector } from "../../math/mod.ts";
import { logDiagonalDensity, logPixelMass, probabilityOf } from "./densities.ts";
import type { Choice, LatentWitness } from "./faces.ts";
import type { NetworkData } from "./network_data.ts";
import { encoderVariants, networkProbes } from "./parameters.ts";
import { witnessFace } from "./witness.ts";

/** A trained network by the witness: its layers written out, a grid around the peak. */
export function networkWitness({ weights, image }: NetworkData): LatentWitness {
  /** y_j = b_j + sum_i x_i W_ij, W row-major. */
  function layer(name: string, x: Vector): number[] {
    const w = weights.get(`${name}.weight`)!.values;
    const b = weights.get(`${name}.bias`)!.values;
    const y = [...b];
    for (let i = 0; i < x.length; i++) {
      for (let j = 0; j < y.length; j++) y[j] += x[i] * w[i * y.length + j];
    }
    return y;
  }

  const encoded = layer("encoder.0", image).map(Math.tanh);
  const mean = layer("encoder.mean", encoded);
  const scale = layer("encoder.logVar", encoded).map((logVar) => Math.exp(logVar / 2));

  // The same nodes are visited by every integral.
  const kept = new Map<string, Vector>();
  function pixelProbs(z: Vector): Vector {
    const key = `${z}`;
    let probs = kept.get(key);
    if (!probs) {
      probs = layer("decoder.output", layer("decoder.0", z).map(Math.tanh))
        .map(probabilityOf);
      kept.set(key, probs);
    }
    return probs;
  }

  return witnessFace((choice: Choice) => {
    const { shift, stretch } = encoderVariants[choice.q === "posterior" ? 0 : choice.q];
    const middle = mean.map((m, i) => m + shift[i] * scale[i]);
    const width = scale.map((s) => s * stretch);
    return {
      x: image,
      domain: { kind: "box", dim: 2, center: [1, 0.95], halfWidth: 0.95, numNodes: 57 },
      logPrior: (z) => logDiagonalDensity(z, [0, 0], [1, 1]),
      logLikelihood: (z) => logPixelMass(image, pixelProbs(z)),
      logApprox: (z) => logDiagonalDensity(z, middle, width),
      pixelProbs,
    };
  }, { numObservations: 1, numApprox: encoderVariants.length, probes: networkProbes });
}
