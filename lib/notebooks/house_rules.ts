/**
 * What a stored notebook must be, whatever its outputs say.
 *
 * @module
 */

import type { Finding } from "./compare.ts";
import { stringifyNotebook, tagsOf } from "./notebook.ts";
import type { Cell, CodeCell, Notebook, Output } from "./notebook_types.ts";

/** Largest saved notebook, in bytes. */
export const LARGEST_NOTEBOOK = 1_500_000;

const LONGEST_CODE_CELL = 25;

const MACHINE_PATH =
  /file:\/\/\/|[A-Z]:\\[\w]|(?<![\w.:/-])\/(?:home|Users|root|tmp|private|mnt|var\/folders)\/[\w.-]/;

/** Ids as front ends invent them: hexadecimal and nothing else. */
const INVENTED_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){0,3}(?:-[0-9a-f]{12})?$/;

/**
 * Checks a notebook with outputs against the rules of the house.
 *
 * @param notebook The notebook, executed or as stored.
 * @param options `root`: the project's folder, which no output may name.
 * @returns What breaks a rule, in the order of the cells.
 *
 * @example An id that a front end made up
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { checkHouseRules } from "./house_rules.ts";
 *
 * const cell = {
 *   cell_type: "code" as const,
 *   id: "0a1b2c3d",
 *   metadata: {},
 *   source: "const a = 1;",
 *   execution_count: 1,
 *   outputs: [],
 * };
 * const notebook = {
 *   cells: [cell],
 *   metadata: {},
 *   nbformat: 4 as const,
 *   nbformat_minor: 5,
 * };
 * assertEquals(checkHouseRules(notebook, { root: "/srv/elbo" }), [
 *   { cellId: "0a1b2c3d", message: "its id says nothing: give it a meaningful one" },
 * ]);
 * ```
 */
export function checkHouseRules(
  notebook: Notebook,
  { root }: { root: string },
): Finding[] {
  const findings: Finding[] = notebook.cells.flatMap((cell) =>
    [
      ...idFindings(cell),
      ...(cell.cell_type === "code" ? codeFindings(cell, root) : []),
    ].map((message) => ({ cellId: cell.id, message }))
  );
  const size = new TextEncoder().encode(stringifyNotebook(notebook)).length;
  if (size > LARGEST_NOTEBOOK) {
    findings.push({
      message: `it takes ${(size / 1e6).toFixed(2)} MB, more than ` +
        `${LARGEST_NOTEBOOK / 1e6} MB: show smaller or fewer pictures`,
    });
  }
  return findings;
}

/**
 * Checks that the stored counts are 1 to n, as after one run from top to bottom.
 *
 * @param notebook The notebook as stored.
 * @returns The first cell out of order, if any.
 *
 * @example A cell that ran second
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { checkOrder } from "./house_rules.ts";
 *
 * const cell = {
 *   cell_type: "code" as const,
 *   id: "first",
 *   metadata: {},
 *   source: "const a = 1;",
 *   execution_count: 2,
 *   outputs: [],
 * };
 * const notebook = {
 *   cells: [cell],
 *   metadata: {},
 *   nbformat: 4 as const,
 *   nbformat_minor: 5,
 * };
 * assertEquals(checkOrder(notebook).map(({ cellId }) => cellId), ["first"]);
 * ```
 */
export function checkOrder(notebook: Notebook): Finding[] {
  const cells = notebook.cells.filter((cell) => cell.cell_type === "code");
  const wrong = cells.findIndex((cell, index) => cell.execution_count !== index + 1);
  if (wrong < 0) return [];
  const { id, execution_count } = cells[wrong];
  return [{
    cellId: id,
    message: `its stored count is ${execution_count ?? "empty"} and must be ${
      wrong + 1
    }: store the outputs of one run with --write`,
  }];
}

function idFindings(cell: Cell): string[] {
  return INVENTED_ID.test(cell.id)
    ? ["its id says nothing: give it a meaningful one"]
    : [];
}

function codeFindings(cell: CodeCell, root: string): string[] {
  const findings = cell.outputs.flatMap((output, index) =>
    outputFindings(output, root).map((message) => `output ${index + 1}: ${message}`)
  );
  const lines = cell.source.split("\n").length;
  if (lines > LONGEST_CODE_CELL) {
    findings.push(`it has ${lines} lines, more than ${LONGEST_CODE_CELL}`);
  }
  if (
    cell.outputs.length > 0 && !tagsOf(cell).includes("raises-exception") &&
    !/\bawait\b/.test(lastStatement(cell.source))
  ) {
    findings.push(
      "its last statement awaits nothing: another front end may lose its last output " +
        "or show it under the next cell; end it with `await say(...)` or the like",
    );
  }
  return findings;
}

function outputFindings(output: Output, root: string): string[] {
  const findings: string[] = [];
  if (output.output_type === "stream" && output.name === "stderr") {
    findings.push(`it writes to stderr: ${output.text.trim().split("\n")[0]}`);
  }
  if (output.output_type === "execute_result") {
    findings.push(
      "it is the value of a bare expression: show it with `await say(...)`",
    );
  }
  const text = textOf(output);
  const path = text.includes(root) ? root : text.match(MACHINE_PATH)?.[0];
  if (path !== undefined) findings.push(`it names a path of this machine: ${path}...`);
  return findings;
}

function textOf(output: Output): string {
  if (output.output_type === "stream") return output.text;
  if (output.output_type === "error") return output.traceback.join("\n");
  return Object.entries(output.data)
    .filter(([type]) => !type.startsWith("image/") || type === "image/svg+xml")
    .map(([, value]) => typeof value === "string" ? value : JSON.stringify(value))
    .join("\n");
}

/** From the last line that starts a statement at the left margin to the end. */
function lastStatement(source: string): string {
  const lines = source.trimEnd().split("\n");
  const isCode = (line: string) => /^[^\s})\]/]/.test(line);
  return lines.slice(Math.max(0, lines.findLastIndex(isCode))).join("\n");
}
