/**
 * Notebooks without Python: executing them in Deno's own kernel, storing their outputs
 * in a normal form, comparing, checking their code, and turning them into pages.
 *
 * @module
 */
export { checkCode, type NotebookFile } from "./check_code.ts";
export {
  compareNotebooks,
  type Finding,
  SHORTENED_TAG,
  TIMING_TAG,
} from "./compare.ts";
export {
  compareText,
  type CompareTextOptions,
  RELATIVE_TOLERANCE,
} from "./compare_text.ts";
export {
  CellFailure,
  executeNotebook,
  type ExecuteNotebookOptions,
  type FailureKind,
} from "./execute.ts";
export { formatCells } from "./format_cells.ts";
export { checkHouseRules, checkOrder, LARGEST_NOTEBOOK } from "./house_rules.ts";
export { checkLedgerLines } from "./ledger_lines.ts";
export {
  CellTimeoutError,
  type ExecuteOptions,
  type Kernel,
  KernelDeathError,
  type KernelOptions,
  startKernel,
} from "./kernel.ts";
export { type JsonObject, type JupyterMessage } from "./messages.ts";
export { parseNotebook, stringifyNotebook, tagsOf } from "./notebook.ts";
export type {
  Cell,
  CellBase,
  CodeCell,
  DisplayData,
  ErrorOutput,
  ExecuteResult,
  MarkdownCell,
  Notebook,
  Output,
  RawCell,
  StreamOutput,
} from "./notebook_types.ts";
export { type PageOptions, renderPage } from "./page/page.ts";
