import { join } from "node:path";
import { UsageError } from "../../lib/cli/errors.ts";
import { defineCommand, type Parsed, runCommand } from "../../lib/cli/options.ts";
import { Workshop } from "../mutants/workshop.ts";
import { Bench } from "./bench.ts";
import { examplesAsTests } from "./examples.ts";
import { instrument } from "./instrument.ts";
import { Judge, type Verdict } from "./judge.ts";
import { describe, type Score, scoreOf, table } from "./report.ts";

const ROOMS = ["math", "distributions", "estimators"];
const LEAST = 90;

const scoreCommand = defineCommand({
  name: "deno task mutation-score",
  act: "score the tests",
  summary:
    `Changes ${ROOMS.join(", ")} in every way that StrykerJS knows, and counts ` +
    "the changes that a test of the same room or an example notices. The exit status " +
    `is 1 if a room is below ${LEAST}%.`,
  options: {
    only: {
      kind: "string",
      placeholder: "PATH",
      help: "A file or room, as lib/math/plane.ts; several with commas between them.",
    },
  },
});

async function main({ values }: Parsed<typeof scoreCommand.options>) {
  const rooms = await chosen(values.only);
  const workshop = await Workshop.open();
  const scores = new Map<string, Score>();
  try {
    for (const [room, files] of rooms) {
      const verdicts = await tryRoom({ room, files, folder: workshop.folder });
      scores.set(room, scoreOf(verdicts));
      console.log(`\n${table(scores)}`);
    }
  } finally {
    await workshop.close();
  }
  return [...scores.values()].every(({ percent }) => percent >= LEAST) ? 0 : 1;
}

/** The files to change, room by room. */
async function chosen(only = "lib"): Promise<Map<string, string[]>> {
  const rooms = new Map<string, string[]>();
  const paths = only.split(",").map((path) => path.replace(/\/$/, ""));
  const used = new Set<string>();
  for (const room of ROOMS) {
    const files = (await sorted(`lib/${room}`)).filter((file) =>
      paths.some((path) =>
        (file === path || file.startsWith(`${path}/`)) && used.add(path)
      )
    );
    if (files.length > 0) rooms.set(room, files);
  }
  const unknown = paths.find((path) => !used.has(path));
  if (unknown === undefined) return rooms;
  throw new UsageError(
    `Cannot score the tests as --only must be a file or folder of ${
      ROOMS.map((room) => `lib/${room}`).join(", ")
    }: ${unknown}`,
  );
}

async function sorted(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.filter(({ name }) => name.endsWith(".ts"))
    .map(({ name }) => `${folder}/${name}`).sort();
}

/** Judges all mutants of one room's files; the copy is as it was afterwards. */
async function tryRoom(
  { room, files, folder }: { room: string; files: readonly string[]; folder: string },
): Promise<Verdict[]> {
  const sources = new Map<string, string>();
  for (const file of files) sources.set(file, await Deno.readTextFile(file));
  const { counting, quick, mutants, ignored } = await instrument(sources);
  const tests = await testsOf(room, folder);
  const write = async (texts: ReadonlyMap<string, string>) => {
    for (const [file, text] of texts) {
      await Deno.writeTextFile(join(folder, file), text);
    }
  };
  await write(counting);
  try {
    await using judge = await Judge.open(
      (mutant) => new Bench(folder, { mutant }),
      tests,
    );
    console.log(
      `lib/${room}: ${mutants.length} mutants, ${judge.tests.length} tests; ${ignored} ` +
        "more change the words of errors alone and are left out",
    );
    await write(quick);
    const verdicts: Verdict[] = [];
    for (const mutant of mutants) {
      const verdict = await judge.judge(mutant);
      verdicts.push(verdict);
      if (verdict.kind === "survived" || verdict.kind === "not covered") {
        console.log(describe(verdict));
      }
    }
    return verdicts;
  } finally {
    await write(sources);
  }
}

/** The test files of a room, and its examples as one more. */
async function testsOf(room: string, folder: string): Promise<string[]> {
  const tests = (await sorted(`tests/${room}`))
    .filter((file) => file.endsWith("_test.ts"));
  for (const file of await sorted(`lib/${room}`)) {
    const examples = examplesAsTests(file, await Deno.readTextFile(file));
    if (examples === undefined) continue;
    const path = file.replace("lib/", "tests/").replace(".ts", "_examples.ts");
    await Deno.writeTextFile(join(folder, path), examples);
    tests.push(path);
  }
  return tests;
}

if (import.meta.main) Deno.exit(await runCommand(scoreCommand, main));
