import { assert, assertEquals, assertGreaterOrEqual, assertMatch } from "@std/assert";
import { assertThrows } from "@std/assert";
import {
  checkLedger,
  checkPlantedErrors,
  ledger,
  ledgerEntry,
  type LedgerRecord,
} from "elbo/derivation";
import { reportCheck } from "../helpers/monte_carlo.ts";
import { describeSeed, testSeed } from "../helpers/seed.ts";

const seedOf = () => testSeed(0);

function describe(record: LedgerRecord, seed?: number): string {
  const { id, statement: _, short, ...rest } = record;
  return `${id}: ${short}\n${JSON.stringify(rest, null, 2)}\n${describeSeed(seed)}`;
}

// Of an inequality the mean may be as far off as it likes, on one side.
function report({ model, relation, z, standardError, verdict }: LedgerRecord): void {
  if (relation !== "=" || z === undefined || standardError === undefined) return;
  const passed = verdict === "holds";
  const check = { label: model, z, standardError, maxZ: 5, passed };
  reportCheck({ ...check, worstOfSeveral: true });
}

for (const entry of ledger) {
  // The draws have tests of their own, which deno task false-alarms runs with many seeds.
  for (const method of ["exact", "monteCarlo"] as const) {
    const how = method === "exact" ? "exactly" : "by draws";
    const seedFor = () => method === "exact" ? undefined : seedOf();

    // Without the permission to read, the trained network's rows are skipped.
    Deno.test(`ledger: ${entry.id} holds ${how}`, () => {
      const seed = seedFor();
      const records = checkLedger([entry], { seed, method });
      records.forEach(report);
      for (const record of records) {
        assert(record.verdict !== "fails", describe(record, seed));
      }
      const checked = records.filter(({ verdict }) => verdict === "holds");
      assertEquals(new Set(checked.map((record) => record.method)), new Set([method]));
      assertGreaterOrEqual(new Set(checked.map(({ model }) => model)).size, 2);
    });

    Deno.test(`ledger: every error planted in ${entry.id} is caught ${how}`, () => {
      const seed = seedFor();
      for (const record of checkPlantedErrors([entry], { seed, method })) {
        assertEquals(record.verdict, "fails", describe(record, seed));
        // By its numbers: an error that throws would prove nothing.
        assert(record.left !== null && record.right !== null, describe(record, seed));
        assert(Number.isFinite(record.error), describe(record, seed));
      }
    });
  }

  Deno.test(`ledger: ${entry.id} has errors on either side, on every model`, () => {
    for (const { model, planted } of entry.checks) {
      const sides = new Set(planted.map(({ side }) => side));
      assert(sides.has("left") && sides.has("right"), `${entry.id} on ${model}`);
      assert(planted.some(({ exact }) => exact), `${entry.id} on ${model}: exact`);
      assert(planted.some(({ monteCarlo }) => monteCarlo), `${entry.id} on ${model}`);
    }
  });
}

Deno.test("ledger: at least 20 statements, each on at least two models", () => {
  assertGreaterOrEqual(ledger.length, 20);
  for (const { id, checks } of ledger) {
    const models = checks.map(({ model }) => model);
    assertGreaterOrEqual(new Set(models).size, 2, id);
    assertEquals(new Set(models).size, models.length, `${id} repeats a model`);
  }
});

Deno.test("ledger: ids are unique and in kebab-case", () => {
  const ids = ledger.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
  for (const id of ids) assertMatch(id, /^[a-z]+(-[a-z]+)*$/);
});

/** Whether braces match and every \left has its \right. */
function isBalanced(tex: string): boolean {
  let depth = 0;
  for (const [token] of tex.matchAll(/\\[{}]|[{}]/g)) {
    if (token === "{") depth++;
    if (token === "}") depth--;
    if (depth < 0) return false;
  }
  const count = (word: RegExp) => [...tex.matchAll(word)].length;
  return depth === 0 && count(/\\left\b/g) === count(/\\right\b/g);
}

Deno.test("ledger: statements are TeX with balanced braces, on one line", () => {
  for (const { id, statement, short } of ledger) {
    assert(isBalanced(statement), `${id}: ${statement}`);
    assert(!statement.includes("\n") && !statement.includes("$"), id);
    assert(short.length <= 58, `${id}: ${short.length} columns`);
    assertMatch(short, /^[\x20-\x7e]+$/, id);
  }
  assertEquals(["{", "}{", "\\left( x", "{a}}"].map(isBalanced), Array(4).fill(false));
});

Deno.test("ledger: every entry says where it stands", () => {
  const pages = new Set(ledger.map(({ essay }) => essay.page));
  assertEquals(pages, new Set(["essay", "closed-form KL page"]));
  for (const { id, essay } of ledger) assert(essay.line.length > 3, id);
});

Deno.test("ledger: covers every line of the essay's derivation", () => {
  const lines = ledger.map(({ essay }) => essay.line);
  const displays = [
    "first display",
    ...[1, 2, 3, 4, 5, 6].map((line) => `second display, line ${line}`),
    "third display, line 1",
    "third display, lines 1 to 3",
    "last display",
  ];
  for (const display of displays) {
    assert(lines.some((line) => line === `理論推演, ${display}`), display);
  }
});

Deno.test("ledger: tolerances and resolutions come with a reason", () => {
  for (const { id, checks } of ledger) {
    for (const { exact, monteCarlo } of checks) {
      for (const { precision, relation, margin } of exact) {
        assert(precision.reason.length > 10, id);
        if (relation === "<") assert(margin !== undefined && margin > 0, id);
      }
      assert(monteCarlo.finiteVariance.length > 10 && monteCarlo.resolution > 0, id);
    }
  }
});

Deno.test("ledger: an inequality shows where its sides meet, or has no such place", () => {
  // Of the gradients' variances neither is the other's limit.
  const strict = ["reparameterisation-varies-less", "oscillation-varies-more"];
  for (const { id, claim, checks } of ledger) {
    if (claim !== "inequality" || strict.includes(id)) continue;
    assert(checks.every(({ exact }) => exact.length === 2), id);
  }
});

Deno.test("ledgerEntry: finds by id, and names what is alike where there is none", () => {
  assertEquals(ledgerEntry("jensen").claim, "inequality");
  const { message } = assertThrows(() => ledgerEntry("kl-of-normals"), RangeError);
  assert(message.includes("kl-of-two-normals") && !message.includes("jensen"), message);
});
