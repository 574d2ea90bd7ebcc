import { assertAlmostEquals, assertEquals } from "@std/assert";
import { assertMonteCarlo, REPORT_MARK } from "../helpers/monte_carlo.ts";
import { parseRun } from "./run_tests.ts";
import { caughtError, passes, tallyRuns } from "./tally.ts";

const check = {
  label: "mean",
  exact: 0,
  mean: 0.1,
  standardError: 0.1,
  numSamples: 100,
  resolution: 1,
  maxZ: 5,
};
const planted = { ...check, exact: 7 };

const outputOf = (result: string, mean: number) =>
  `running 1 test from ./tests/a_test.ts
a: its mean ...
------- output -------
${REPORT_MARK}${JSON.stringify({ ...check, mean })}
${REPORT_MARK}${JSON.stringify(planted)}
----- output end -----
a: its mean ... ${result} (12ms)
`;

Deno.test("tally: a run is read from the runner's output", () => {
  const { checks, failed } = parseRun(outputOf("FAILED", 0.1));
  assertEquals([...checks], [["a: its mean", [check, planted]]]);
  assertEquals(failed, ["a: its mean"]);
});

Deno.test("tally: a check that failed where its test passed is a control", () => {
  const survey = parseRun(outputOf("ok", 0.1));
  const runs = [parseRun(outputOf("ok", 0.25)), parseRun(outputOf("FAILED", 0.6))];
  const [{ caught, ...tally }, ...others] = tallyRuns(survey, runs);
  assertEquals(others, []);
  assertEquals(tally, {
    test: "a: its mean",
    checks: 2,
    largestZ: 0.6 / 0.1,
    above2: 2,
    above3: 1,
    falseAlarms: 1,
  });
  assertAlmostEquals(caught[0], 0.7326, 1e-12);
});

Deno.test("tally: a check passes as assertMonteCarlo has it", () => {
  for (const mean of [0, 0.49, 0.51, -0.51, NaN]) {
    for (const standardError of [0, 0.1, 2]) {
      const estimate = { mean, standardError, numSamples: 10 };
      let passed = true;
      try {
        assertMonteCarlo(estimate, { exact: 0, resolution: 1 });
      } catch {
        passed = false;
      }
      assertEquals(
        passes({ ...check, ...estimate }),
        passed,
        `${mean} ${standardError}`,
      );
    }
  }
});

Deno.test("tally: an error of the size said is caught 99 times of 100", () => {
  // The mean falls below it by 2.326 standard errors with chance 0.01.
  assertAlmostEquals((caughtError(check) - 2.326 * 0.1) / 0.1, check.maxZ, 1e-12);
});
