import type { LedgerRecord } from "../derivation/mod.ts";
// Not by mod.ts, which loads vega.
import { escapeMarkup } from "../figures/escape_markup.ts";
import { formatNumber } from "./format_number.ts";
import { show } from "./kernel_display.ts";
import { type Column, layOut, tableHtml, tableText } from "./table.ts";

/** Options of {@link showLedger}. */
export interface ShowLedgerOptions {
  /** Only these models; all of an entry's if left out. */
  readonly models?: readonly string[];
}

const COLUMNS: readonly Column[] = [
  { key: "model" },
  { key: "method" },
  { key: "left" },
  { key: "relation", label: "" },
  { key: "right" },
  { key: "error", label: "left - right" },
  { key: "bound", label: "allowed" },
  { key: "verdict" },
];

const RELATIONS = { "=": "=", "<": "<", "->": "\u2192" } as const;

/**
 * Shows lines of the derivation: the statement, and how it was checked on each model.
 *
 * Ids are looked up in the ledger and checked on the spot; records are shown as they
 * are. Equal sides must be within a tolerance or 5 standard errors (z) of each other;
 * the left side of an inequality must be a margin or 5 standard errors below the right.
 *
 * @param lines Ids of ledger entries, or records of `checkLedger`.
 * @param options Which models; records are shown whatever it says.
 * @throws {RangeError} When an id is not in the ledger, or has none of the models.
 * @throws {Error} After showing them, when one of them fails.
 *
 * @example One line, and one that is not there
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { showLedger } from "elbo/jupyter";
 *
 * await showLedger("kl-of-two-normals");
 * await assertRejects(() => showLedger("kl-of-two-moons"), RangeError, "id");
 * ```
 */
export async function showLedger(
  lines: string | readonly string[] | readonly LedgerRecord[],
  options: ShowLedgerOptions = {},
): Promise<void> {
  const records = await recordsOf(lines, options);
  const groups = Map.groupBy(records, ({ id }) => id);
  for (const group of groups.values()) await showGroup(group);
  const failed = records.filter(({ verdict }) => verdict === "fails");
  if (failed.length === 0) return;
  const names = failed.map(({ id, model, method }) => `${id} on ${model} (${method})`);
  throw new Error(
    `Cannot go on as the ledger must hold: ${names.join(", ")} failed`,
  );
}

async function recordsOf(
  lines: string | readonly string[] | readonly LedgerRecord[],
  { models }: ShowLedgerOptions,
): Promise<readonly LedgerRecord[]> {
  const list = typeof lines === "string" ? [lines] : lines;
  if (!list.every((line) => typeof line === "string")) {
    return list as readonly LedgerRecord[];
  }
  // Only here: the ledger brings every model along.
  const { checkLedger, ledgerEntry } = await import("../derivation/mod.ts");
  const entries = list.map((id) => {
    const found = ledgerEntry(id);
    if (models === undefined) return found;
    const checks = found.checks.filter(({ model }) => models.includes(model));
    if (checks.length > 0) return { ...found, checks };
    const names = found.checks.map(({ model }) => model).join(", ");
    throw new RangeError(
      `Cannot show ${id} as models must name some of its own: ${models.join(", ")}; ` +
        `it has ${names}`,
    );
  });
  return checkLedger(entries);
}

async function showGroup(records: readonly LedgerRecord[]): Promise<void> {
  const [{ id, statement, short }] = records;
  const cells = layOut(records.map(rowOf), COLUMNS);
  const heading = `${id}: ${short}`;
  const tex = `<span class="tex">$${escapeMarkup(statement)}$</span>`;
  await show({
    "text/plain": tableText(cells, heading),
    "text/html": `<p><code>${escapeMarkup(id)}</code> ${tex}</p>\n${tableHtml(cells)}`,
  });
}

function rowOf(record: LedgerRecord): Record<string, unknown> {
  const { model, part, method, numSamples, left, right, relation, verdict } = record;
  return {
    model: part === undefined ? model : `${model}: ${part}`,
    method: method === "exact" ? "exact" : `${numSamples} draws`,
    left: number(left),
    relation: RELATIONS[relation],
    right: number(right),
    error: left === null || right === null ? "" : number(left - right, 2),
    bound: boundOf(record),
    verdict: verdict === "skipped" ? `skipped: ${record.note ?? ""}` : verdict,
  };
}

function boundOf({ relation, tolerance, z }: LedgerRecord): string {
  const below = relation === "<";
  if (z !== undefined) {
    return below ? `z \u2264 -5: ${z.toFixed(1)}` : `|z| \u2264 5: ${z.toFixed(2)}`;
  }
  return tolerance === undefined
    ? ""
    : `${below ? "" : "\u00b1 "}${number(tolerance, 2)}${below ? " at most" : ""}`;
}

function number(value: number | null | undefined, digits = 6): string {
  return typeof value === "number" ? formatNumber(value, { digits }) : "";
}
