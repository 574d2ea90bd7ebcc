import { Marked, type TokenizerAndRendererExtension } from "marked";

import { escapeMarkup } from "../../figures/escape_markup.ts";
import { LEDGER_LINE } from "../ledger_lines.ts";
import { renderMath } from "./math.ts";

/** How links and pictures in Markdown become part of a page. */
export interface MarkdownOptions {
  /** Turns the address of a picture into a data URI. */
  readonly resolveImage: (href: string) => string;
}

const displayMath: TokenizerAndRendererExtension = {
  name: "displayMath",
  level: "inline",
  start: (source) => source.indexOf("$$"),
  tokenizer(source) {
    const match = source.match(/^\$\$([\s\S]+?)\$\$/);
    if (match === null) return;
    return { type: "displayMath", raw: match[0], text: match[1] };
  },
  renderer: ({ text }) => renderMath(text, { display: true }),
};

const blockMath: TokenizerAndRendererExtension = {
  ...displayMath,
  name: "blockMath",
  level: "block",
  start: (source) => source.match(/^\s{0,3}\$\$/m)?.index,
  tokenizer(source) {
    const match = source.match(/^\s{0,3}\$\$([\s\S]+?)\$\$[ \t]*(?:\n|$)/);
    if (match === null) return;
    return { type: "blockMath", raw: match[0], text: match[1] };
  },
};

const inlineMath: TokenizerAndRendererExtension = {
  name: "inlineMath",
  level: "inline",
  start: (source) => source.indexOf("$"),
  tokenizer(source) {
    const match = source.match(/^\$(?![\s$])((?:\\.|[^\\$`])+?)(?<!\s)\$(?!\d)/);
    if (match === null) return;
    return { type: "inlineMath", raw: match[0], text: match[1] };
  },
  renderer: ({ text }) => renderMath(text, { display: false }),
};

/**
 * Renders Markdown with mathematics as HTML.
 *
 * Links to notebooks lead to their pages; raw HTML stays as it is, since the authors
 * of notebooks are trusted with it.
 *
 * @param text Markdown, mathematics between `$` or `$$`.
 * @param options What to do with pictures.
 * @returns HTML.
 * @throws {SyntaxError} When a formula is no TeX that KaTeX knows.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { renderMarkdown } from "./markdown.ts";
 *
 * const resolveImage = (href: string) => href;
 * const html = renderMarkdown("The *gap* is $g$, `$not$`.", { resolveImage });
 * assertStringIncludes(html, "<em>gap</em>");
 * assertStringIncludes(html, '<span class="katex">');
 * assertStringIncludes(html, "<code>$not$</code>");
 * ```
 */
export function renderMarkdown(
  text: string,
  { resolveImage }: MarkdownOptions,
): string {
  const marked = new Marked({
    gfm: true,
    async: false,
    renderer: {
      paragraph({ text, tokens }) {
        const name = LEDGER_LINE.test(text) ? ' class="ledger"' : "";
        return `<p${name}>${this.parser.parseInline(tokens)}</p>\n`;
      },
      link({ href, title, tokens }) {
        const target = /^[a-z]+:/i.test(href)
          ? href
          : href.replace(/\.ipynb(?=#|$)/, ".html");
        const hint = title ? ` title="${escapeMarkup(title)}"` : "";
        const inner = this.parser.parseInline(tokens);
        return `<a href="${escapeMarkup(target)}"${hint}>${inner}</a>`;
      },
      image({ href, text: alt }) {
        return `<img src="${escapeMarkup(resolveImage(href))}" alt="${
          escapeMarkup(alt)
        }">`;
      },
    },
  });
  marked.use({ extensions: [blockMath, displayMath, inlineMath] });
  return marked.parse(text) as string;
}
