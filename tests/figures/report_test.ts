import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { escapeMarkup, imageGrid, type Report, reportHtml } from "elbo/figures";
import { fc } from "../helpers/fast_check.ts";

const hostile = `</style><script>alert("x")</script><img src='http://e.example/'>&`;

async function reportOf(words: string, { epochs = 2 } = {}): Promise<Report> {
  const images = new Uint8Array(4);
  const png = await imageGrid({
    ...{ images, count: 1, height: 2, width: 2, columns: 1, zoom: 10 },
  });
  return {
    title: words,
    lead: words,
    numbers: [{ name: words, value: words, unit: words, meaning: words }],
    notes: [words],
    figures: [{ png, title: words, caption: words, alt: words }],
    epochs: {
      note: words,
      head: [words],
      rows: Array.from({ length: epochs }, () => [words]),
    },
    settings: [{ title: words, rows: [[words, words]] }],
    commands: [words],
  };
}

Deno.test("reportHtml: shows markup in any string as text", async () => {
  const page = reportHtml(await reportOf(hostile));
  assert(!page.includes("<script"));
  assertEquals(page.match(/<img /g)?.length, 1);
  assertEquals(page.match(/<\/style>/g)?.length, 1);
  // Each of the strings is there, escaped: title twice, the epochs' cell twice.
  const escaped = escapeMarkup(hostile);
  assertEquals(page.split(escaped).length - 1, 19);
});

Deno.test("reportHtml: loads nothing and runs nothing", async () => {
  const page = reportHtml(await reportOf("plain"));
  assertStringIncludes(
    page,
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
  );
  for (const [, value] of page.matchAll(/(?:src|href)="([^"]*)"/g)) {
    assertMatch(value, /^data:image\/png;base64,[A-Za-z0-9+/]+=*$/);
  }
  assert(!/url\(|@import|<link|<script|\son\w+=/.test(page));
});

Deno.test("reportHtml: a picture has its words and half its pixels", async () => {
  const page = reportHtml(await reportOf("a grey square"));
  assertStringIncludes(page, 'alt="a grey square" width="10" height="10"');
});

Deno.test("reportHtml: refuses a figure that is no PNG file", async () => {
  const report = await reportOf("words");
  const figures = [{ ...report.figures[0], png: Uint8Array.of(1, 2, 3) }];
  assertThrows(
    () => reportHtml({ ...report, figures }),
    TypeError,
    'figure "words" must be the bytes of a PNG file: it starts with 1 2 3',
  );
});

Deno.test("reportHtml: folds a long table of epochs away", async () => {
  const page = async (epochs: number) => reportHtml(await reportOf("word", { epochs }));
  assert(!(await page(20)).includes("<details>"));
  assertStringIncludes(await page(21), "<summary>All 21 epochs</summary>");
});

Deno.test("reportHtml: leaves out what is empty", () => {
  const page = reportHtml({
    ...{ title: "t", lead: "", numbers: [], notes: [], figures: [], settings: [] },
    ...{ epochs: { note: "", head: [], rows: [] }, commands: [] },
  });
  assert(!page.includes("<h2>"));
  assert(!page.includes("<table"));
});

Deno.test("escapeMarkup: leaves nothing that markup is made of, and loses nothing", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const escaped = escapeMarkup(text);
    assert(!/[<>"']/.test(escaped));
    assert(!/&(?!(amp|lt|gt|quot|#39);)/.test(escaped));
    const back = escaped.replaceAll("&lt;", "<").replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
    // Only what XML forbids is replaced.
    // deno-lint-ignore no-control-regex
    const allowed = text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd");
    assertEquals(back, allowed);
  }));
});
