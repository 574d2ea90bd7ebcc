import denoJson from "../../deno.json" with { type: "json" };
import { UsageError } from "../../lib/cli/errors.ts";
import { defineCommand, type Parsed, runCommand } from "../../lib/cli/options.ts";
import { museum } from "./exhibits/all.ts";
import { type ImportGraph, importGraph } from "./import_graph.ts";
import type { Mutant } from "./mutant.ts";
import { tryMutant, type Verdict } from "./try_mutant.ts";
import { Workshop } from "./workshop.ts";

const mutantsCommand = defineCommand({
  name: "deno task mutants",
  act: "try the mutants",
  summary:
    "Puts each mistake of the museum into a copy of the library and runs the tests " +
    "that can reach it. The exit status is 1 if one survives.",
  options: {
    only: {
      kind: "string",
      placeholder: "ID",
      help: "Those whose names start so; several with commas between them.",
    },
    jobs: {
      kind: "integer",
      default: 2,
      min: 1,
      max: 64,
      help: "Copies of the library at once.",
    },
    list: { kind: "flag", help: "Print the mistakes and try none." },
  },
});

async function main({ values }: Parsed<typeof mutantsCommand.options>) {
  const mutants = chosen(values.only);
  if (values.list) {
    for (const { id, file, mistake } of mutants) {
      console.log(`${id} (${file}): ${mistake}`);
    }
    return 0;
  }
  const workshops = await Promise.all(
    Array.from(
      { length: Math.min(values.jobs, mutants.length) },
      () => Workshop.open(),
    ),
  );
  try {
    const graph = await readGraph();
    const verdicts: Verdict[] = [];
    const waiting = mutants.values();
    await Promise.all(workshops.map(async (workshop) => {
      for (const mutant of waiting) {
        const verdict = await tryMutant(mutant, { workshop, graph });
        console.log(line(verdict));
        verdicts.push(verdict);
      }
    }));
    return await closing(verdicts, workshops[0]);
  } finally {
    await Promise.all(workshops.map((workshop) => workshop.close()));
  }
}

function chosen(only: string | undefined): readonly Mutant[] {
  if (only === undefined) return museum;
  return only.split(",").flatMap((start) => {
    const found = museum.filter(({ id }) => id.startsWith(start));
    if (found.length > 0) return found;
    throw new UsageError(
      `Cannot try the mutants as --only must be the start of a name: none starts ` +
        `with "${start}"; --list prints them all`,
    );
  });
}

async function readGraph(): Promise<ImportGraph> {
  const sources = new Map<string, string>();
  const read = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory && path !== "tests/mutants") await read(path);
      else if (name.endsWith(".ts")) sources.set(path, await Deno.readTextFile(path));
    }
  };
  await read("lib");
  await read("tests");
  return importGraph(sources, denoJson.imports);
}

function line(verdict: Verdict): string {
  const name = verdict.mutant.id.padEnd(36);
  const time = `${verdict.seconds.toFixed(1).padStart(6)} s`;
  switch (verdict.kind) {
    case "killed":
      return `killed    ${name}${time}  ${verdict.by}`;
    case "survived":
      return `SURVIVED  ${name}${time}  ${verdict.mutant.mistake}`;
    case "unfit":
      return `UNFIT     ${name}${time}  ${verdict.why}`;
  }
}

// A test that fails without the mistake has killed nothing.
async function closing(
  verdicts: readonly Verdict[],
  workshop: Workshop,
): Promise<number> {
  const killed = verdicts.filter((verdict) => verdict.kind === "killed");
  const files = [...new Set(killed.flatMap((verdict) => verdict.files))];
  const clean = await workshop.test(files, { seconds: 1800 });
  if (clean.code !== 0 || clean.hung) {
    console.log(clean.text);
    console.log("Cannot count the kills as the tests must pass without a mistake");
    return 1;
  }
  const left = verdicts.length - killed.length;
  console.log(`${killed.length} of ${verdicts.length} mutants killed`);
  return left === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await runCommand(mutantsCommand, main));
