import type { LedgerEntry, LedgerRecord } from "../derivation/mod.ts";

/** What was found for one entry. */
export interface Finding {
  readonly entry: LedgerEntry;
  readonly records: readonly LedgerRecord[];
  /** One record for each planted error and comparison; empty if none was planted. */
  readonly planted: readonly LedgerRecord[];
}

const WIDTHS = { model: 26, method: 11, side: 12, error: 8, allowed: 23 } as const;

/** The names of the columns. */
export function tableHead(): string {
  return row({
    model: "model",
    method: "method",
    left: "left",
    relation: "",
    right: "right",
    error: "error",
    allowed: "tolerance, or z and s.e.",
    verdict: "verdict",
  });
}

/** An entry's name and short statement, and a row for each record under it. */
export function tableRows(
  { id, short }: LedgerEntry,
  records: readonly LedgerRecord[],
): string {
  return ["", `${id}:  ${short}`, ...records.map(rowOf)].join("\n");
}

/** How many statements and comparisons, and how they came out. */
export function tableSummary(findings: readonly Finding[]): string {
  const records = findings.flatMap((finding) => finding.records);
  const count = (verdict: string) =>
    records.filter((record) => record.verdict === verdict).length;
  const lines = [
    "",
    `${findings.length} statement${findings.length === 1 ? "" : "s"}, ` +
    `${records.length} comparisons: ` +
    `${count("holds")} hold, ${count("fails")} fail, ${count("skipped")} skipped`,
  ];
  const planted = findings.flatMap((finding) => finding.planted);
  if (planted.length > 0) {
    const missed = planted.filter((record) => record.verdict !== "fails").length;
    lines.push(
      `${numErrors(findings)} planted errors in ${planted.length} comparisons: ` +
        (missed === 0 ? "all caught" : `${missed} NOT CAUGHT`),
    );
  }
  return lines.join("\n");
}

function numErrors(findings: readonly Finding[]): number {
  const names = findings.flatMap(({ entry, planted }) =>
    planted.map((record) => `${entry.id}/${record.planted}`)
  );
  return new Set(names).size;
}

/** The whole as a page: statements in TeX, where they stand, and their rows. */
export function ledgerMarkdown(
  findings: readonly Finding[],
  { seed }: { seed: number },
): string {
  const withPlanted = findings.some(({ planted }) => planted.length > 0);
  const command = `deno task ledger${seed === 0 ? "" : ` --seed ${seed}`}` +
    `${withPlanted ? " --planted" : ""} --markdown`;
  const parts = [
    "# The ledger",
    `Every line of the derivation, checked: what \`${command}\` printed last.`,
    INTRODUCTION,
    fenced("text", tableSummary(findings).trim()),
    ...findings.flatMap(sectionOf),
  ];
  return parts.join("\n\n");
}

const INTRODUCTION = [
  "Left is the library's side of a statement, right the witness's, which shares no code",
  "with it beyond `elbo/math`. An exact row gives the error and the tolerance (for `<` the",
  "margin that the left must keep below the right); a Monte Carlo row gives the mean, the",
  "number that it must come to, z and the standard error. `→` compares a sequence with its",
  "limit: the last value is shown. Of several pairs the one nearest to failing is shown.",
].join("\n");

function sectionOf({ entry, records, planted }: Finding): string[] {
  const { id, statement, essay, note } = entry;
  const parts = [
    `## ${id}`,
    fenced("math", statement),
    `In the ${essay.page}: ${essay.line}.${note ? `\n${note}` : ""}`,
    fenced("text", dedented([tableHead(), ...records.map(rowOf)].join("\n"))),
  ];
  if (planted.length > 0) {
    const names = [...new Set(planted.map((record) => record.planted))];
    parts.push(
      "Planted errors:",
      names.map((name) => plantedLine(name!, planted)).join("\n"),
    );
  }
  return parts;
}

function plantedLine(name: string, planted: readonly LedgerRecord[]): string {
  const records = planted.filter((record) => record.planted === name);
  const caught = records.filter((record) => record.verdict === "fails").length;
  return `- ${name}: caught in ${caught} of ${records.length}`;
}

/** deno fmt takes the indentation of a fenced block away. */
function dedented(text: string): string {
  return text.replace(/^ {2}/gm, "");
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** One record as a line of aligned columns. */
function rowOf(record: LedgerRecord): string {
  const { model, verdict, note, planted, relation } = record;
  const shown = verdict === "fails" ? "FAILS" : verdict;
  if (verdict === "skipped") return `  ${model.padEnd(WIDTHS.model)}  skipped: ${note}`;
  const line = row({
    model,
    method: methodOf(record),
    left: number(record.left),
    relation: relation === "->" ? "→" : relation,
    right: number(record.right),
    error: record.error === null ? "-" : record.error.toExponential(1),
    allowed: allowedOf(record),
    verdict: planted ? "NOT CAUGHT" : shown,
  });
  const remarks = [planted, note].filter((text) => text !== undefined);
  return [line, ...remarks.map((text) => `      ${text}`)].join("\n");
}

function methodOf({ method, part }: LedgerRecord): string {
  if (method === "monteCarlo") return "Monte Carlo";
  return part ? "at equality" : "exact";
}

function allowedOf({ tolerance, z, standardError }: LedgerRecord): string {
  if (tolerance !== undefined) return `<= ${tolerance.toExponential(1)}`;
  if (standardError === undefined) return "-";
  const score = z === undefined ? "-" : z.toFixed(2);
  return `z ${score.padStart(6)}, ${standardError.toExponential(1)}`;
}

function number(value: number | null): string {
  if (value === null) return "-";
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e-4 && size < 1e7 ? value.toPrecision(7) : value.toExponential(4);
}

interface Cells {
  model: string;
  method: string;
  left: string;
  relation: string;
  right: string;
  error: string;
  allowed: string;
  verdict: string;
}

function row(cells: Cells): string {
  return [
    `  ${cells.model.padEnd(WIDTHS.model)}`,
    cells.method.padEnd(WIDTHS.method),
    cells.left.padStart(WIDTHS.side),
    cells.relation.padEnd(1),
    cells.right.padStart(WIDTHS.side),
    cells.error.padStart(WIDTHS.error),
    cells.allowed.padEnd(WIDTHS.allowed),
    cells.verdict,
  ].join("  ").trimEnd();
}
