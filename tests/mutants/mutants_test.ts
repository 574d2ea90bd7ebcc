import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { granted, ROOT } from "../helpers/permissions.ts";
import { museum } from "./exhibits/all.ts";
import { importGraph, testsReaching } from "./import_graph.ts";
import { applyMutant } from "./mutant.ts";
import { failedTest } from "./try_mutant.ts";

Deno.test("mutants: names are unique, and each edit changes something", () => {
  assertEquals(new Set(museum.map(({ id }) => id)).size, museum.length);
  for (const { id, from, to } of museum) assert(from !== to, id);
});

Deno.test({
  name: "mutants: each still finds its code in the library (needs read)",
  ignore: !granted("read"),
  fn: async () => {
    for (const mutant of museum) {
      applyMutant(mutant, await Deno.readTextFile(new URL(mutant.file, ROOT)));
    }
  },
});

Deno.test("mutants: code that stands nowhere or twice is refused", () => {
  const mutant = { id: "m", mistake: "", file: "a.ts", from: "x + 1", to: "x" };
  assertEquals(applyMutant(mutant, "return x + 1;"), "return x;");
  const refusal = assertThrows(() => applyMutant(mutant, "return x;"), Error);
  assertStringIncludes(refusal.message, "0 times");
  assertThrows(() => applyMutant(mutant, "x + 1, x + 1"), Error, "2 times");
});

Deno.test("mutants: the nearest tests come first, those out of reach never", () => {
  const graph = importGraph(
    new Map([
      ["lib/math/a.ts", ""],
      ["lib/math/mod.ts", `export * from "./a.ts";`],
      ["lib/exact/b.ts", `import { a } from "../math/mod.ts";`],
      ["lib/files/c.ts", ""],
      ["tests/exact/b_test.ts", `import { b } from "../../lib/exact/b.ts";`],
      ["tests/math/z_test.ts", `import { a } from "elbo/math";`],
      ["tests/math/a_test.ts", `import { a } from "elbo/math";`],
      ["tests/files/c_test.ts", `import { c } from "../../lib/files/c.ts";`],
    ]),
    { "elbo/math": "./lib/math/mod.ts" },
  );
  assertEquals(testsReaching(graph, "lib/math/a.ts"), [
    "tests/math/a_test.ts",
    "tests/math/z_test.ts",
    "tests/exact/b_test.ts",
  ]);
});

Deno.test("mutants: the killer is read from the runner's output", () => {
  const output =
    " FAILURES \n\nkl: of two normals => ./tests/distributions/kl_test.ts:9:6\n";
  assertEquals(
    failedTest(output),
    "kl: of two normals (tests/distributions/kl_test.ts)",
  );
});
