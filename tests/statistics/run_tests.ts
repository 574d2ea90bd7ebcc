import { listenToChecks, type ReportedCheck } from "../helpers/monte_carlo.ts";
import { chooseTestSeed, timesSeedWasAsked } from "../helpers/seed.ts";
import type { CollectedTest } from "./collect.ts";

/** What one test did with one seed. */
export interface TestResult {
  /** Its checks, in the order in which it made them. */
  readonly checks: readonly ReportedCheck[];
  /** Whether it asked for its seed: one that does not cannot raise a false alarm. */
  readonly asked: boolean;
  /** What it failed with. */
  readonly failure?: string;
  readonly milliseconds: number;
}

/** What the tests did with one seed, by name. */
export type TestRun = ReadonlyMap<string, TestResult>;

/** Runs tests in this process with one seed; undefined is that of every day. */
export async function runTests(
  tests: readonly CollectedTest[],
  seed: number | undefined,
): Promise<TestRun> {
  const run = new Map<string, TestResult>();
  chooseTestSeed(seed);
  try {
    for (const { name, fn } of tests) run.set(name, await runTest(fn));
  } finally {
    chooseTestSeed(undefined);
    listenToChecks(undefined);
  }
  return run;
}

async function runTest(fn: CollectedTest["fn"]): Promise<TestResult> {
  const checks: ReportedCheck[] = [];
  listenToChecks((check) => checks.push(check));
  const asked = timesSeedWasAsked();
  const startedAt = performance.now();
  let failure: string | undefined;
  try {
    await fn();
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  return {
    checks,
    asked: timesSeedWasAsked() > asked,
    failure,
    milliseconds: performance.now() - startedAt,
  };
}

/** The tests whose checks came to the same with both seeds: they cannot have drawn. */
export function unvaried(one: TestRun, other: TestRun): string[] {
  return [...one].flatMap(([test, { checks }]) => {
    const again = other.get(test)?.checks;
    const isNoise = checks.some(({ z }) => z !== 0);
    return isNoise && again && sameChecks(checks, again) ? [test] : [];
  });
}

/** The tests that one seed led to other checks, or another end, than the time before. */
export function unstable(before: TestRun, after: TestRun): string[] {
  return [...after].flatMap(([test, { checks, failure }]) => {
    const first = before.get(test);
    const same = first && first.failure === failure && sameChecks(first.checks, checks);
    return same ? [] : [test];
  });
}

function sameChecks(one: readonly ReportedCheck[], other: readonly ReportedCheck[]) {
  return one.length === other.length &&
    one.every(({ z, standardError }, i) =>
      Object.is(z, other[i].z) && Object.is(standardError, other[i].standardError)
    );
}
