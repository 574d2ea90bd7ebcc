import { defineCommand, type Parsed, runCommand } from "../../lib/cli/options.ts";
import { runTests, type TestRun } from "./run_tests.ts";
import { tallyRuns, type TestTally } from "./tally.ts";

const falseAlarmsCommand = defineCommand({
  name: "deno task false-alarms",
  act: "count false alarms",
  summary:
    "Runs every test that makes Monte Carlo checks with many seeds, counts those that " +
    "fail, and prints what error each check catches. The exit status is 1 if one fails.",
  options: {
    seeds: { kind: "integer", default: 200, min: 1, max: 100_000, help: "How many." },
    first: {
      kind: "integer",
      default: 1,
      min: 0,
      max: 2 ** 31,
      help: "The first seed.",
    },
    minutes: {
      kind: "integer",
      default: 30,
      min: 1,
      max: 10_000,
      help: "No seed is begun after so many.",
    },
    jobs: { kind: "integer", default: 2, min: 1, max: 64, help: "Seeds at once." },
  },
});

async function main({ values }: Parsed<typeof falseAlarmsCommand.options>) {
  const files = await statisticalTests("tests");
  const survey = await runTests(files, {});
  if (survey.failed.length > 0) {
    console.log(survey.text);
    return 1;
  }
  const tests = [...survey.checks.keys()];
  const seeds = Array.from({ length: values.seeds }, (_, i) => values.first + i)
    .values();
  const runs: TestRun[] = [];
  await Promise.all(Array.from({ length: values.jobs }, async () => {
    for (const seed of seeds) {
      if (performance.now() > values.minutes * 60_000) return;
      const run = await runTests(files, { seed, tests });
      runs.push(run);
      for (const test of run.failed) console.log(`seed ${seed}: FAILED ${test}`);
      if (run.failed.length > 0) console.log(run.text);
    }
  }));
  const tallies = tallyRuns(survey, runs);
  for (const line of table(tallies)) console.log(line);
  console.log(summary(tallies, runs.length));
  return tallies.some(({ falseAlarms }) => falseAlarms > 0) ? 1 : 0;
}

/** The test files that import the checks; those of the checks themselves plant errors. */
async function statisticalTests(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (path === "tests/helpers" || path === "tests/statistics") continue;
    if (isDirectory) found.push(...await statisticalTests(path));
    else if (name.endsWith("_test.ts")) {
      const source = await Deno.readTextFile(path);
      if (source.includes("helpers/monte_carlo.ts")) found.push(path);
    }
  }
  return found.sort();
}

function table(tallies: readonly TestTally[]): string[] {
  const short = (x: number) => x.toPrecision(2);
  return [
    "| test | checks | largest z | catches errors from |",
    "| --- | --- | --- | --- |",
    ...tallies.map(({ test, checks, largestZ, caught: [least, most] }) =>
      `| ${test.replaceAll("|", "\\|")} | ${checks} | ${largestZ.toFixed(1)} | ` +
      (least < Infinity ? `${short(least)} to ${short(most)} |` : "rounding |")
    ),
  ];
}

function summary(tallies: readonly TestTally[], numSeeds: number): string {
  const total = (key: "checks" | "above2" | "above3" | "falseAlarms") =>
    tallies.reduce((sum, tally) => sum + tally[key], 0);
  const checks = total("checks");
  const share = (count: number) => `${(100 * count / checks).toFixed(2)} %`;
  return `${total("falseAlarms")} false alarms in ${checks} checks of ` +
    `${tallies.length} tests with ${numSeeds} seeds; |z| above 2 in ` +
    `${share(total("above2"))} (a normal: 4.55 %), above 3 in ${
      share(total("above3"))
    } ` +
    "(0.27 %)";
}

if (import.meta.main) Deno.exit(await runCommand(falseAlarmsCommand, main));
