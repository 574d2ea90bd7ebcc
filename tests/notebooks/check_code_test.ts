import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { checkCode, formatCells } from "../../lib/notebooks/mod.ts";
import { granted } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { codeCell, markdownCell, notebookOf } from "./cells.ts";

/** In a folder with a configuration of its own: that of the project leaves runs/ out. */
function processTest(name: string, body: (path: string) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !granted("read", "write", "run"),
    fn: () =>
      withTempDir(async (dir) => {
        await Deno.writeTextFile(join(dir, "deno.json"), "{}");
        await body(join(dir, "a.ipynb"));
        const left = (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name);
        assertEquals(left, ["deno.json"]);
      }),
  });
}

processTest(
  "check code: cells share names, and good code has no findings",
  async (path) => {
    const notebook = notebookOf([
      "const a: number = 1;",
      markdownCell("# Not code"),
      "console.log(await Promise.resolve(a));",
    ]);
    assertEquals(await checkCode({ path, notebook }), []);
  },
);

processTest("check code: a type error is told by cell and line", async (path) => {
  const notebook = notebookOf([
    "const a: number = 1;",
    'console.log(a);\nconst b: string = a;\nconsole.log(b, "x");',
  ]);
  const findings = await checkCode({ path, notebook });
  assertEquals(findings.map(({ cellId }) => cellId), ["cell-1"]);
  assertStringIncludes(findings[0].message, "line 2: TS2322 [ERROR]: Type 'number'");
});

processTest(
  "check code: a missing export, an unused name, a name twice",
  async (path) => {
    const notebook = notebookOf([
      `import { nothing } from "node:path";\nnothing();`,
      "const unused = 1;",
      "let twice = 1;\nconsole.log(twice);",
      "const twice = 2;",
    ]);
    const findings = await checkCode({ path, notebook });
    const told = findings.map(({ cellId, message }) => `${cellId} ${message}`).join(
      "\n",
    );
    assertStringIncludes(told, "cell-0 line 1: TS2305");
    assertStringIncludes(told, "cell-1 line 1: lint no-unused-vars: `unused`");
    assertStringIncludes(told, "cell-3 line 1: TS2451");
  },
);

processTest("check code: code that cannot be parsed is told once", async (path) => {
  const notebook = notebookOf(["console.log(1);", "console.log(2;"]);
  const findings = await checkCode({ path, notebook });
  assertEquals(findings.map(({ cellId }) => cellId), ["cell-1"]);
  assertStringIncludes(findings[0].message, "line 1:");
});

processTest(
  "check code: what is not formatted is reported, and formatted",
  async (path) => {
    const notebook = notebookOf([
      "const a = 'x'\nconsole.log( a )",
      markdownCell("*a*"),
    ]);
    const findings = await checkCode({ path, notebook });
    assertEquals(findings.map(({ cellId }) => cellId), ["cell-0", "text"]);
    const formatted = await formatCells(notebook, { path });
    assertEquals(formatted.cells.map((cell) => cell.source), [
      'const a = "x";\nconsole.log(a);',
      "_a_",
    ]);
    assertEquals(await checkCode({ path, notebook: formatted }), []);
    assertEquals(await formatCells(formatted, { path }), formatted);
  },
);

processTest("format cells: mathematics is left alone", async (path) => {
  const text = [
    "Inline $a*b$ and $c*d$, $x_i$ and $y_i$, $5, *x*.",
    "",
    "$$",
    "\\begin{aligned}",
    "a &= b \\\\",
    "+ c",
    "- d*e*f",
    "\\end{aligned}",
    "$$",
    "",
    "| $a|b$ | c |",
    "|---|---|",
    "| $*x*$ | `$y$` |",
  ].join("\n");
  const { cells } = await formatCells(notebookOf([markdownCell(text)]), { path });
  const [{ source }] = cells;
  const formulas = (all: string) => all.match(/\$\$[^$]+\$\$|\$[^$\n]+\$/g);
  assertEquals(formulas(source), formulas(text));
  assertStringIncludes(source, "_x_.");
  const again = await formatCells(notebookOf([markdownCell(source)]), { path });
  assertEquals(again.cells[0].source, source);
});

processTest(
  "format cells: raw cells and broken code stay as they are",
  async (path) => {
    const cells = [
      codeCell("let a = ;", { id: "broken" }),
      { cell_type: "raw" as const, id: "raw", metadata: {}, source: "*x*  " },
      codeCell("f( 1 )", { id: "good" }),
    ];
    const formatted = await formatCells(notebookOf(cells), { path });
    assertEquals(formatted.cells.map(({ source }) => source), [
      "let a = ;",
      "*x*  ",
      "f(1);",
    ]);
  },
);
