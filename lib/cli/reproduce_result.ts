import type { Run } from "../training/mod.ts";
import type { EvaluationRecord } from "./evaluation_record.ts";
import { count, nats, seconds } from "./numbers.ts";
import type { Budget } from "./reproduce_recipes.ts";

/** A line of results.jsonl: what one reproduction gave, in nats per test image. */
export interface ReproductionResult {
  readonly name: string;
  readonly budget: Budget;
  readonly seed: number;
  /** What was published; null where nothing was. */
  readonly published: string | null;
  readonly epochs: number;
  readonly updates: number;
  /** One z an image, all test images. */
  readonly negativeElbo: number;
  /** Null where a Bernoulli meets grey pixels: nothing here is a likelihood then. */
  readonly nll: EvaluationRecord["nll"];
  readonly activeUnits: number | null;
  readonly command: string;
  /** Of training alone. */
  readonly trainSeconds: number;
  readonly evaluationSeconds: number;
  /** Epoch and -ELBO on the test images. */
  readonly curve: readonly (readonly [epoch: number, negativeElbo: number])[];
}

/** What a result is made of besides the run and its evaluation. */
export interface ResultOptions {
  readonly name: string;
  readonly budget: Budget;
  readonly seed: number;
  readonly published?: string;
  readonly command: string;
  readonly evaluationSeconds: number;
}

/**
 * Puts together what a reproduction gave.
 *
 * @param reached The run and its evaluation.
 * @param options What was asked for and how long it took.
 * @returns The line for results.jsonl.
 */
export function resultOf(
  { run, record }: { run: Run; record: EvaluationRecord },
  { name, budget, seed, published, command, evaluationSeconds }: ResultOptions,
): ReproductionResult {
  const { metrics } = run;
  return {
    ...{ name, budget, seed, published: published ?? null },
    epochs: metrics.length,
    updates: metrics[metrics.length - 1].step,
    negativeElbo: -record.test.elbo!,
    nll: record.isDensity ? record.nll : null,
    activeUnits: record.activeUnits?.count ?? null,
    command,
    trainSeconds: metrics.reduce((sum, { seconds }) => sum + seconds, 0),
    evaluationSeconds,
    curve: metrics.map(({ epoch, testElbo }) => [epoch, -testElbo!] as const),
  };
}

/**
 * Writes a result as a row for docs/results.md.
 *
 * @param result The result.
 * @returns | name, budget | published | reached | command | time |
 */
export function markdownRow(result: ReproductionResult): string {
  const { name, budget, epochs, published, negativeElbo, nll, command } = result;
  const whole = `-ELBO ${nats(negativeElbo)}`;
  const reached = nll === null
    ? whole
    : `NLL ${nats(nll.mean)} +- ${nats(nll.standardError)} (K ${
      count(nll.numSamples)
    }, ` +
      `${count(nll.images)} images), ${whole}, ${result.activeUnits} active units`;
  const cells = [
    `${name}, ${budget}: ${epochs} ${epochs === 1 ? "epoch" : "epochs"}`,
    published ?? "none",
    reached,
    `\`${command}\``,
    `${seconds(result.trainSeconds)} + ${seconds(result.evaluationSeconds)}`,
  ];
  return `| ${cells.join(" | ")} |`;
}
