import { formatNumber } from "./format_number.ts";
// Not by mod.ts, which loads vega.
import { escapeMarkup } from "../figures/escape_markup.ts";
import { show } from "./kernel_display.ts";

/** One column of {@link showTable}. */
export interface Column {
  /** Property of a row. */
  readonly key: string;
  /** Heading; the key by default. */
  readonly label?: string;
  /** Significant digits of numbers, 5 by default. */
  readonly digits?: number;
  /** Decimals of numbers; wins over `digits`. */
  readonly decimals?: number;
  /** Writes a value; wins over both. */
  readonly format?: (value: unknown) => string;
}

/** Options of {@link showTable}. */
export interface TableOptions {
  /** Columns in order, as keys or described; the keys of the first row by default. */
  readonly columns?: readonly (string | Column)[];
  /** What the table shows, in one sentence. */
  readonly caption?: string;
}

/** A table as texts. */
export interface Cells {
  /** One a column. */
  readonly headings: string[];
  /** Whether a column holds numbers alone, which stand to the right. */
  readonly numeric: boolean[];
  /** One text a column in each. */
  readonly rows: string[][];
}

/**
 * Shows records as a table, in HTML and in plain text.
 *
 * @param rows One record a row.
 * @param options Columns and caption.
 * @throws {RangeError} When there are neither rows nor columns.
 *
 * @example Two rows, and none
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { showTable } from "elbo/jupyter";
 *
 * await showTable([{ k: 1, bound: -104.2 }, { k: 10, bound: -101.9 }], {
 *   columns: ["k", { key: "bound", label: "L_K (nats)", decimals: 1 }],
 *   caption: "The bound rises with K.",
 * });
 * await assertRejects(() => showTable([]), RangeError, "a row or a column");
 * ```
 */
export async function showTable(
  rows: readonly Readonly<Record<string, unknown>>[],
  { columns = Object.keys(rows[0] ?? {}), caption }: TableOptions = {},
): Promise<void> {
  if (columns.length === 0) {
    throw new RangeError(
      "Cannot show a table as it must have a row or a column: it has none",
    );
  }
  const cells = layOut(rows, columns);
  await show({
    "text/plain": tableText(cells, caption),
    "text/html": tableHtml(cells, caption),
  });
}

/** Turns records into the texts of a table. */
export function layOut(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly (string | Column)[],
): Cells {
  const described = columns.map((column) =>
    typeof column === "string" ? { key: column } : column
  );
  return {
    headings: described.map(({ key, label }) => label ?? key),
    numeric: described.map(({ key }) =>
      rows.every((row) => row[key] === undefined || typeof row[key] === "number")
    ),
    rows: rows.map((row) =>
      described.map((column) => cellText(row[column.key], column))
    ),
  };
}

function cellText(value: unknown, { format, decimals, digits }: Column): string {
  if (format !== undefined) return format(value);
  if (value === undefined || value === null) return "";
  if (typeof value !== "number") return String(value);
  if (decimals !== undefined) return value.toFixed(decimals);
  return formatNumber(value, { digits });
}

/** Writes a table in plain characters. */
export function tableText(
  { headings, numeric, rows }: Cells,
  caption?: string,
): string {
  const widths = headings.map((heading, column) =>
    Math.max(...[heading, ...rows.map((row) => row[column])].map((text) => text.length))
  );
  const line = (texts: readonly string[]) =>
    texts.map((text, column) =>
      numeric[column] ? text.padStart(widths[column]) : text.padEnd(widths[column])
    ).join("  ").trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  const lines = [line(headings), rule, ...rows.map(line)];
  return (caption === undefined ? lines : [caption, "", ...lines]).join("\n");
}

/** Writes a table in HTML that front ends style themselves. */
export function tableHtml(
  { headings, numeric, rows }: Cells,
  caption?: string,
): string {
  const align = (column: number) =>
    ` style="text-align: ${numeric[column] ? "right" : "left"}"`;
  const row = (texts: readonly string[], tag: string) =>
    "<tr>" +
    texts.map((text, column) =>
      `<${tag}${align(column)}>${escapeMarkup(text)}</${tag.split(" ")[0]}>`
    ).join("") + "</tr>";
  return [
    // A <caption> would be broken into lines as narrow as the table.
    ...(caption === undefined ? [] : [`<p>${escapeMarkup(caption)}</p>`]),
    "<table>",
    `<thead>${row(headings, 'th scope="col"')}</thead>`,
    "<tbody>",
    ...rows.map((texts) => row(texts, "td")),
    "</tbody>",
    "</table>",
  ].join("\n");
}
