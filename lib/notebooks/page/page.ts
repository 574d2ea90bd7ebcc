/**
 * An executed notebook as one HTML page that needs nothing else.
 *
 * @module
 */

import hljs from "highlight.js/lib/core";
import typescript from "highlight.js/lib/languages/typescript";

import { escapeMarkup } from "../../figures/escape_markup.ts";
import type { Cell, CodeCell, Notebook, Output } from "../notebook_types.ts";
import { type MarkdownOptions, renderMarkdown } from "./markdown.ts";
import { mathStyle, renderMath } from "./math.ts";
import { PAGE_STYLE } from "./style.ts";

/** Options of {@link renderPage}. */
export interface PageOptions {
  /** File name without extension, used where the notebook has no heading. */
  readonly name: string;
  /** Reads a file that Markdown shows, by its path relative to the notebook. */
  readonly readFile: (path: string) => Uint8Array;
  /** Language of the text, `en` by default. */
  readonly language?: string;
}

const IMAGE_TYPES: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  svg: "image/svg+xml",
};

/**
 * Renders a notebook as a page with everything inside: style, mathematics, pictures.
 *
 * Each cell is a section whose `id` is the cell's id.
 *
 * @param notebook The notebook, with outputs.
 * @param options Name, language, and how to read the files that Markdown shows.
 * @returns The page.
 * @throws {SyntaxError} When a formula is no TeX that KaTeX knows.
 * @throws {TypeError} When Markdown shows a picture from the network.
 *
 * @example A heading becomes the title
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { renderPage } from "./page.ts";
 *
 * const source = "# The bound";
 * const page = await renderPage({
 *   cells: [{ cell_type: "markdown", id: "title", metadata: {}, source }],
 *   metadata: {},
 *   nbformat: 4,
 *   nbformat_minor: 5,
 * }, { name: "03_elbo", readFile: Deno.readFileSync });
 * assertStringIncludes(page, "<title>The bound</title>");
 * ```
 */
export async function renderPage(
  notebook: Notebook,
  options: PageOptions,
): Promise<string> {
  hljs.registerLanguage("typescript", typescript);
  const body = notebook.cells.map((cell) => cellHtml(cell, options)).join("\n");
  return `<!doctype html>
<html lang="${options.language ?? "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(titleOf(notebook) ?? options.name)}</title>
<style>${PAGE_STYLE}${await mathStyle(body)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

function titleOf(notebook: Notebook): string | undefined {
  for (const cell of notebook.cells) {
    const heading = cell.cell_type === "markdown" && cell.source.match(/^#\s+(.+)$/m);
    if (heading) return heading[1].replaceAll("$", "").trim();
  }
  return undefined;
}

function cellHtml(cell: Cell, options: PageOptions): string {
  if (cell.cell_type === "raw") return "";
  const inner = cell.cell_type === "code"
    ? codeHtml(cell, options)
    : markdownHtml(cell, options);
  return `<section id="${cell.id}">\n${inner}</section>`;
}

function markdownHtml(
  cell: Extract<Cell, { cell_type: "markdown" }>,
  options: PageOptions,
): string {
  try {
    return renderMarkdown(cell.source, {
      resolveImage: (href) => attachment(cell, href) ?? fileUri(href, options),
    });
  } catch (error) {
    (error as Error).message += ` (cell "${cell.id}")`;
    throw error;
  }
}

function attachment(
  { attachments = {} }: { attachments?: Record<string, unknown> },
  href: string,
): string | undefined {
  if (!href.startsWith("attachment:")) return undefined;
  const bundle = attachments[href.slice("attachment:".length)] as
    | Record<string, string>
    | undefined;
  const [type, data] = Object.entries(bundle ?? {})[0] ?? [];
  return type === undefined ? undefined : `data:${type};base64,${data}`;
}

function fileUri(href: string, options: PageOptions): string {
  if (href.startsWith("data:")) return href;
  const type = IMAGE_TYPES[href.split(".").at(-1)?.toLowerCase() ?? ""];
  if (/^[a-z]+:/i.test(href) || type === undefined) {
    throw new TypeError(
      `Cannot make a page as its pictures must be files or attachments: ${href}`,
    );
  }
  const bytes = options.readFile(decodeURIComponent(href));
  return `data:${type};base64,${bytes.toBase64()}`;
}

function codeHtml(cell: CodeCell, options: PageOptions): string {
  const { value } = hljs.highlight(cell.source, { language: "typescript" });
  const code = `<div class="code"><pre><code>${value}</code></pre></div>\n`;
  if (cell.outputs.length === 0) return code;
  const markdown: MarkdownOptions = { resolveImage: (href) => fileUri(href, options) };
  const outputs = cell.outputs.map((output) =>
    `<div class="output">${outputHtml(output, markdown)}</div>\n`
  );
  return `${code}<div class="outputs">\n${outputs.join("")}</div>\n`;
}

function outputHtml(output: Output, markdown: MarkdownOptions): string {
  if (output.output_type === "stream") {
    return preformatted(output.text, output.name);
  }
  if (output.output_type === "error") {
    const text = output.traceback.join("\n") || `${output.ename}: ${output.evalue}`;
    return preformatted(text, "error");
  }
  const { data } = output;
  const plain = String(data["text/plain"] ?? "");
  if (typeof data["image/png"] === "string") {
    return pictureHtml(data["image/png"], {
      alt: plain,
      metadata: output.metadata["image/png"],
    });
  }
  if (typeof data["text/html"] === "string") return withMath(data["text/html"]);
  if (typeof data["text/markdown"] === "string") {
    return renderMarkdown(data["text/markdown"], markdown);
  }
  return preformatted(plain, "plain");
}

function pictureHtml(
  base64: string,
  { alt, metadata }: { alt: string; metadata: unknown },
): string {
  const { width, height } = (metadata ?? {}) as { width?: number; height?: number };
  const size = width && height ? ` width="${width}" height="${height}"` : "";
  const data = base64.replace(/\s/g, "");
  return `<img src="data:image/png;base64,${data}" alt="${escapeMarkup(alt)}"${size}>`;
}

/** Renders the mathematics that `showLedger` marks in its tables. */
function withMath(html: string): string {
  return html.replace(
    /<span class="tex">\$([^$]*)\$<\/span>/g,
    (_, tex: string) => renderMath(unescapeMarkup(tex), { display: false }),
  );
}

function unescapeMarkup(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}

function preformatted(text: string, kind: string): string {
  // deno-lint-ignore no-control-regex
  const plain = text.replace(/\x1b\[[0-9;]*m/g, "");
  return `<pre class="${kind}">${escapeMarkup(plain)}</pre>`;
}
