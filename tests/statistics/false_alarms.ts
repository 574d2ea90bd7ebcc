import { defineCommand, type Parsed, runCommand } from "../../lib/cli/options.ts";
import { ROOT } from "../helpers/permissions.ts";
import { type TestRun, unstable, unvaried } from "./run_tests.ts";
import type { Order, Reply } from "./seed_worker.ts";
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
    only: { kind: "string", help: "Only test files with this in their path." },
    except: { kind: "string", help: "No test files with this in their path." },
  },
});

/**
 * Tests that no chance decides: cases that a seed picks for a claim with a tolerance, and
 * planted errors that are far off, or found without noise.
 */
const WITHOUT_CHANCE = [
  /gradient equals finite differences/,
  /is the slope of the bound/,
  /Bayes' rule holds at random z/,
  /^exact: .* planted errors are caught$/,
  /^ledger: every error planted in /,
];

async function main({ values }: Parsed<typeof falseAlarmsCommand.options>) {
  const { only, except, jobs } = values;
  const files = (await statisticalTests("tests")).filter((path) =>
    (only === undefined || path.includes(only)) &&
    (except === undefined || !path.includes(except))
  );
  const threads = Array.from({ length: jobs }, () => new Thread());
  await Promise.all(
    threads.map((thread) =>
      thread.obey({ files: files.map((path) => new URL(path, ROOT).href) })
    ),
  );
  const survey = await threads[0].run({});
  const broken = failures(survey);
  if (broken.length > 0) {
    return complain(broken.map((each) => `without a seed: ${each}`));
  }
  const tests = new Set(
    [...survey].flatMap(([test, { asked }]) =>
      asked && !WITHOUT_CHANCE.some((each) => each.test(test)) ? [test] : []
    ),
  );
  console.log(
    `${tests.size} of ${survey.size} tests in ${files.length} files; the others do not ` +
      "draw by the seed, or no chance decides them",
  );

  const seeds = Array.from({ length: values.seeds }, (_, i) => values.first + i)
    .values();
  const runs: TestRun[] = [];
  await Promise.all(threads.map(async (thread) => {
    for (const seed of seeds) {
      if (performance.now() > values.minutes * 60_000) return;
      const run = await thread.run({ seed, tests });
      runs.push(run);
      for (const failure of failures(run)) console.log(`seed ${seed}: ${failure}`);
      if (runs.length % 10 === 0) console.error(`${runs.length} seeds done`);
    }
  }));
  // What a test keeps from one seed to the next would show in the first one's results.
  const again = await threads[0].run({ tests });
  for (const thread of threads) thread.stop();

  const counted = new Map([...survey].filter(([test]) => tests.has(test)));
  const tallies = tallyRuns(counted, runs);
  for (const line of table(tallies)) console.log(line);
  for (const line of summary(tallies, runs.length)) console.log(line);
  const faults = [
    ...runs.slice(0, 1).flatMap((run) =>
      unvaried(counted, run).map((test) => `does not vary with the seed: ${test}`)
    ),
    ...unstable(survey, again).map((test) => `depends on what ran before: ${test}`),
  ];
  if (faults.length > 0) return complain(faults);
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
      if (/"[./]+\/(helpers\/monte_carlo|statistics)\.ts"/.test(source)) {
        found.push(path);
      }
    }
  }
  return found.sort();
}

/** A worker, one order at a time. */
class Thread {
  readonly #worker = new Worker(new URL("./seed_worker.ts", import.meta.url), {
    type: "module",
  });

  obey(order: Order): Promise<Exclude<Reply, { error: string }>> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<Reply>) => {
        if ("error" in data) reject(new TypeError(data.error));
        else resolve(data);
      };
      this.#worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      this.#worker.postMessage(order);
    });
  }

  async run(order: Exclude<Order, { files: readonly string[] }>): Promise<TestRun> {
    return (await this.obey(order)).run!;
  }

  stop(): void {
    this.#worker.terminate();
  }
}

function failures(run: TestRun): string[] {
  return [...run].flatMap(([test, { failure }]) =>
    failure === undefined ? [] : [`FAILED ${test}\n${failure}`]
  );
}

function complain(lines: readonly string[]): number {
  for (const line of lines) console.log(line);
  return 1;
}

function table(tallies: readonly TestTally[]): string[] {
  const short = (x: number) => x.toPrecision(2);
  return [
    "| test | checks | largest z | catches errors from |",
    "| --- | --- | --- | --- |",
    ...tallies.filter(({ checks }) => checks > 0).map((
      { test, checks, largestZ, caught: [least, most] },
    ) =>
      `| ${test.replaceAll("|", "\\|")} | ${checks} | ${largestZ.toFixed(1)} | ` +
      (least < Infinity ? `${short(least)} to ${short(most)} |` : "rounding |")
    ),
  ];
}

function summary(tallies: readonly TestTally[], numSeeds: number): string[] {
  type Count =
    | "checks"
    | "single"
    | "above2"
    | "above3"
    | "falseAlarms"
    | "milliseconds";
  const total = (key: Count, of = tallies) =>
    of.reduce((sum, each) => sum + each[key], 0);
  const single = Math.max(1, total("single"));
  const share = (count: number) => `${(100 * count / single).toFixed(2)} %`;
  const checking = tallies.filter(({ checks }) => checks > 0);
  const others = tallies.filter(({ checks }) => checks === 0);
  const slowest = tallies.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(
    0,
    5,
  );
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(1);
  return [
    `${total("falseAlarms", checking)} false alarms in ${total("checks")} checks of ` +
    `${checking.length} tests with ${numSeeds} seeds; |z| above 2 in ` +
    `${share(total("above2"))} (a normal: 4.55 %), above 3 in ` +
    `${share(total("above3"))} (0.27 %)`,
    `${
      total("falseAlarms", others)
    } false alarms of ${others.length} tests that draw ` +
    "and judge in other ways",
    `${seconds(performance.now())} s in all, ${
      seconds(total("milliseconds"))
    } s a seed; ` +
    `the most by ${
      slowest.map((each) => `${each.test} (${seconds(each.milliseconds)} s)`).join(", ")
    }`,
  ];
}

if (import.meta.main) Deno.exit(await runCommand(falseAlarmsCommand, main));
