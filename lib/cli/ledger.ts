import { closest } from "fastest-levenshtein";

import {
  checkLedger,
  checkPlantedErrors,
  ledger,
  type LedgerEntry,
  type LedgerRecord,
} from "../derivation/mod.ts";
import { UsageError } from "./errors.ts";
import {
  type Finding,
  ledgerMarkdown,
  tableHead,
  tableRows,
  tableSummary,
} from "./ledger_table.ts";
import { defineCommand, type Parsed, runCommand } from "./options.ts";
import { createStatusLine } from "./status_line.ts";

/** `deno task ledger`. */
export const ledgerCommand = defineCommand({
  name: "deno task ledger",
  act: "check the ledger",
  summary: "Checks every statement of the derivation on every of its models, exactly " +
    "and by Monte Carlo, and prints the two sides. The exit status is 1 if one fails.",
  options: {
    only: {
      kind: "string",
      placeholder: "ID",
      help: "Check one statement; several with commas between them.",
    },
    seed: {
      kind: "integer",
      default: 0,
      min: 0,
      max: 2 ** 32 - 1,
      help: "Of the Monte Carlo draws.",
    },
    planted: {
      kind: "flag",
      help: "Put every planted error in its place too: each must be caught.",
    },
    json: { kind: "flag", help: "Print one array of records." },
    markdown: { kind: "flag", help: "Print a page, as docs/ledger.md keeps it." },
  },
  examples: [
    "deno task ledger --only log-marginal-is-elbo-plus-kl",
    "deno task ledger --planted --markdown",
    "deno task ledger --json",
  ],
});

function checkAll({ values }: Parsed<typeof ledgerCommand.options>): number {
  const { json, markdown, planted, seed } = values;
  if (json && markdown) {
    throw new UsageError(
      "Cannot check the ledger as --json and --markdown must not come together: both " +
        "print to stdout; leave one of them out",
    );
  }
  const entries = chosenEntries(values.only);
  const isTable = !json && !markdown;
  if (isTable) console.log(tableHead());

  const status = createStatusLine();
  const findings: Finding[] = [];
  for (const [i, entry] of entries.entries()) {
    status.show(`${i + 1} of ${entries.length}: ${entry.id}`);
    const records = checkLedger([entry], { seed });
    const found = planted ? checkPlantedErrors([entry], { seed }) : [];
    findings.push({ entry, records, planted: found });
    status.close();
    // Entry by entry: the whole takes a while.
    if (isTable) console.log(tableRows(entry, [...records, ...found].filter(isShown)));
  }

  if (json) console.log(JSON.stringify(findings.flatMap(allRecords), null, 2));
  if (markdown) console.log(ledgerMarkdown(findings, { seed }));
  if (isTable) console.log(tableSummary(findings));
  return findings.flatMap(allRecords).every(isAsItMustBe) ? 0 : 1;
}

function allRecords({ records, planted }: Finding): LedgerRecord[] {
  return [...records, ...planted];
}

/** A planted error that is caught needs no line of the table. */
function isShown(record: LedgerRecord): boolean {
  return record.planted === undefined || !isAsItMustBe(record);
}

/** A statement must not fail; with a planted error it must, and by its numbers. */
function isAsItMustBe({ planted, verdict, left }: LedgerRecord): boolean {
  return planted === undefined
    ? verdict !== "fails"
    : verdict === "fails" && left !== null;
}

function chosenEntries(only: string | undefined): readonly LedgerEntry[] {
  if (only === undefined) return ledger;
  const ids = new Set(only.split(",").map((part) => part.trim()));
  return [...ids].map((id) => {
    const found = ledger.find((entry) => entry.id === id);
    if (found) return found;
    throw new UsageError(
      "Cannot check the ledger as --only must name an entry: it is " +
        `${JSON.stringify(id)}; the nearest is ${nearestId(id)}`,
    );
  });
}

/** Half of a name is nearer to the whole of it than its letters are. */
function nearestId(text: string): string {
  const ids = ledger.map(({ id }) => id);
  return ids.find((id) => text !== "" && id.includes(text)) ?? closest(text, ids);
}

/**
 * Runs `deno task ledger`.
 *
 * @param args The words after the script's name.
 * @returns The exit status.
 */
export function runLedger(args: readonly string[]): Promise<number> {
  return runCommand(ledgerCommand, checkAll, { args });
}

if (import.meta.main) Deno.exit(await runLedger(Deno.args));
