import { z } from "zod";

const sums = z.strictObject({
  images: z.int().min(0),
  objective: z.number(),
  elbo: z.number().nullable().transform((value) => value ?? NaN),
  seconds: z.number().min(0),
});

const schema = z.strictObject({ epoch: z.int().min(0), batch: z.int().min(0), sums });

/** Sums over the images of an epoch so far, in nats. */
export interface EpochSums {
  /** How many images they are of. */
  readonly images: number;
  /** What training minimises, `-(expectedLogLikelihood - beta kl)`. */
  readonly objective: number;
  /** The ELBO with beta = 1; NaN for an autoencoder. */
  readonly elbo: number;
  /** Seconds of training alone; a run that was stopped goes on counting. */
  readonly seconds: number;
}

/**
 * Where a training stands: enough, with the weights and moments, to go on exactly.
 *
 * Batches, binarisation and noise are addressed by seed, epoch and step, so that no
 * generator's state needs keeping.
 */
export interface Position {
  /** Whole epochs done, measured and recorded. */
  readonly epoch: number;
  /** Batches done of the epoch under way. */
  readonly batch: number;
  /** Of the epoch under way. */
  readonly sums: EpochSums;
}

/**
 * The position after `epoch` whole epochs.
 *
 * @param epoch Epochs done.
 * @returns The position with nothing done of the next.
 *
 * @example After three epochs
 * ```ts
 * import { epochStart } from "elbo/training";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([epochStart(3).epoch, epochStart(3).batch], [3, 0]);
 * ```
 */
export function epochStart(epoch: number): Position {
  return { epoch, batch: 0, sums: { images: 0, objective: 0, elbo: 0, seconds: 0 } };
}

/**
 * Reads a position from JSON.
 *
 * @param text What `JSON.stringify` made of a position.
 * @returns The position, equal to the last bit; undefined if it is none.
 *
 * @example There and back, and what is no position
 * ```ts
 * import { epochStart, parsePosition } from "elbo/training";
 * import { assertEquals } from "@std/assert";
 *
 * const position = epochStart(3);
 * assertEquals(parsePosition(JSON.stringify(position)), position);
 * assertEquals(parsePosition("{}"), undefined);
 * ```
 */
export function parsePosition(text: string): Position | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
