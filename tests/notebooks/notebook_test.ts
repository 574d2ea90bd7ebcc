import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseNotebook, stringifyNotebook, tagsOf } from "../../lib/notebooks/mod.ts";
import { codeCell, markdownCell, notebookOf } from "./cells.ts";

const source = "a.ipynb";

const full = notebookOf([
  markdownCell("# Title\n\n中文 $x$"),
  codeCell('const a = "x";\na;', {
    id: "code",
    execution_count: 1,
    metadata: { tags: ["timing"], collapsed: true, scrolled: "auto" },
    outputs: [
      { output_type: "stream", name: "stdout", text: "one\n\ntwo\n" },
      {
        output_type: "display_data",
        data: {
          "text/plain": "a\nb",
          "image/png": "iVBORw0KGgo=",
          "application/json": { b: [1, 2], a: "x\ny" },
        },
        metadata: { "image/png": { width: 2 } },
      },
      {
        output_type: "execute_result",
        data: { "text/plain": "x" },
        metadata: {},
        execution_count: 1,
      },
      { output_type: "error", ename: "E", evalue: "v", traceback: ["t"] },
    ],
  }),
]);

Deno.test("notebook: writing and reading gives the same notebook and the same bytes", () => {
  const text = stringifyNotebook(full);
  const read = parseNotebook(text, { source });
  assertEquals(read.cells[1].metadata, { tags: ["timing"] });
  assertEquals(read.cells.map((cell) => ({ ...cell, metadata: {} })), [
    ...full.cells.map((cell) => ({ ...cell, metadata: {} })),
  ]);
  assertEquals(stringifyNotebook(read), text);
});

Deno.test("notebook: the normal form has sorted keys, lines, one space, no version", () => {
  const text = stringifyNotebook({
    ...full,
    metadata: { language_info: { version: "5.0" } },
  });
  assertStringIncludes(
    text,
    `"text": [\n      "one\\n",\n      "\\n",\n      "two\\n"\n`,
  );
  assertStringIncludes(text, `"image/png": "iVBORw0KGgo=",\n`);
  assertStringIncludes(text, `"a": "x\\ny",\n       "b": [`);
  assertEquals(text.includes("version"), false);
  assertEquals(text.endsWith("}\n"), true);
  const order = [...text.matchAll(/^ {1,3}"(\w+)"/gm)].map(([, key]) => key);
  assertEquals(order.slice(0, 5), ["cells", "cell_type", "id", "metadata", "source"]);
});

Deno.test("notebook: what is no notebook of nbformat 4.5 is refused", () => {
  const json = JSON.parse(stringifyNotebook(full));
  const [text, code] = json.cells;
  const cases: [unknown, string][] = [
    [{ ...json, nbformat_minor: 4 }, "nbformat_minor"],
    [{ ...json, nbformat: 3 }, "nbformat"],
    [{ ...json, cells: [{ ...text, id: undefined }] }, "cells.0.id"],
    [{ ...json, cells: [{ ...text, id: "Not good" }] }, "lower-case letters"],
    [{ ...json, cells: [text, text] }, '"text" is twice'],
    [
      { ...json, cells: [{ ...code, outputs: [{ output_type: "pyout" }] }] },
      "outputs.0",
    ],
    [[], "nbformat 4.5"],
  ];
  for (const [value, part] of cases) {
    assertThrows(
      () => parseNotebook(JSON.stringify(value), { source }),
      SyntaxError,
      part,
    );
  }
  assertThrows(
    () => parseNotebook("{", { source }),
    SyntaxError,
    "Cannot read a.ipynb as a notebook must be JSON",
  );
});

Deno.test("notebook: tags are the strings of the list, if there is one", () => {
  assertEquals(tagsOf(codeCell("", { metadata: { tags: ["a", 1, "b"] } })), ["a", "b"]);
  assertEquals(tagsOf(codeCell("", { metadata: { tags: "a" } })), []);
  assertEquals(tagsOf(codeCell("")), []);
});
