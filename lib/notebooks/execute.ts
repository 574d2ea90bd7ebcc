/**
 * Executing a notebook: a fresh kernel, every code cell in order, outputs collected.
 *
 * @module
 */

import { CellTimeoutError, KernelDeathError, startKernel } from "./kernel.ts";
import type { JsonObject } from "./messages.ts";
import { tagsOf } from "./notebook.ts";
import type { CodeCell, Notebook, Output } from "./notebook_types.ts";
import { OutputCollector } from "./output_collector.ts";

/** Options of {@link executeNotebook}. */
export interface ExecuteNotebookOptions {
  /** Working directory of the kernel: the notebook's folder. */
  readonly directory: string;
  /** Existing folder for the connection file. */
  readonly scratch: string;
  /** Time limit of a cell, in milliseconds. */
  readonly timeoutMs: number;
  /** Variables added to the kernel's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the run early. */
  readonly signal?: AbortSignal;
  /** Told before each code cell: its number from 1, of how many. */
  readonly onCell?: (cell: CodeCell, place: { number: number; count: number }) => void;
}

/** Why a cell failed. */
export type FailureKind = "error" | "timeout" | "kernel";

/** A cell that did not end well. */
export class CellFailure extends Error {
  /** The class's own, as messages show it. */
  override name = "CellFailure";
  /** The cell, with the outputs it had shown. */
  readonly cell: CodeCell;
  /** What went wrong. */
  readonly kind: FailureKind;

  /** Takes the cell as it stood, why it failed, and the words for it. */
  constructor(
    cell: CodeCell,
    { kind, message }: { kind: FailureKind; message: string },
  ) {
    super(message);
    this.cell = cell;
    this.kind = kind;
  }
}

/**
 * Executes every code cell of a notebook in a fresh kernel.
 *
 * A cell tagged `raises-exception` may fail; any other failure ends the run. The kernel
 * is gone when this returns or throws.
 *
 * @param notebook The notebook; it is not changed.
 * @param options Folder, limits, and who wants to know.
 * @returns The same notebook with the outputs of this run, counts from 1.
 * @throws {CellFailure} When a cell throws, takes too long, or ends the kernel.
 * @throws {KernelDeathError} When the kernel does not start.
 */
export async function executeNotebook(
  notebook: Notebook,
  options: ExecuteNotebookOptions,
): Promise<Notebook> {
  options.signal?.throwIfAborted();
  const kernel = await startKernel(options);
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {});
  const abort = () => aborted.reject(options.signal?.reason);
  options.signal?.addEventListener("abort", abort);
  try {
    const collector = new OutputCollector();
    const count = notebook.cells.filter((cell) => cell.cell_type === "code").length;
    const cells: Notebook["cells"] = [];
    let number = 0;
    for (const cell of notebook.cells) {
      if (cell.cell_type !== "code") {
        cells.push(cell);
        continue;
      }
      number++;
      options.onCell?.(cell, { number, count });
      const outputs = collector.beginCell();
      const fresh = { ...cell, outputs, execution_count: number };
      cells.push(fresh);
      if (cell.source.trim() === "") continue;
      let reply: JsonObject;
      try {
        reply = await Promise.race([
          aborted.promise,
          kernel.execute(cell.source, {
            timeoutMs: options.timeoutMs,
            onMessage: (message) => collector.collect(message),
          }),
        ]);
      } catch (error) {
        throw describeFailure(error, fresh);
      }
      addMissingError(outputs, reply);
      putErrorsLast(outputs);
      if (!tagsOf(cell).includes("raises-exception")) refuseErrors(fresh);
    }
    return { ...notebook, cells: cells.map(withOwnCount) };
  } finally {
    options.signal?.removeEventListener("abort", abort);
    await kernel.shutdown();
  }
}

function describeFailure(error: unknown, cell: CodeCell): unknown {
  if (error instanceof CellTimeoutError) {
    return new CellFailure(cell, { kind: "timeout", message: error.message });
  }
  if (error instanceof KernelDeathError) {
    return new CellFailure(cell, { kind: "kernel", message: error.message });
  }
  return error;
}

/** The kernel refuses code that it cannot parse without showing an error. */
function addMissingError(outputs: Output[], reply: JsonObject): void {
  if (reply.status !== "error") return;
  if (outputs.some((output) => output.output_type === "error")) return;
  const evalue = `${reply.evalue}: the kernel shows no reason, which means that it ` +
    "could not parse the cell";
  outputs.push({
    output_type: "error",
    ename: "SyntaxError",
    evalue,
    traceback: [`SyntaxError: ${evalue}`],
  });
}

/** The kernel sends errors and streams by two ways; nothing is shown after an error. */
function putErrorsLast(outputs: Output[]): void {
  const isError = (output: Output) => output.output_type === "error";
  const errors = outputs.filter(isError);
  if (errors.length === 0) return;
  outputs.splice(
    0,
    Infinity,
    ...outputs.filter((output) => !isError(output)),
    ...errors,
  );
}

function refuseErrors(cell: CodeCell): void {
  const error = cell.outputs.find((output) => output.output_type === "error");
  if (error === undefined) return;
  const message = error.traceback.join("\n").trim() ||
    `${error.ename}: ${error.evalue}`;
  throw new CellFailure(cell, { kind: "error", message });
}

/** The kernel counts what it ran; a reader counts the cells. */
function withOwnCount(cell: Notebook["cells"][number]): Notebook["cells"][number] {
  if (cell.cell_type !== "code") return cell;
  const outputs = cell.outputs.map((output): Output =>
    output.output_type === "execute_result"
      ? { ...output, execution_count: cell.execution_count }
      : output
  );
  return { ...cell, outputs };
}
