import { z } from "zod";

const finite = z.number();
const share = z.number().min(0);

const schema: z.ZodType<MetricsRecord> = z.strictObject({
  epoch: z.int().min(1),
  step: z.int().min(1),
  trainObjective: finite,
  trainElbo: finite.nullable(),
  testElbo: finite.nullable(),
  testExpectedLogLikelihood: finite,
  testKl: finite.nullable(),
  validationElbo: finite.nullable().optional(),
  validationExpectedLogLikelihood: finite.optional(),
  validationKl: finite.nullable().optional(),
  testKlByDimension: z.array(finite).optional(),
  testActiveUnits: z.int().min(0).optional(),
  testMutualInformation: finite.optional(),
  learningRate: share,
  seconds: share,
  evalSeconds: share,
});

/**
 * One line of metrics.jsonl: what one epoch gave, in nats per image.
 *
 * The test and validation numbers are of the weights at the epoch's end, with beta = 1
 * and one sample of noise an image, whatever was trained. An autoencoder has no ELBO
 * and no KL: they are null.
 */
export interface MetricsRecord {
  /** From 1. */
  readonly epoch: number;
  /** Updates made since the run began. */
  readonly step: number;
  /** What training minimises; the mean over the epoch, while the weights moved. */
  readonly trainObjective: number;
  /** The ELBO with beta = 1; the mean over the epoch, while the weights moved. */
  readonly trainElbo: number | null;
  /** testExpectedLogLikelihood - testKl. */
  readonly testElbo: number | null;
  /** E_q[ln p(x|z)]. */
  readonly testExpectedLogLikelihood: number;
  /** KL(q(z|x) || p(z)). */
  readonly testKl: number | null;
  /** validationExpectedLogLikelihood - validationKl. */
  readonly validationElbo?: number | null;
  /** As on the test set. */
  readonly validationExpectedLogLikelihood?: number;
  /** As on the test set. */
  readonly validationKl?: number | null;
  /** KL(q(z_j|x) || p(z_j)) of each dimension j: their sum is `testKl`. */
  readonly testKlByDimension?: readonly number[];
  /** Dimensions with Var_x(E[z_j|x]) > 0.01. */
  readonly testActiveUnits?: number;
  /**
   * I_q(x; z) over 1,000 test images, by one draw of z each: at most ln 1000 = 6.91 on
   * average, and on average too small for images without end.
   */
  readonly testMutualInformation?: number;
  /** That of Adam in this epoch. */
  readonly learningRate: number;
  /** Seconds of the wall clock, training alone. */
  readonly seconds: number;
  /** Seconds of the wall clock, measuring test and validation. */
  readonly evalSeconds: number;
}

/**
 * Reads the text of a metrics.jsonl.
 *
 * A last line without its newline was cut by a crash and is left out.
 *
 * @param text The text.
 * @param source The file's name, for the messages.
 * @returns One record an epoch, epochs 1, 2, ... in order.
 * @throws {SyntaxError} With the line's number, if a line is no such record.
 *
 * @example A first line that was cut short
 * ```ts
 * import { parseMetrics } from "elbo/training";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseMetrics('{"epoch": 1, "st', "metrics.jsonl"), []);
 * ```
 */
export function parseMetrics(text: string, source: string): MetricsRecord[] {
  return text.split("\n").slice(0, -1).map((line, i) => {
    const { record, problem } = parseLine(line);
    if (record?.epoch === i + 1) return record;
    throw new SyntaxError(
      `Cannot read ${source} as line ${i + 1} must be the record of epoch ${i + 1}: ` +
        (record === undefined ? problem : `it is that of epoch ${record.epoch}`),
    );
  });
}

/**
 * Writes records as the text of a metrics.jsonl.
 *
 * @param records The records.
 * @returns One line of JSON for each, each with its newline.
 *
 * @example There and back
 * ```ts
 * import { formatMetrics, type MetricsRecord, parseMetrics } from "elbo/training";
 * import { assertEquals } from "@std/assert";
 *
 * const record: MetricsRecord = {
 *   epoch: 1,
 *   step: 469,
 *   trainObjective: 164.8,
 *   trainElbo: -164.8,
 *   testElbo: -128.1,
 *   testExpectedLogLikelihood: -105.8,
 *   testKl: 22.3,
 *   learningRate: 1e-3,
 *   seconds: 15.2,
 *   evalSeconds: 0.7,
 * };
 * assertEquals(parseMetrics(formatMetrics([record]), "metrics.jsonl"), [record]);
 * ```
 */
export function formatMetrics(records: readonly MetricsRecord[]): string {
  return records.map((record) => JSON.stringify(record) + "\n").join("");
}

function parseLine(line: string): { record?: MetricsRecord; problem?: string } {
  try {
    const result = schema.safeParse(JSON.parse(line));
    if (result.success) return { record: result.data };
    const { path, message } = result.error.issues[0];
    return { problem: `${path.join(".") || "the line"}: ${message}` };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
