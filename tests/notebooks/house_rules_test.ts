import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  checkHouseRules,
  checkOrder,
  LARGEST_NOTEBOOK,
  type Output,
} from "../../lib/notebooks/mod.ts";
import { checkLedgerLines } from "../../lib/notebooks/ledger_lines.ts";
import { codeCell, markdownCell, notebookOf } from "./cells.ts";

const root = "/srv/elbo";

const printed = (text: string, name: "stdout" | "stderr" = "stdout"): Output => ({
  output_type: "stream",
  name,
  text,
});

function findings(source: string, outputs: Output[] = [], id = "cell"): string[] {
  const notebook = notebookOf([codeCell(source, { outputs, id })]);
  return checkHouseRules(notebook, { root }).map(({ message }) => message);
}

Deno.test("house rules: a good cell has no findings", () => {
  assertEquals(findings("await say(1);", [printed("1\n")]), []);
  assertEquals(findings("const a = 1;"), []);
  assertEquals(findings("// a/b/home/x: https://a.b/home/c", []), []);
});

Deno.test("house rules: stderr and bare expressions are reported", () => {
  const [stderr] = findings("await f();", [printed("Warning: x\ny", "stderr")]);
  assertEquals(stderr, "output 1: it writes to stderr: Warning: x");
  const result: Output = {
    output_type: "execute_result",
    data: { "text/plain": "1" },
    metadata: {},
    execution_count: 1,
  };
  assertStringIncludes(findings("1", [result])[0], "bare expression");
});

Deno.test("house rules: paths of a machine are reported, addresses are not", () => {
  const paths = [
    "at /srv/elbo/lib/a.ts",
    "/home/ada/x",
    "file:///x/y",
    "(/Users/ada/x)",
    "C:\\Users\\ada",
    "/tmp/abc",
  ];
  for (const text of paths) {
    const [found] = findings("await f();", [printed(text)]);
    assertStringIncludes(found ?? "nothing", "names a path of this machine", text);
  }
  for (const text of ["https://a.org/home/x", "runs/tmp/x", "1/home/2", "p(x)/q(x)"]) {
    assertEquals(findings("await f();", [printed(text)]), [], text);
  }
});

Deno.test("house rules: the last statement of a cell that shows must await", () => {
  const good = [
    "await say(1);",
    "await showTable(rows, {\n  caption,\n});",
    "const x = await untilStopped(async () => {\n  f();\n});",
    "for (const x of xs) {\n  await say(x);\n}",
    "console.log(1);\nawait settle(); // done\n",
    "if (a) await say(1);\nelse await say(2);",
  ];
  for (const source of good) assertEquals(findings(source, [printed("x")]), [], source);
  for (const source of ["await f();\nconsole.log(1);", "f(\n  1,\n);"]) {
    const [found] = findings(source, [printed("x")]);
    assertStringIncludes(
      found ?? "nothing",
      "its last statement awaits nothing",
      source,
    );
  }
});

Deno.test("house rules: long cells, invented ids and large notebooks are reported", () => {
  assertEquals(findings("1;\n".repeat(25)), ["it has 26 lines, more than 25"]);
  assertEquals(findings("1;\n".repeat(24)), []);
  assertStringIncludes(findings("1;", [], "4c836e14")[0], "its id says nothing");
  assertStringIncludes(
    findings("1;", [], "4c836e14-61f3-4d97-90bf-34fea031b35a")[0],
    "its id says nothing",
  );
  assertEquals(findings("1;", [], "kl-check"), []);
  const [large] = findings("await f();", [printed("x".repeat(LARGEST_NOTEBOOK))]);
  assertStringIncludes(large, "more than 1.5 MB");
});

Deno.test("house rules: the counts are those of one run from the top", () => {
  const counts = (...numbers: (number | null)[]) =>
    notebookOf(
      numbers.map((execution_count, i) =>
        codeCell("", { id: `c-${i}`, execution_count })
      ),
    );
  assertEquals(checkOrder(counts(1, 2, 3)), []);
  assertEquals(checkOrder(counts(1, 3, 2)).map(({ cellId }) => cellId), ["c-1"]);
  assertEquals(checkOrder(counts(null)).map(({ cellId }) => cellId), ["c-0"]);
});

Deno.test("house rules: ledger lines must be in the ledger", () => {
  const notebook = notebookOf([
    markdownCell("$$\nx\n$$\n\nLedger: `a`, `b-c`\n\nText with `code`.", "one"),
    markdownCell("Ledger: `d`", "two"),
    codeCell("// Ledger: `e`"),
  ]);
  assertEquals(checkLedgerLines(notebook, ["a", "b-c", "d"]), []);
  assertEquals(
    checkLedgerLines(notebook, ["a"]).map(({ cellId, message }) => [cellId, message]),
    [["one", "the ledger has no line `b-c`"], ["two", "the ledger has no line `d`"]],
  );
});
