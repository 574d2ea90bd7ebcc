import type { NetworkSpec } from "../networks/spec.ts";
import type { Operation } from "./control.ts";

/**
 * What lies between two barriers of a command:
 *
 * - `latent`: each rank encodes its rows of the batch, and draws z for them;
 * - `rows`: each rank takes its rows through what does not need all of the batch;
 * - `weights`: each rank updates its rows of the weights.
 */
export type Phase = "latent" | "rows" | "weights";

/** The phases of a command, in order; all ranks meet after each. */
export function phasesOf(spec: NetworkSpec, operation: Operation): readonly Phase[] {
  if (operation !== "train") return ["rows"];
  // Which dimensions are free depends on all rows of the batch.
  return hasFreeBits(spec) ? ["latent", "rows", "weights"] : ["rows", "weights"];
}

/** Whether the KL leaves dimensions alone that cost little. */
export function hasFreeBits({ model, freeBits = 0 }: NetworkSpec): boolean {
  return model === "vae" && freeBits > 0;
}
