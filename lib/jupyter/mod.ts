/**
 * Showing results in a notebook: figures, tables, ledger entries, progress, and loops
 * that the stop button ends.
 *
 * Importing it in the kernel installs listeners that keep the kernel alive when the
 * stop button is pressed and report errors that would vanish. Outside the kernel
 * everything falls back to plain text on stdout.
 *
 * @module
 */

import { installGuards } from "./guards.ts";

export type { LedgerRecord, Relation } from "../derivation/mod.ts";
export type { ChartSpec, ImageGrid, Tiles } from "../figures/mod.ts";
export { breathe } from "./breathe.ts";
export { showChart, showImages } from "./chart.ts";
export { type Figure, showFigure } from "./figure.ts";
export { formatNumber } from "./format_number.ts";
export { inCheck } from "./in_check.ts";
export { inKernel, settle } from "./kernel_display.ts";
export { showLedger, type ShowLedgerOptions } from "./ledger.ts";
export { showMarkdown } from "./markdown.ts";
export { type Progress, progress, type ProgressOptions } from "./progress.ts";
export { say } from "./say.ts";
export { type StoppedResult, untilStopped } from "./stop.ts";
export { type Column, showTable, type TableOptions } from "./table.ts";

installGuards();
