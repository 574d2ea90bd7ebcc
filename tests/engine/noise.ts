import { type Matrix, normalAt, STREAMS } from "elbo/math";
import type { RandomNetwork } from "../models/random_network.ts";

/** The noise that a step of seed 0 draws for the images of a network at step 0. */
export function normalsAt({ spec, images }: RandomNetwork): Matrix {
  const address = { seed: 0, stream: STREAMS.noise, step: 0 };
  return images.map((_, row) =>
    Array.from(
      { length: spec.latentDim },
      (_, column) => Math.fround(normalAt({ ...address, row, column })),
    )
  );
}
