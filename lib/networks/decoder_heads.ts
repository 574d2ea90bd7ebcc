import type { NetworkSpec } from "./spec.ts";

/** The last layers of a decoder, from its top hidden layer to the parameters. */
export interface DecoderHead {
  /** Its weights are `decoder.<name>.weight` and `.bias`. */
  readonly name: "output" | "logVar" | "logScale" | "logits";
  /** dataDim numbers for each component. */
  readonly size: number;
}

/**
 * Lists the last layers of a decoder.
 *
 * A mixture's layers hold component after component, `[components, dataDim]`.
 *
 * @param spec The network.
 * @returns The layers in the order in which they are stored.
 *
 * @example Three mixed in each of two pixels
 * ```ts
 * import { decoderHeads } from "elbo/networks";
 * import { assertEquals } from "@std/assert";
 *
 * const heads = decoderHeads({
 *   dataDim: 2,
 *   likelihood: { kind: "gaussian-mixture", components: 3 },
 * });
 * assertEquals(heads.map(({ name }) => name), ["output", "logVar", "logits"]);
 * assertEquals(heads[0].size, 6);
 * ```
 */
export function decoderHeads(
  { dataDim, likelihood }: Pick<NetworkSpec, "dataDim" | "likelihood">,
): DecoderHead[] {
  if ("components" in likelihood) {
    const size = likelihood.components * dataDim;
    const width = likelihood.kind === "gaussian-mixture" ? "logVar" : "logScale";
    return (["output", width, "logits"] as const).map((name) => ({ name, size }));
  }
  const output = { name: "output", size: dataDim } as const;
  return likelihood.kind === "gaussian" && likelihood.variance === "pixel"
    ? [output, { name: "logVar", size: dataDim }]
    : [output];
}

/** Whether one variance for all pixels is among the weights, as decoder.logVar. */
export function hasSharedVariance({ likelihood }: NetworkSpec): boolean {
  return likelihood.kind === "gaussian" &&
    (likelihood.variance === "shared" || likelihood.variance === "optimal");
}
