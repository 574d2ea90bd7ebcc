import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { granted } from "../helpers/permissions.ts";
import { collectTests } from "./collect.ts";
import { runTests, unstable, unvaried } from "./run_tests.ts";
import { tallyRuns } from "./tally.ts";

const planted = (name: string) => new URL(`./planted/${name}.ts`, import.meta.url);
// An import that is computed needs it.
const ignore = !granted("read");
const honest = "an honest check, with its control";
const shared = "a check of draws that are shared";
const tight = "a check that allows too little";
const fixed = "a check whose draws do not vary";
const ongoing = "a check of draws that go on where the last run ended";
// A file registers its tests once, when it is loaded; not yet, as nor would ours be.
let collected: ReturnType<typeof collectTests> | undefined;
const sound = () => collected ??= collectTests([planted("sound")]);

Deno.test({
  name: "collectTests: a file's tests, but for the ignored ones (needs read)",
  ignore,
  fn: async () => {
    const names = (await sound()).map(({ name }) => name);
    assertEquals(names, [honest, shared, tight, fixed, ongoing, "no draws at all"]);
  },
});

Deno.test({
  name:
    "collectTests: refuses a seed at the top of a file and one name twice (needs read)",
  ignore,
  fn: async () => {
    const register = Deno.test;
    await assertRejects(
      () => collectTests([planted("seeded_at_the_top")]),
      TypeError,
      "must ask for its seed inside of its tests",
    );
    await assertRejects(
      () => collectTests([planted("same_name"), planted("same_name_again")]),
      TypeError,
      "the name of a test must be its own: no draws at all",
    );
    assertStrictEquals(Deno.test, register, "Deno.test is put back, whatever happens");
  },
});

Deno.test({
  name: "runTests: one seed gives one result, another another, and chance shows " +
    "(needs read)",
  ignore,
  fn: async () => {
    const tests = await sound();
    const survey = await runTests(tests, undefined);
    const asked = [...survey].flatMap(([name, { asked }]) => asked ? [name] : []);
    assertEquals(asked, [honest, shared, tight, fixed, ongoing]);
    assertEquals(survey.get(honest)!.checks.map(({ passed }) => passed), [true, false]);

    const runs = await Array.fromAsync(
      { length: 40 },
      (_, seed) => runTests(tests, seed),
    );
    assertEquals(unvaried(survey, runs[7]), [fixed]);
    assertEquals(unstable(survey, await runTests(tests, undefined)), [ongoing]);
    assertEquals(unstable(runs[7], await runTests(tests, 7)), [ongoing]);

    const alarms = new Map(
      tallyRuns(survey, runs).map((tally) => [tally.test, tally.falseAlarms]),
    );
    assertEquals([honest, shared, fixed].map((name) => alarms.get(name)), [0, 0, 0]);
    // About 32 in 100 are more than one standard error off.
    const many = alarms.get(tight)!;
    assertEquals([many > 2, many < 25], [true, true], `${many}`);
  },
});
