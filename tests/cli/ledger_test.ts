import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import type { LedgerRecord } from "elbo/derivation";
import { runLedger } from "../../lib/cli/ledger.ts";
import { ledgerMarkdown, tableRows, tableSummary } from "../../lib/cli/ledger_table.ts";
import { checkLedger, checkPlantedErrors, ledger, ledgerEntry } from "elbo/derivation";
import { granted, ROOT } from "../helpers/permissions.ts";
import { command, finish } from "./command.ts";

/** Runs the command and keeps what it prints. */
async function run(...args: string[]) {
  const { log, error } = console;
  const out: string[] = [];
  const err: string[] = [];
  console.log = (text: string) => out.push(text);
  console.error = (text: string) => err.push(text);
  try {
    const status = await runLedger(args);
    return { status, out: out.join("\n"), err: err.join("\n") };
  } finally {
    console.log = log;
    console.error = error;
  }
}

Deno.test("ledger: prints an aligned table that fits 120 columns, status 0", async () => {
  const { status, out, err } = await run("--only", "entropy-of-a-normal");
  assertEquals([status, err], [0, ""]);
  const lines = out.split("\n");
  const rows = lines.filter((line) => line.endsWith("holds"));
  assertEquals(rows.length, 6);
  assertEquals(new Set(rows.map((row) => row.indexOf("holds"))).size, 1);
  assert(lines.every((line) => line.length <= 120));
  assertStringIncludes(out, "entropy-of-a-normal:  H(q) = ");
  assertStringIncludes(out, "1 statement, 6 comparisons: 6 hold, 0 fail, 0 skipped");
});

Deno.test("ledger --json: prints one array of records and nothing else", async () => {
  const { status, out, err } = await run(
    "--json",
    "--only",
    "kl-of-two-normals, jensen",
  );
  assertEquals([status, err], [0, ""]);
  const records: LedgerRecord[] = JSON.parse(out);
  assertEquals(new Set(records.map(({ id }) => id)).size, 2);
  for (const record of records) {
    assertEquals(record.verdict, "holds");
    for (const key of ["id", "statement", "model", "left", "right", "error"]) {
      assert(key in record, key);
    }
    const isExact = record.method === "exact";
    assertEquals(isExact, record.tolerance !== undefined);
    assertEquals(!isExact, record.standardError !== undefined);
  }
});

Deno.test("ledger --only: a statement named twice is checked once", async () => {
  const { status, out } = await run("--only", "jensen, jensen");
  assertEquals(status, 0);
  assertStringIncludes(out, "1 statement,");
});

Deno.test("ledger --planted: says that every planted error was caught", async () => {
  const { status, out } = await run("--planted", "--only", "kl-to-standard-normal");
  assertEquals(status, 0);
  assertStringIncludes(out, "5 planted errors in 12 comparisons: all caught");
});

Deno.test("ledger --seed: draws anew, and the same again", async () => {
  const draw = async (seed: string) =>
    (await run("--seed", seed, "--only", "entropy-of-a-normal")).out;
  const [one, again, two] = [await draw("1"), await draw("1"), await draw("2")];
  assertEquals(one, again);
  assert(one !== two);
});

Deno.test("ledger: a wrong command line is one sentence with the nearest name", async () => {
  const refusals = {
    "--onyl jensen": "the nearest is --only",
    "--only jansen": "the nearest is jensen",
    "--only elbo-plus": "the nearest is log-marginal-is-elbo-plus-kl",
    "--seed -1": "--seed must be a whole number from 0",
    "--json --markdown": "must not come together",
    "jensen": "is one too many",
  };
  for (const [line, part] of Object.entries(refusals)) {
    const { status, out, err } = await run(...line.split(" "));
    assertEquals([status, out], [2, ""], line);
    assertStringIncludes(err, part);
    assertEquals(err.split("\n").length, 1);
  }
});

Deno.test("ledger --help: lists the options on stdout", async () => {
  const { status, out } = await run("--help");
  assertEquals(status, 0);
  for (const option of ["--only", "--seed", "--planted", "--json", "--markdown"]) {
    assertStringIncludes(out, option);
  }
});

Deno.test("ledger --markdown: shows the statement in TeX and what was planted", async () => {
  const { status, out } = await run("--markdown", "--planted", "--only", "jensen");
  assertEquals(status, 0);
  assertStringIncludes(out, "## jensen");
  assertStringIncludes(out, "```math\nE_q \\ln w \\le \\ln E_q w");
  assertStringIncludes(
    out,
    "- right: the average of the logs on both sides: caught in",
  );
});

const entry = ledgerEntry("entropy-of-a-normal");

Deno.test("ledger table: a failure stands out with its reason", () => {
  const [record] = checkLedger([entry]);
  const failing: LedgerRecord = { ...record, verdict: "fails", note: "because" };
  const text = tableRows(entry, [failing]);
  assertStringIncludes(text, "FAILS");
  assertStringIncludes(text, "because");
  const finding = { entry, records: [failing], planted: [] };
  assertStringIncludes(tableSummary([finding]), "0 hold, 1 fail,");
});

Deno.test("ledger table: a planted error that passes stands out", () => {
  const [record] = checkPlantedErrors([entry]);
  const blind: LedgerRecord = { ...record, verdict: "holds" };
  assertStringIncludes(tableRows(entry, [blind]), "NOT CAUGHT");
  const finding = { entry, records: [], planted: [blind] };
  assertStringIncludes(tableSummary([finding]), "1 NOT CAUGHT");
  assertStringIncludes(ledgerMarkdown([finding], { seed: 0 }), "caught in 0 of 1");
});

Deno.test("ledger table: a skipped model says why", () => {
  const [record] = checkLedger([entry]);
  const skipped: LedgerRecord = {
    ...record,
    left: null,
    right: null,
    error: null,
    verdict: "skipped",
    note: "the file is not there",
  };
  assertStringIncludes(tableRows(entry, [skipped]), "skipped: the file is not there");
});

Deno.test({
  name: "ledger: as a process without permissions it passes and skips (needs run)",
  ignore: !granted("run"),
  fn: async () => {
    const args = ["--only", "equality-at-the-posterior"];
    const { code, stdout } = await finish(
      command("ledger", { permissions: [], args }).spawn(),
    );
    assertEquals(code, 0);
    assertStringIncludes(stdout, "skipped: data/mnist_vae_2d.safetensors needs the");
    assertGreater(stdout.split("holds").length, 5);
  },
});

Deno.test({
  name: "docs/ledger.md: has every statement of the ledger, in its order (needs read)",
  ignore: !granted("read"),
  fn: () => {
    const page = Deno.readTextFileSync(new URL("docs/ledger.md", ROOT));
    const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, id]) => id);
    assertEquals(headings, ledger.map(({ id }) => id));
    for (const { statement } of ledger) assertStringIncludes(page, statement);
    assert(!/FAILS|NOT CAUGHT|skipped:/.test(page));
  },
});
