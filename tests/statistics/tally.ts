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
  /** Of all checks: how often |z| was above 2 and above 3. */
  readonly above2: number;
  readonly above3: number;
  readonly falseAlarms: number;
  /** The smallest and the largest error that a check catches, units of its estimate. */
  readonly caught: readonly [number, number];
}

/** Whether a check passes, by the rule of `assertMonteCarlo`. */
export function passes(check: ReportedCheck): boolean {
  const { exact, mean, standardError, resolution, maxZ } = check;
  const rounding = 1e-12 * Math.max(1, Math.abs(exact));
  return Math.abs(mean - exact) <= maxZ * standardError + rounding &&
    standardError <= resolution;
}

/**
 * The error that a check catches with probability 0.99: the mean may be `maxZ` standard
 * errors off, and the draws lie 2.33 the other way once in a hundred times.
 */
export function caughtError({ maxZ, standardError }: ReportedCheck): number {
  return (maxZ + QUANTILE_99) * standardError;
}

/**
 * Adds up runs with different seeds.
 *
 * A check that fails in a run whose test passed was meant to: a negative control. A test
 * makes its checks in the same order each time, so controls are told by their place.
 */
export function tallyRuns(survey: TestRun, runs: readonly TestRun[]): TestTally[] {
  return [...survey.checks].map(([test, first]) => {
    const genuine = first.flatMap((check, i) => passes(check) ? [i] : []);
    const all = runs.flatMap(({ checks }) => {
      const made = checks.get(test) ?? [];
      return genuine.flatMap((i) => made[i] ?? []);
    });
    const z = all.map(sizeOfZ);
    const caught = all.map(caughtError).filter((error) => error > 0);
    return {
      test,
      checks: all.length,
      largestZ: Math.max(0, ...z),
      above2: z.filter((size) => size > 2).length,
      above3: z.filter((size) => size > 3).length,
      falseAlarms: runs.filter(({ failed }) => failed.includes(test)).length,
      caught: [Math.min(...caught), Math.max(...caught)] as const,
    };
  }).filter(({ checks }) => checks > 0);
}

// An estimate without noise, off by rounding, is not off.
function sizeOfZ(check: ReportedCheck): number {
  const error = Math.abs(check.mean - check.exact);
  return error <= 1e-12 * Math.max(1, Math.abs(check.exact))
    ? 0
    : error / check.standardError;
}
