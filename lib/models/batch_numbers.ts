import type { NetworkSpec } from "../networks/mod.ts";
import type { BatchNumbers } from "./types.ts";

/** The parts of the ELBO of each row of a batch, in nats. */
export interface RowNumbers {
  /** ln p(x|z), [batchSize]. */
  readonly expectedLogLikelihood: Float32Array;
  /** KL(q(z|x) || p(z)), [batchSize]; empty for an autoencoder. */
  readonly kl: Float32Array;
  /** The K-sample bound of each row, [batchSize]: with samples above 1, the objective. */
  readonly bounds?: Float32Array;
  /** What takes the KL's place in the objective; only with free bits: [latentDim]. */
  readonly penalties?: Float32Array;
}

/** Means in float64: the rows are all that float32 may round. */
export function batchNumbers(
  rows: RowNumbers,
  { model, beta }: Pick<NetworkSpec, "model" | "beta">,
): BatchNumbers {
  const batchSize = rows.expectedLogLikelihood.length;
  const expectedLogLikelihood = sum(rows.expectedLogLikelihood) / batchSize;
  const kl = sum(rows.kl) / batchSize;
  const penalty = rows.penalties ? sum(rows.penalties) : kl;
  return {
    objective: rows.bounds
      ? -sum(rows.bounds) / batchSize
      : -(expectedLogLikelihood - beta * penalty),
    elbo: model === "vae" ? expectedLogLikelihood - kl : NaN,
    expectedLogLikelihood,
    kl,
  };
}

function sum(values: Float32Array): number {
  return values.reduce((total, x) => total + x, 0);
}
