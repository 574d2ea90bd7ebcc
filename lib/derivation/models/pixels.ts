import { type Bernoulli, bernoulli } from "../../distributions/mod.ts";
import { logit, type Vector } from "../../math/mod.ts";
import type { Setting } from "../entry.ts";
import { once } from "../once.ts";
import { logPixelMass } from "./densities.ts";

/** Grey pixels and a decoder's answer, by the library. */
export interface PixelLibrary {
  readonly x: Vector;
  /** Coins with the pixels themselves for probabilities. */
  readonly ideal: Bernoulli;
  readonly decoded: Bernoulli;
}

/** The same written out. */
export interface PixelWitness {
  readonly x: Vector;
  readonly probs: Vector;
  /** -sum_i [x_i ln p_i + (1 - x_i) ln(1 - p_i)]. */
  crossEntropy(probs: Vector): number;
}

function settingOf(
  name: string,
  { x, probs }: { x: Vector; probs: Vector },
): Setting<PixelLibrary, PixelWitness> {
  return {
    name,
    precision: {
      relative: 400 * 2 ** -52,
      reason: "50 eps for each of 8 terms: two a pixel",
    },
    faces: once(() => ({
      library: {
        x,
        ideal: bernoulli({ logits: x.map(logit) }),
        decoded: bernoulli({ logits: probs.map(logit) }),
      },
      witness: { x, probs, crossEntropy: (answer) => -logPixelMass(x, answer) },
    })),
  };
}

/** A decoder that is nearly right, and one that is not. */
export const pixelSettings = [
  settingOf("grey pixels, close", {
    x: [0.2, 0.7, 0.45, 0.9],
    probs: [0.3, 0.6, 0.55, 0.8],
  }),
  settingOf("grey pixels, far", {
    x: [0.1, 0.35, 0.8, 0.5],
    probs: [0.25, 0.5, 0.6, 0.3],
  }),
];
