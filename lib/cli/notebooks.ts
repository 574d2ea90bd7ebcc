import { basename, join, resolve } from "node:path";

import { fileError, writeAtomically } from "../files/mod.ts";
import {
  CellFailure,
  checkCode,
  checkHouseRules,
  checkLedgerLines,
  checkOrder,
  compareNotebooks,
  executeNotebook,
  type Finding,
  formatCells,
  type Notebook,
  type NotebookFile,
  parseNotebook,
  renderPage,
  stringifyNotebook,
} from "../notebooks/mod.ts";
import { CommandError, UsageError } from "./errors.ts";
import { describeCellFailure, describeFinding } from "./notebook_reports.ts";
import { defineCommand, type Parsed, runCommand } from "./options.ts";
import { createStatusLine, type StatusLine } from "./status_line.ts";

const interruptedStatus = 130;

/** Set in the kernel under `--check`, for cells that do less there. */
const checkEnvironment = { ELBO_NOTEBOOKS: "check" };

/** The command line of `deno task notebooks`. */
export const notebooksCommand = defineCommand({
  name: "deno task notebooks",
  act: "run the notebooks",
  summary:
    "Executes every notebook in a fresh Deno kernel, without Python, and reports " +
    "what fails. Nothing is written unless asked for.",
  options: {
    check: {
      kind: "flag",
      help:
        "Check types, lint and format, execute, and compare the outputs with those " +
        "that are stored.",
    },
    write: { kind: "flag", help: "Format the cells, execute, and store the outputs." },
    types: {
      kind: "flag",
      help: "Only check types, lint and format of the code cells.",
    },
    format: {
      kind: "flag",
      help: "Only format the cells, code and text (deno fmt cannot check notebooks).",
    },
    html: {
      kind: "string",
      placeholder: "DIR",
      help: "Also write each executed notebook as one self-contained page.",
    },
    only: {
      kind: "string",
      placeholder: "NAME",
      help: "Only this notebook, or those whose names start so.",
    },
    timeout: {
      kind: "number",
      placeholder: "SECONDS",
      default: 300,
      above: 0,
      help: "The time that a cell may take.",
    },
    folder: {
      kind: "string",
      placeholder: "DIR",
      default: "notebooks",
      help: "Where the notebooks are.",
    },
  },
  examples: [
    "deno task notebooks --check",
    "deno task notebooks --write --only 03_elbo",
    "deno task notebooks --html site",
  ],
});

type Values = Parsed<typeof notebooksCommand.options>["values"];

interface Context {
  readonly values: Values;
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly status: StatusLine;
}

async function run(
  { values }: Parsed<typeof notebooksCommand.options>,
): Promise<number> {
  refuseContradictions(values);
  const files = await readNotebooks(values);
  const status = createStatusLine();
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  Deno.addSignalListener("SIGINT", interrupt);
  await Deno.mkdir("runs", { recursive: true });
  const scratch = await Deno.makeTempDir({ dir: "runs", prefix: "notebooks-" });
  try {
    return await runAll(files, {
      values,
      scratch,
      signal: controller.signal,
      status,
    });
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    status.close();
    console.error("Stopped; nothing more was written.");
    return interruptedStatus;
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
    status.close();
    await Deno.remove(scratch, { recursive: true });
  }
}

function refuseContradictions({ check, write, types, format, html }: Values): void {
  const modes = Object.entries({ check, write, types, format })
    .flatMap(([name, given]) => given ? [`--${name}`] : []);
  if ((types || format) && html !== undefined) modes.push("--html");
  if (modes.length > 1) {
    throw new UsageError(
      `Cannot run the notebooks as one thing must be asked for at a time: ` +
        `${modes.join(" and ")} are given`,
    );
  }
}

async function readNotebooks({ folder, only }: Values): Promise<NotebookFile[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isFile && entry.name.endsWith(".ipynb")) names.push(entry.name);
    }
  } catch (error) {
    throw fileError(error, { action: "read", path: folder });
  }
  const wanted = only?.replace(/\.ipynb$/, "") ?? "";
  const chosen = names.filter((name) => name.startsWith(wanted)).sort();
  if (chosen.length === 0) {
    const what = names.length === 0
      ? "there is none"
      : `none starts with ${wanted}; there are ${names.sort().join(", ")}`;
    throw new CommandError(
      `Cannot run the notebooks as ${folder} must hold one: ${what}`,
      only === undefined ? 1 : 2,
    );
  }
  return await Promise.all(chosen.map(async (name) => {
    const path = join(folder, name);
    const notebook = parseNotebook(await Deno.readTextFile(path), { source: path });
    return { path, notebook };
  }));
}

async function runAll(
  files: readonly NotebookFile[],
  context: Context,
): Promise<number> {
  const { values, status } = context;
  const startedAt = performance.now();
  let failed = 0;
  for (const file of files) {
    const findings: string[] = [];
    const began = performance.now();
    if (values.check || values.types) {
      status.show(`${nameOf(file)}  types, lint and format`);
      findings.push(...(await checkCode(file)).map(describeFinding));
      context.signal.throwIfAborted();
    }
    if (values.format) {
      const formatted = await formatCells(file.notebook, { path: file.path });
      await writeIfChanged(file.path, stringifyNotebook(formatted));
    }
    if (!values.types && !values.format) findings.push(...await runOne(file, context));
    status.close();
    const mark = findings.length === 0 ? "ok    " : "FAILED";
    console.log(`${mark} ${nameOf(file)}  ${seconds(performance.now() - began)}`);
    for (const finding of findings) console.log(indent(finding));
    if (findings.length > 0) failed++;
  }
  const total = seconds(performance.now() - startedAt);
  console.log(`${files.length - failed} ok, ${failed} failed, ${total}`);
  if (failed > 0 && values.check) {
    console.log(
      "Changes that are meant are stored with --write; see docs/notebooks.md.",
    );
  }
  return failed === 0 ? 0 : 1;
}

/** Executes one notebook and does what was asked with it; returns what is wrong. */
async function runOne(file: NotebookFile, context: Context): Promise<string[]> {
  const { values } = context;
  let fresh: Notebook;
  try {
    fresh = await execute(file, context);
  } catch (error) {
    if (context.signal.aborted || !(error instanceof CellFailure)) throw error;
    return [describeCellFailure(error, file.notebook)];
  }
  // Formatted first: the rules count the lines that are stored.
  if (values.write) fresh = await formatCells(fresh, { path: file.path });
  const findings: Finding[] = checkHouseRules(fresh, { root: resolve(".") });
  if (values.check) {
    findings.push(
      ...checkOrder(file.notebook),
      ...compareNotebooks(file.notebook, fresh),
      ...await unknownLedgerLines(file.notebook),
    );
  }
  if (values.write) await writeIfChanged(file.path, stringifyNotebook(fresh));
  if (values.html !== undefined) await writePage(file, fresh, values.html);
  return findings.map(describeFinding);
}

async function unknownLedgerLines(notebook: Notebook): Promise<Finding[]> {
  if (checkLedgerLines(notebook, []).length === 0) return [];
  const { ledger } = await import("../derivation/mod.ts");
  return checkLedgerLines(notebook, ledger.map(({ id }) => id));
}

async function execute(file: NotebookFile, context: Context): Promise<Notebook> {
  const { values, status, scratch, signal } = context;
  return await executeNotebook(file.notebook, {
    directory: values.folder,
    scratch,
    signal,
    timeoutMs: values.timeout * 1000,
    env: values.check ? checkEnvironment : undefined,
    onCell: ({ id }, { number, count }) =>
      status.show(`${nameOf(file)}  cell ${number}/${count}  ${id}`),
  });
}

async function writeIfChanged(path: string, text: string): Promise<void> {
  if (await Deno.readTextFile(path) !== text) await writeAtomically(path, text);
}

async function writePage(
  file: NotebookFile,
  fresh: Notebook,
  directory: string,
): Promise<void> {
  const name = nameOf(file);
  const page = await renderPage(fresh, {
    name,
    readFile: (path) => Deno.readFileSync(join(file.path, "..", path)),
  });
  await Deno.mkdir(directory, { recursive: true });
  await writeAtomically(join(directory, `${name}.html`), page);
}

function nameOf({ path }: NotebookFile): string {
  return basename(path, ".ipynb");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "    ");
}

if (import.meta.main) {
  Deno.exit(await runCommand(notebooksCommand, run));
}
