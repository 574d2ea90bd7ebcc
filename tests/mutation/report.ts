import type { Verdict } from "./judge.ts";

const KINDS = ["killed", "timed out", "survived", "not covered"] as const;

/** How many mutants ended how. */
export interface Score {
  readonly mutants: number;
  readonly counts: Readonly<Record<(typeof KINDS)[number], number>>;
  /** Those that a test noticed, of all: also of those that no test reaches. */
  readonly percent: number;
}

export function scoreOf(verdicts: readonly Verdict[]): Score {
  const count = (kind: string) => verdicts.filter((one) => one.kind === kind).length;
  const counts = {
    "killed": count("killed"),
    "timed out": count("timed out"),
    "survived": count("survived"),
    "not covered": count("not covered"),
  };
  const mutants = verdicts.length;
  const percent = 100 * (counts.killed + counts["timed out"]) / mutants;
  return { mutants, counts, percent };
}

/** A table with a line for each room. */
export function table(scores: ReadonlyMap<string, Score>): string {
  const rows = [
    ["", "mutants", ...KINDS, "score"],
    ...[...scores].map(([room, { mutants, counts, percent }]) => [
      room,
      ...[mutants, ...KINDS.map((kind) => counts[kind])].map(String),
      // Never rounded up to what was not reached.
      `${(Math.floor(10 * percent) / 10).toFixed(1)}%`,
    ]),
  ];
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows.map((row) =>
    row.map((cell, c) => c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))
      .join("  ").trimEnd()
  ).join("\n");
}

/** Where a mutant stands and what it changes, on one line. */
export function describe({ mutant, kind }: Verdict): string {
  const { file, line, column, original, replacement } = mutant;
  return `${kind}: ${file}:${line}:${column} ${short(original)} -> ${
    short(replacement)
  }`;
}

function short(code: string): string {
  const flat = code.replaceAll(/\s+/g, " ").trim();
  return flat.length <= 60 ? flat : `${flat.slice(0, 40)} ... ${flat.slice(-15)}`;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** The piece of a text between two places, both counted from 0. */
export function textAt(
  source: string,
  { start, end }: { readonly start: Place; readonly end: Place },
): string {
  const lines = source.split("\n").slice(start.line, end.line + 1);
  lines[lines.length - 1] = lines[lines.length - 1].slice(0, end.column);
  lines[0] = lines[0].slice(start.column);
  return lines.join("\n");
}
