import { fileURLToPath } from "node:url";
import {
  type Cell,
  type CodeCell,
  executeNotebook,
  type ExecuteNotebookOptions,
  type Notebook,
  type Output,
} from "../../lib/notebooks/mod.ts";
import { granted, ROOT } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";

/** Whether kernels may be started here: they are processes spoken to by TCP. */
export const canStartKernels = granted("read", "write", "run") &&
  Deno.permissions.querySync({ name: "net", host: "127.0.0.1" }).state === "granted";

/** The folder that kernels run in: the project's configuration holds there. */
export const FIXTURES = fileURLToPath(new URL("tests/fixtures/notebooks", ROOT));

/** A test with a real kernel; its folder for connection files must end up empty. */
export function kernelTest(
  name: string,
  body: (scratch: string) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: !canStartKernels,
    fn: () =>
      withTempDir(async (scratch) => {
        await body(scratch);
        const left = await Array.fromAsync(Deno.readDir(scratch));
        if (left.length > 0) throw new Error(`left behind: ${left[0].name}`);
      }),
  });
}

export function codeCell(source: string, rest: Partial<CodeCell> = {}): CodeCell {
  return {
    cell_type: "code",
    id: "cell",
    metadata: {},
    source,
    execution_count: null,
    outputs: [],
    ...rest,
  };
}

export function markdownCell(source: string, id = "text"): Cell {
  return { cell_type: "markdown", id, metadata: {}, source };
}

export function notebookOf(cells: readonly (string | Cell)[]): Notebook {
  return {
    cells: cells.map((cell, index) =>
      typeof cell === "string" ? codeCell(cell, { id: `cell-${index}` }) : cell
    ),
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** Executes cells in one kernel and returns the outputs of each. */
export async function outputsOf(
  cells: readonly (string | Cell)[],
  options: Partial<ExecuteNotebookOptions> & { scratch: string },
): Promise<Output[][]> {
  const { cells: executed } = await executeNotebook(notebookOf(cells), {
    directory: FIXTURES,
    timeoutMs: 60_000,
    ...options,
  });
  return executed.flatMap((cell) => cell.cell_type === "code" ? [cell.outputs] : []);
}

/** What a cell printed, streams and plain texts together. */
export function textOf(outputs: readonly Output[]): string {
  return outputs.map((output) => {
    if (output.output_type === "stream") return output.text;
    if (output.output_type === "error") return output.evalue;
    return String(output.data["text/plain"]);
  }).join("");
}
