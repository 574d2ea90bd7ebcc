import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { checkLedger, checkPlantedErrors, type LedgerEntry } from "elbo/derivation";
import { normal } from "elbo/distributions";
import { summarize } from "elbo/math";
import { entry } from "../../lib/derivation/entry.ts";

/** E z^2 = 1 under N(0, 1), with what one wants changed. */
function secondMoment(changes: { left?: number; absent?: string } = {}): LedgerEntry {
  return entry({
    id: "second-moment",
    statement: String.raw`E z^2
      = 1`,
    short: "E z^2 = 1",
    essay: { page: "essay", line: "made up for the test" },
    claim: "identity",
    settings: [{
      name: "N(0, 1)",
      precision: { relative: 1e-12, reason: "made up for the test" },
      absent: () => changes.absent,
      faces: () => ({ library: normal({ mean: [0], scale: [1] }), witness: 1 }),
    }],
    left: ({ variance }) => changes.left ?? variance[0],
    right: (one) => one,
    draws: {
      estimate: (q, { numSamples, random }) =>
        summarize(Array.from({ length: numSamples }, () => q.sample(random)[0] ** 2)),
      resolution: 0.05,
      finiteVariance: "made up for the test",
    },
    planted: [
      { error: "doubled", left: ({ variance }) => 2 * variance[0] },
      { error: "zero", right: () => 0 },
      { error: "no error at all", right: (one) => one },
    ],
  });
}

Deno.test("checkLedger: one record a method, with its numbers", () => {
  const records = checkLedger([secondMoment()], { numSamples: 4000 });
  const [exact, monteCarlo] = records;
  assertEquals(records.map(({ verdict }) => verdict), ["holds", "holds"]);
  assertEquals([exact.left, exact.right, exact.error], [1, 1, 0]);
  assertEquals(exact.statement, "E z^2 = 1");
  assertEquals(monteCarlo.numSamples, 4000);
  assert(Math.abs(monteCarlo.z!) < 5 && monteCarlo.standardError! < 0.05);
});

Deno.test("checkLedger: a false statement fails, exactly and not by draws", () => {
  const records = checkLedger([secondMoment({ left: 1.001 })]);
  assertEquals(records.map(({ verdict }) => verdict), ["fails", "holds"]);
});

Deno.test("checkLedger: the seed decides the draws, and nothing else does", () => {
  const meanOf = (seed: number) =>
    checkLedger([secondMoment()], { seed, numSamples: 4000 })[1].left;
  assertEquals(meanOf(1), meanOf(1));
  assertNotEquals(meanOf(1), meanOf(2));
});

Deno.test("checkLedger, checkPlantedErrors: one half alone, as in the whole", () => {
  const options = { numSamples: 4000 };
  for (const check of [checkLedger, checkPlantedErrors]) {
    const whole = check([secondMoment()], options);
    for (const method of ["exact", "monteCarlo"] as const) {
      assertEquals(
        check([secondMoment()], { ...options, method }),
        whole.filter((record) => record.method === method),
      );
    }
  }
});

Deno.test("checkLedger: too few draws are not resolved", () => {
  const [, monteCarlo] = checkLedger([secondMoment()], { numSamples: 100 });
  assertEquals(monteCarlo.verdict, "fails");
});

Deno.test("checkLedger: a model that is absent is skipped with a word", () => {
  const absent = secondMoment({ absent: "not here" });
  const records = checkLedger([absent]);
  assertEquals(records.map(({ verdict, note }) => [verdict, note]), [
    ["skipped", "not here"],
  ]);
  assertEquals(checkPlantedErrors([absent]), []);
});

Deno.test("checkPlantedErrors: replaces one side, by every method that sees it", () => {
  const records = checkPlantedErrors([secondMoment()], { numSamples: 4000 });
  assertEquals(
    records.map(({ planted, method, verdict }) => [planted, method, verdict]),
    [
      ["left: doubled", "exact", "fails"],
      ["right: zero", "exact", "fails"],
      ["right: zero", "monteCarlo", "fails"],
      // A planted error that is none is not called caught.
      ["right: no error at all", "exact", "holds"],
      ["right: no error at all", "monteCarlo", "holds"],
    ],
  );
});
