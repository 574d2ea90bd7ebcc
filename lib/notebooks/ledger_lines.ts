import type { Finding } from "./compare.ts";
import type { Notebook } from "./notebook_types.ts";

/** The paragraph under a displayed equation that names its lines in the ledger. */
export const LEDGER_LINE = /^Ledger: (`[a-z0-9-]+`(?:, )?)+$/m;

/**
 * Checks that the ledger lines which the text names exist.
 *
 * @param notebook The notebook.
 * @param ids Every id of the ledger.
 * @returns The names that are not there.
 *
 * @example A name that is not there
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { checkLedgerLines } from "./ledger_lines.ts";
 *
 * const source = "$$\nx = x\n$$\n\nLedger: `same`, `other`";
 * const cell = { cell_type: "markdown" as const, id: "text", metadata: {}, source };
 * const notebook = {
 *   cells: [cell],
 *   metadata: {},
 *   nbformat: 4 as const,
 *   nbformat_minor: 5,
 * };
 * assertEquals(checkLedgerLines(notebook, ["same"]), [
 *   { cellId: "text", message: "the ledger has no line `other`" },
 * ]);
 * ```
 */
export function checkLedgerLines(
  notebook: Notebook,
  ids: readonly string[],
): Finding[] {
  return notebook.cells.flatMap((cell) => {
    if (cell.cell_type !== "markdown") return [];
    const lines = cell.source.match(new RegExp(LEDGER_LINE, "gm")) ?? [];
    const names = lines.flatMap((line) => line.match(/(?<=`)[a-z0-9-]+(?=`)/g) ?? []);
    return names.filter((name) => !ids.includes(name)).map((name) => ({
      cellId: cell.id,
      message: `the ledger has no line \`${name}\``,
    }));
  });
}
