import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { ReportedCheck } from "../helpers/monte_carlo.ts";
import type { TestRun } from "./run_tests.ts";
import { caughtError, tallyRuns } from "./tally.ts";

const check: ReportedCheck = {
  label: "mean",
  z: 1,
  standardError: 0.1,
  maxZ: 5,
  passed: true,
};
const planted = { ...check, z: 70, passed: false };

/** A run of one test that makes a check, and then one that is meant to fail. */
function runOf(
  z: number,
  { failure, ...changes }: { failure?: string } & Partial<ReportedCheck> = {},
): TestRun {
  const checks = [{ ...check, z, ...changes }, planted];
  return new Map([["a: its mean", { checks, failure, asked: true, milliseconds: 3 }]]);
}

Deno.test("tally: a check that failed where its test passed is a control", () => {
  const runs = [runOf(2.5), runOf(-6, { passed: false, failure: "6 off" })];
  const [{ caught, ...tally }, ...others] = tallyRuns(runOf(1), runs);
  assertEquals(others, []);
  assertEquals(tally, {
    test: "a: its mean",
    checks: 2,
    largestZ: 6,
    single: 2,
    above2: 2,
    above3: 1,
    falseAlarms: 1,
    milliseconds: 3,
  });
  assertAlmostEquals(caught[0], 0.7326, 1e-12);
});

Deno.test("tally: the worst of several is no draw from a normal", () => {
  const several = { worstOfSeveral: true } as const;
  const [tally] = tallyRuns(runOf(1, several), [runOf(2.5, several)]);
  assertEquals([tally.checks, tally.largestZ], [1, 2.5]);
  assertEquals([tally.single, tally.above2], [0, 0]);
});

Deno.test("tally: an error of the size said is caught 99 times of 100", () => {
  // The mean falls below it by 2.326 standard errors with chance 0.01.
  assertAlmostEquals((caughtError(check) - 2.326 * 0.1) / 0.1, check.maxZ, 1e-12);
});
