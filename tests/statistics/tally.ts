import type { ReportedCheck } from "../helpers/monte_carlo.ts";
import type { TestRun } from "./run_tests.ts";

/** Errors of so many standard errors above the limit are caught 99 times of 100. */
const QUANTILE_99 = 2.326;

/** What the seeds said of the checks of one test. */
export interface TestTally {
  readonly test: string;
  /** Checks that were made, over all seeds. */
  readonly checks: number;
  /** The largest |mean - exact| in standard errors. */
  readonly largestZ: number;
  /** Of the checks that report every estimate: how many, and |z| above 2 and above 3. */
  readonly single: number;
  readonly above2: number;
  readonly above3: number;
  readonly falseAlarms: number;
  /** The smallest and the largest error that a check catches, units of its estimate. */
  readonly caught: readonly [number, number];
  /** The mean time with a seed. */
  readonly milliseconds: number;
}

/**
 * The error that a check catches with probability 0.99: the mean may be `maxZ` standard
 * errors off, and the draws lie 2.33 the other way once in a hundred times.
 */
export function caughtError(
  { maxZ, standardError }: Pick<ReportedCheck, "maxZ" | "standardError">,
): number {
  return (maxZ + QUANTILE_99) * standardError;
}

/**
 * Adds up runs with different seeds.
 *
 * A check that fails in a run whose test passed was meant to: a negative control. A test
 * makes its checks in the same order each time, so controls are told by their place.
 */
export function tallyRuns(survey: TestRun, runs: readonly TestRun[]): TestTally[] {
  return [...survey].map(([test, first]) => {
    const genuine = first.checks.flatMap(({ passed }, i) => passed ? [i] : []);
    const results = runs.flatMap((run) => run.get(test) ?? []);
    const all = results.flatMap(({ checks }) =>
      genuine.flatMap((i) => checks[i] ?? [])
    );
    const single = all.filter(({ worstOfSeveral }) => !worstOfSeveral);
    const above = (limit: number) =>
      single.filter(({ z }) => Math.abs(z) > limit).length;
    const caught = all.map(caughtError).filter((error) => error > 0);
    const time = results.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    return {
      test,
      checks: all.length,
      largestZ: all.reduce((most, { z }) => Math.max(most, Math.abs(z)), 0),
      single: single.length,
      above2: above(2),
      above3: above(3),
      falseAlarms: results.filter(({ failure }) => failure !== undefined).length,
      caught: caught.reduce<readonly [number, number]>(
        ([least, most], error) => [Math.min(least, error), Math.max(most, error)],
        [Infinity, 0],
      ),
      milliseconds: time / Math.max(1, results.length),
    };
  });
}
