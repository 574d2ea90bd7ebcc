import { assertNotEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  chooseTestSeed,
  describeSeed,
  mixSeeds,
  parseTestSeed,
  perSeed,
  TEST_SEED_VARIABLE,
  testSeed,
  timesSeedWasAsked,
} from "./seed.ts";
import { granted } from "./permissions.ts";

Deno.test({
  name: "testSeed: the default where the environment may not be read",
  permissions: "none",
  fn: () => {
    assertStrictEquals(testSeed(17), 17);
    assertStrictEquals(describeSeed(17), "seed 17");
    assertStrictEquals(describeSeed(undefined), "seed not given");
  },
});

Deno.test("parseTestSeed: an unsigned 32-bit integer, or unset", () => {
  assertStrictEquals(parseTestSeed("4294967295"), 4294967295);
  assertStrictEquals(parseTestSeed(""), undefined);
  assertStrictEquals(parseTestSeed(undefined), undefined);
  for (const text of ["seven", "-1", "1.5", "4294967296", "1e3"]) {
    assertThrows(() => parseTestSeed(text), RangeError, TEST_SEED_VARIABLE);
  }
});

Deno.test("mixSeeds: 200 x 200 pairs give no seed twice in a row of tests", () => {
  for (let varied = 0; varied < 200; varied++) {
    const seeds = Array.from({ length: 200 }, (_, i) => mixSeeds(i, varied));
    assertStrictEquals(new Set(seeds).size, 200);
  }
  assertNotEquals(mixSeeds(0, 1), mixSeeds(1, 0));
});

Deno.test({
  name: "testSeed: the environment varies it, and a failure says so (needs env)",
  ignore: !granted("env"),
  fn: () => {
    const before = Deno.env.get(TEST_SEED_VARIABLE);
    try {
      Deno.env.set(TEST_SEED_VARIABLE, "5");
      assertStrictEquals(testSeed(17), mixSeeds(17, 5));
      assertStrictEquals(describeSeed(9), "seed 9, from ELBO_TEST_SEED=5");
      Deno.env.set(TEST_SEED_VARIABLE, "x");
      assertThrows(() => testSeed(17), RangeError);
      Deno.env.delete(TEST_SEED_VARIABLE);
      assertStrictEquals(testSeed(17), 17);
    } finally {
      if (before === undefined) Deno.env.delete(TEST_SEED_VARIABLE);
      else Deno.env.set(TEST_SEED_VARIABLE, before);
    }
  },
});

Deno.test("chooseTestSeed: varies the seed as the environment would, and gives it back", () => {
  const usual = testSeed(17);
  try {
    chooseTestSeed(5);
    assertStrictEquals(testSeed(17), mixSeeds(17, 5));
    assertStrictEquals(describeSeed(9), "seed 9, from ELBO_TEST_SEED=5");
  } finally {
    chooseTestSeed(undefined);
  }
  assertStrictEquals(testSeed(17), usual);
});

Deno.test("perSeed: computes once for each seed, and asks every time", () => {
  let computed = 0;
  const shared = perSeed(17, (seed) => ({ seed, computed: ++computed }));
  const asked = timesSeedWasAsked();
  try {
    for (const chosen of [5, 5, 6]) {
      chooseTestSeed(chosen);
      assertStrictEquals(shared().seed, mixSeeds(17, chosen));
    }
  } finally {
    chooseTestSeed(undefined);
  }
  assertStrictEquals(computed, 2);
  assertStrictEquals(timesSeedWasAsked() - asked, 3);
});
