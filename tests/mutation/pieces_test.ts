import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { examplesAsTests } from "./examples.ts";
import type { Mutant } from "./instrument.ts";
import type { Verdict } from "./judge.ts";
import { describe, scoreOf, table, textAt } from "./report.ts";

const mutant: Mutant = {
  id: "7",
  file: "lib/math/a.ts",
  line: 3,
  column: 9,
  kind: "ArithmeticOperator",
  original: "x +\n  y",
  replacement: "x - y",
};

Deno.test("mutation score: timed out is noticed, not covered is not", () => {
  const verdicts: Verdict[] = [
    { mutant, kind: "killed", by: "a test" },
    { mutant, kind: "timed out", by: "a test" },
    { mutant, kind: "survived" },
    { mutant, kind: "not covered" },
  ];
  const score = scoreOf(verdicts);
  assertEquals(score.percent, 50);
  assertEquals(score.mutants, 4);
  assertEquals(Object.values(score.counts), [1, 1, 1, 1]);
});

Deno.test("mutation score: the table never rounds up", () => {
  const counts = { "killed": 8999, "timed out": 0, "survived": 1001, "not covered": 0 };
  const text = table(new Map([["math", { mutants: 10_000, counts, percent: 89.99 }]]));
  assertStringIncludes(text, "89.9%");
  const [heading, row] = text.split("\n");
  assertEquals(heading.length, row.length);
});

Deno.test("mutation score: a survivor is one line with its place", () => {
  assertEquals(
    describe({ mutant, kind: "survived" }),
    "survived: lib/math/a.ts:3:9 x + y -> x - y",
  );
  const long = { ...mutant, replacement: "abcdefghi ".repeat(50) };
  assert(describe({ mutant: long, kind: "survived" }).length < 130);
});

Deno.test("mutation score: the text between two places", () => {
  const source = "const a = 1;\nconst b = a +\n  1;\n";
  const at = (start: number[], end: number[]) =>
    textAt(source, {
      start: { line: start[0], column: start[1] },
      end: { line: end[0], column: end[1] },
    });
  assertEquals(at([0, 6], [0, 7]), "a");
  assertEquals(at([1, 10], [2, 3]), "a +\n  1");
});

Deno.test("mutation score: examples become tests that import side by side", () => {
  const example = (
    commented: string[],
  ) => ["/**", " * @example", " * ```ts", ...commented, " * ```", " */", "f();", ""];
  const source = [
    ...example([' * import { a, b as c } from "elbo/math";', " *", " * a(c);"]),
    ...example([" * import {", " *   a,", ' * } from "elbo/math";', " * a(1);"]),
  ].join("\n");
  const tests = examplesAsTests("lib/math/a.ts", source)!;
  assertEquals(tests.match(/^import .*$/gm), [
    'import * as module0 from "elbo/math";',
    'import * as module1 from "elbo/math";',
  ]);
  assertStringIncludes(tests, "const { a, b: c } = module0;\n\na(c);\n");
  assertStringIncludes(tests, 'Deno.test("the example of lib/math/a.ts:3"');
  assertEquals(examplesAsTests("lib/math/b.ts", "/** No example. */\n"), undefined);
});
