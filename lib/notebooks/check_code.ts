/**
 * Type check, lint and format of the code in notebooks, with errors told by cell.
 *
 * @module
 */

import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import type { Finding } from "./compare.ts";
import { formatCells } from "./format_cells.ts";
import type { Notebook } from "./notebook_types.ts";
import { runDeno } from "./run_deno.ts";

/** A notebook and where it is. */
export interface NotebookFile {
  /** Of the .ipynb file; a check stands for a moment in its folder. */
  readonly path: string;
  /** What the file holds. */
  readonly notebook: Notebook;
}

/** The code of a notebook as one module. */
export interface JoinedCode {
  /** TypeScript with top-level await, in the order of the cells. */
  readonly text: string;
  /** For each line of the text, the cell it comes from and its line there, from 1. */
  readonly origins: readonly { readonly cellId: string; readonly line: number }[];
}

/**
 * Joins the code cells of a notebook into one TypeScript module.
 *
 * @param notebook The notebook.
 * @returns The module's text and where each line comes from.
 *
 * @example Two cells
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { joinCode } from "./check_code.ts";
 *
 * const cell = { cell_type: "code", metadata: {}, execution_count: 1, outputs: [] };
 * const { text, origins } = joinCode({
 *   cells: [
 *     { ...cell, cell_type: "code", id: "one", source: "const a = 1;" },
 *     { ...cell, cell_type: "code", id: "two", source: "let b = a;\nb++;" },
 *   ],
 *   metadata: {},
 *   nbformat: 4,
 *   nbformat_minor: 5,
 * });
 * assertEquals(text, "const a = 1;\nlet b = a;\nb++;\nexport {};\n");
 * assertEquals(origins[2], { cellId: "two", line: 2 });
 * ```
 */
export function joinCode(notebook: Notebook): JoinedCode {
  const lines: string[] = [];
  const origins: { cellId: string; line: number }[] = [];
  for (const cell of notebook.cells) {
    if (cell.cell_type !== "code") continue;
    cell.source.split("\n").forEach((text, index) => {
      lines.push(text);
      origins.push({ cellId: cell.id, line: index + 1 });
    });
  }
  lines.push("export {};\n"); // top-level await needs a module
  return { text: lines.join("\n"), origins };
}

/**
 * Type-checks, lints and checks the format of a notebook.
 *
 * The joined code stands for a moment in a hidden file beside the notebook, where its
 * imports mean what they mean in the kernel.
 *
 * @param file The notebook and where it is.
 * @returns What is wrong.
 */
export async function checkCode(file: NotebookFile): Promise<Finding[]> {
  const name = `.${basename(file.path, ".ipynb")}.${Deno.pid}.check.ts`;
  const module = join(dirname(resolve(file.path)), name);
  const code = joinCode(file.notebook);
  try {
    await Deno.writeTextFile(module, code.text);
    const findings = await Promise.all([
      typeFindings(module, code),
      lintFindings(module, code),
      formatFindings(file),
    ]);
    return findings.flat();
  } finally {
    await Deno.remove(module);
  }
}

async function typeFindings(module: string, code: JoinedCode): Promise<Finding[]> {
  const { success, stderr } = await runDeno(["check", "--frozen", "--quiet"], module);
  if (success) return [];
  const place = new RegExp(`at ${escape(pathToFileURL(module).href)}:(\\d+):\\d+`);
  const findings = stderr.split(/\n\n+/).flatMap((block) => {
    const match = block.match(place);
    if (match === null) return [];
    const text = block.slice(0, match.index).trimEnd().replace(/^error: /, "");
    return [locate(code, { line: Number(match[1]), message: text })];
  });
  if (findings.length > 0) return findings;
  const [elsewhere] = stderr.split(/\n\n(?=Found \d+ error|error: )/);
  return [{ message: `its code cannot be type-checked:\n${elsewhere.trim()}` }];
}

interface LintReport {
  readonly diagnostics: readonly {
    readonly range: { readonly start: { readonly line: number } };
    readonly message: string;
    readonly code: string;
    readonly hint?: string;
  }[];
}

async function lintFindings(module: string, code: JoinedCode): Promise<Finding[]> {
  const { success, stdout, stderr } = await runDeno(["lint", "--json"], module);
  if (success) return [];
  if (stdout === "") return [{ message: `it cannot be linted: ${stderr.trim()}` }];
  // Code that cannot be parsed is reported by the type check.
  const { diagnostics } = JSON.parse(stdout) as LintReport;
  return diagnostics.map((diagnostic) =>
    locate(code, {
      line: diagnostic.range.start.line,
      message: `lint ${diagnostic.code}: ${diagnostic.message}` +
        (diagnostic.hint === undefined ? "" : ` (${diagnostic.hint})`),
    })
  );
}

async function formatFindings({ path, notebook }: NotebookFile): Promise<Finding[]> {
  const formatted = await formatCells(notebook, { path });
  return notebook.cells.flatMap(({ id, source }, index) =>
    source === formatted.cells[index].source ? [] : [{
      cellId: id,
      message: "it is not formatted: deno task notebooks --format",
    }]
  );
}

function locate(
  code: JoinedCode,
  { line, message }: { line: number; message: string },
): Finding {
  const origin = code.origins[line - 1];
  if (origin === undefined) return { message };
  return { cellId: origin.cellId, message: `line ${origin.line}: ${message}` };
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
