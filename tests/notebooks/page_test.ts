import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ledger } from "elbo/derivation";
import { encode } from "fast-png";
import { type Notebook, type Output, renderPage } from "../../lib/notebooks/mod.ts";
import { renderMath } from "../../lib/notebooks/page/math.ts";
import { granted } from "../helpers/permissions.ts";
import { codeCell, markdownCell, notebookOf } from "./cells.ts";

const png = encode({ width: 4, height: 2, channels: 1, data: new Uint8Array(8) });

const options = {
  name: "00_name",
  readFile: (path: string) => {
    assertEquals(path, "img/a b.png");
    return png;
  },
};

function render(cells: Notebook["cells"]): Promise<string> {
  return renderPage(notebookOf(cells), options);
}

const shown = (data: Record<string, unknown>, metadata = {}): Output => ({
  output_type: "display_data",
  data,
  metadata,
});

Deno.test("page: title, cells by id, links to notebooks lead to pages", async () => {
  const html = await render([
    markdownCell("# The <gap>\n\n[next](01_a.ipynb#kl), [out](https://a.org/b.ipynb)"),
    codeCell('const a = "<b>";', { id: "code-cell" }),
  ]);
  assertStringIncludes(html, "<title>The &lt;gap&gt;</title>");
  assertStringIncludes(html, '<a href="01_a.html#kl">next</a>');
  assertStringIncludes(html, '<a href="https://a.org/b.ipynb">out</a>');
  assertStringIncludes(html, '<section id="code-cell">');
  assertStringIncludes(html, '<span class="hljs-string">&quot;&lt;b&gt;&quot;</span>');
});

Deno.test("page: without a heading it has the name of its file", async () => {
  assertStringIncludes(await render([codeCell("1")]), "<title>00_name</title>");
});

Deno.test("page: the richest output that a page can show", async () => {
  const base64 = png.toBase64();
  const html = await render([codeCell("1", {
    outputs: [
      { output_type: "stream", name: "stdout", text: "a < b\n" },
      { output_type: "stream", name: "stderr", text: "\x1b[31mred\x1b[39m" },
      shown({ "image/png": base64, "text/plain": 'four "dots"' }, {
        "image/png": { width: 2, height: 1 },
      }),
      shown({ "text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "1" }),
      shown({ "text/markdown": "**bold**", "text/plain": "bold" }),
      shown({ "text/plain": "p < q" }),
      { output_type: "error", ename: "TypeError", evalue: "no", traceback: [] },
    ],
  })]);
  for (
    const part of [
      '<pre class="stdout">a &lt; b\n</pre>',
      '<pre class="stderr">red</pre>',
      `<img src="data:image/png;base64,${base64}" alt="four &quot;dots&quot;" ` +
      'width="2" height="1">',
      "<table><tr><td>1</td></tr></table>",
      "<strong>bold</strong>",
      '<pre class="plain">p &lt; q</pre>',
      '<pre class="error">TypeError: no</pre>',
    ]
  ) assertStringIncludes(html, part);
});

Deno.test("page: pictures of the text come along, those of the network are refused", async () => {
  const attached = {
    ...markdownCell("![dots](attachment:a.png) ![file](img/a%20b.png)", "one"),
    attachments: { "a.png": { "image/png": "AAAA" } },
  };
  const html = await render([attached]);
  assertStringIncludes(html, '<img src="data:image/png;base64,AAAA" alt="dots">');
  assertStringIncludes(html, `base64,${png.toBase64()}" alt="file">`);
  const far = [markdownCell("![x](https://a.org/x.png)", "two")];
  const error = await assertRejects(() => render(far), TypeError);
  assertStringIncludes(error.message, "files or attachments");
  assertStringIncludes(error.message, '(cell "two")');
});

Deno.test("page: every statement of the ledger is TeX that KaTeX knows", () => {
  for (const { id, statement } of ledger) {
    const html = renderMath(statement, { display: false });
    assertStringIncludes(html, "<math", id);
  }
});

Deno.test({
  name: "page: mathematics needs no network, and its errors name the cell (needs read)",
  ignore: !granted("read"),
  fn: async () => {
    const text = [
      "Inline $\\mathbb{E}[x]$ of $5 and `$code$`, escaped \\$1.",
      "",
      "$$",
      "\\begin{aligned}",
      "a &= b \\\\",
      "&= \\sum_i c_i",
      "\\end{aligned}",
      "$$",
      "",
      "Ledger: `log-marginal`",
      "",
      "<details><summary>Answer</summary>",
      "",
      "It is $0$.",
      "",
      "</details>",
    ].join("\n");
    const ledger = shown({
      "text/html": '<p><span class="tex">$a &lt; b$</span></p>',
      "text/plain": "a < b",
    });
    const html = await render([
      markdownCell(text),
      codeCell("1", { outputs: [ledger] }),
    ]);
    assertEquals(html.match(/<math /g)?.length, 4);
    assertEquals(html.match(/class="katex-display"/g)?.length, 1);
    assertStringIncludes(html, "<code>$code$</code>");
    assertStringIncludes(html, '<p class="ledger">');
    assertStringIncludes(html, "<details><summary>Answer</summary>");
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"|url\(([^)]+)\)/g)]
      .map(([, quoted, bare]) => quoted ?? bare);
    assert(addresses.length >= 3, "the fonts are inside");
    assertEquals(addresses.filter((address) => !address.startsWith("data:")), []);
    const wrong = [markdownCell("$\\nonsense{$", "wrong")];
    const error = await assertRejects(() => render(wrong), SyntaxError);
    assertStringIncludes(error.message, '(cell "wrong")');
  },
});
