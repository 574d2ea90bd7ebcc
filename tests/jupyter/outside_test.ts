import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { LedgerRecord } from "elbo/derivation";
import { encode } from "fast-png";
import {
  formatNumber,
  inCheck,
  inKernel,
  progress,
  say,
  showFigure,
  showLedger,
  showMarkdown,
  showTable,
  untilStopped,
} from "elbo/jupyter";

/** What a function prints on stdout. */
async function printedBy(body: () => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const { log } = console;
  console.log = (...values: unknown[]) => lines.push(values.join(" "));
  try {
    await body();
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

Deno.test("jupyter: outside the kernel everything is plain text", async () => {
  assertEquals([inKernel(), inCheck()], [false, false]);
  const png = encode({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) });
  const text = await printedBy(async () => {
    await say("a", 1, { b: [2] }, null);
    await showMarkdown("**c**");
    await showFigure({ png, alt: "a dot" });
    const line = await progress({ total: 2, label: "step" });
    await line.update(1, "halfway");
    await line.finish();
  });
  assertEquals(text.split("\n"), [
    "a 1 { b: [ 2 ] } null",
    "**c**",
    "a dot",
    "[###############...............] step  1 / 2  halfway",
  ]);
});

Deno.test("table: columns, numbers and the caption in plain text", async () => {
  const rows = [{ k: 1, bound: -104.26, name: "a" }, {
    k: 100,
    bound: -98.5,
    name: "b",
  }];
  const text = await printedBy(() =>
    showTable(rows, {
      columns: ["k", { key: "bound", label: "L_K", decimals: 1 }, "name", {
        key: "k",
        label: "twice",
        format: (k) => `2 * ${k}`,
      }],
      caption: "The bound.",
    })
  );
  assertEquals(text.split("\n"), [
    "The bound.",
    "",
    "  k     L_K  name    twice",
    "---  ------  ----  -------",
    "  1  -104.3  a       2 * 1",
    "100   -98.5  b     2 * 100",
  ]);
});

Deno.test("table: an empty table needs columns", async () => {
  await assertRejects(() => showTable([]), RangeError, "a row or a column");
  assertEquals(await printedBy(() => showTable([], { columns: ["a"] })), "a\n-");
});

Deno.test("figure: what is no PNG, or has no description, is refused", async () => {
  const png = new Uint8Array(30);
  await assertRejects(() => showFigure({ png, alt: "x" }), TypeError, "a PNG file");
  const good = encode({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) });
  await assertRejects(() => showFigure({ png: good, alt: " " }), TypeError, "alt");
});

Deno.test("progress: the total must be positive", async () => {
  for (const total of [0, -1, NaN, Infinity]) {
    await assertRejects(() => progress({ total }), RangeError, "total");
  }
});

Deno.test("formatNumber: few digits, special values as they are", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [-0, "0"],
    [60000, "60000"],
    [1234567, "1.2346e+6"],
    [1e6, "1000000"],
    [0.5, "0.5"],
    [1 / 3, "0.33333"],
    [-105.345678, "-105.35"],
    [99999.6, "100000"],
    [0.001234567, "0.0012346"],
    [1.2345678e-12, "1.2346e-12"],
    [NaN, "NaN"],
    [-Infinity, "-Infinity"],
  ];
  for (const [value, text] of cases) assertEquals(formatNumber(value), text);
});

const record: LedgerRecord = {
  id: "kl-is-positive",
  statement: "\\mathrm{KL} \\ge 0",
  short: "KL >= 0",
  model: "coin",
  method: "exact",
  relation: "=",
  left: 0.5,
  right: 0.5,
  error: 1e-17,
  tolerance: 1e-12,
  verdict: "holds",
};

Deno.test("ledger: records are shown with both sides and the verdict", async () => {
  const draws: LedgerRecord = {
    ...record,
    method: "monteCarlo",
    numSamples: 2000,
    tolerance: undefined,
    z: -1.234,
  };
  const skipped: LedgerRecord = {
    ...record,
    model: "digits",
    left: null,
    right: null,
    error: null,
    verdict: "skipped",
    note: "no file",
  };
  const text = await printedBy(() => showLedger([record, draws, skipped]));
  const [heading, , , , exact, carlo, none] = text.split("\n");
  assertEquals(heading, "kl-is-positive: KL >= 0");
  assertEquals(exact.split(/ {2,}/), [
    "coin",
    "exact",
    "0.5",
    "=",
    "0.5",
    "0",
    "± 1e-12",
    "holds",
  ]);
  assertStringIncludes(carlo, "2000 draws");
  assertStringIncludes(carlo, "|z| ≤ 5: -1.23");
  assertStringIncludes(none, "skipped: no file");
});

Deno.test("ledger: an inequality says how far below the left side must be", async () => {
  const below: LedgerRecord = {
    ...record,
    relation: "<",
    left: 0.25,
    error: -0.25,
    tolerance: -0.1,
  };
  const draws: LedgerRecord = {
    ...below,
    method: "monteCarlo",
    numSamples: 2000,
    tolerance: undefined,
    z: -17.25,
  };
  const text = await printedBy(() => showLedger([below, draws]));
  const [exact, carlo] = text.split("\n").slice(4, 6).map((row) => row.split(/ {2,}/));
  assertEquals(exact.slice(2, 6), ["0.25", "<", "0.5", "-0.25"]);
  assertEquals(exact[6], "-0.1 at most");
  assertEquals(carlo[6], "z ≤ -5: -17.3");
});

Deno.test("ledger: a failing record is shown, then thrown", async () => {
  const failing = { ...record, verdict: "fails" as const };
  const text = await printedBy(() =>
    assertRejects(
      () => showLedger([record, failing]),
      Error,
      "kl-is-positive on coin (exact) failed",
    )
  );
  assertStringIncludes(text, "fails");
});

Deno.test("ledger: an id is checked on the spot, on the models that are named", async () => {
  const id = "kl-of-two-normals";
  const { ledger } = await import("elbo/derivation");
  const [first, second] = ledger.find((entry) => entry.id === id)?.checks ?? [];
  const options = { models: [first.model] };
  const text = await printedBy(() => showLedger(id, options));
  assertStringIncludes(text, first.model);
  assertStringIncludes(text, "20000 draws");
  assertEquals(text.includes(second.model), false);
  await assertRejects(() => showLedger("no-such-line"), RangeError, '"no-such-line"');
  const near = () => showLedger("kl-of-normals");
  await assertRejects(near, RangeError, "there are kl-of-two-normals, ");
  const none = () => showLedger(id, { models: ["none"] });
  await assertRejects(none, RangeError, "it has");
});

Deno.test("untilStopped: returns, rethrows, and leaves no signal listener", async () => {
  const { stopped, value } = await untilStopped(() => Promise.resolve(3));
  assertEquals([stopped, value], [false, 3]);
  const failing = () => untilStopped(() => Promise.reject(new TypeError("mine")));
  await assertRejects(failing, TypeError, "mine");
  // A rejection with a stranger's AbortError is an error as any other.
  const foreign = () => untilStopped(() => Promise.reject(AbortSignal.abort().reason));
  assert((await assertRejects(foreign)) instanceof DOMException);
});
