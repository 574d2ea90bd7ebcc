import type { CellFailure, Finding, Notebook } from "../notebooks/mod.ts";

/**
 * Writes what is wrong with a cell, or with the notebook, in one line.
 *
 * @param finding What is wrong.
 * @returns The line.
 */
export function describeFinding({ cellId, message }: Finding): string {
  return cellId === undefined ? message : `cell "${cellId}": ${message}`;
}

/**
 * Writes why a notebook could not be executed to its end: the cell, its source, the
 * traceback, and what it had printed.
 *
 * @param failure What happened.
 * @param notebook The notebook, to say which cell of how many.
 * @returns Several lines.
 */
export function describeCellFailure(failure: CellFailure, notebook: Notebook): string {
  const { cell, kind, message } = failure;
  const ids = notebook.cells.filter((other) => other.cell_type === "code")
    .map(({ id }) => id);
  const what = {
    error: "threw an error",
    timeout: "took too long",
    kernel: "ended the kernel",
  }[kind];
  const place = `cell "${cell.id}" (${ids.indexOf(cell.id) + 1} of ${ids.length})`;
  const printed = cell.outputs.flatMap((output) =>
    output.output_type === "stream" ? output.text.trimEnd().split("\n") : []
  );
  return [
    `${place} ${what}:`,
    ...numbered(cell.source),
    ...printed.length === 0 ? [] : ["it had printed:", ...printed.slice(-10)],
    message,
  ].join("\n");
}

function numbered(source: string): string[] {
  const lines = source.split("\n");
  const width = String(lines.length).length;
  return lines.map((line, index) => `${String(index + 1).padStart(width)} | ${line}`);
}
