/**
 * Mathematics on a page that needs no network: KaTeX with the fonts it uses.
 *
 * @module
 */

import katex from "katex";

/**
 * Renders TeX as HTML with MathML inside for screen readers.
 *
 * @param tex The formula, without dollars.
 * @param options `display`: on a line of its own.
 * @returns HTML.
 * @throws {SyntaxError} When KaTeX does not understand the formula.
 */
export function renderMath(tex: string, { display }: { display: boolean }): string {
  try {
    return katex.renderToString(tex, {
      displayMode: display,
      output: "htmlAndMathml",
      strict: "error",
      throwOnError: true,
    });
  } catch (error) {
    throw new SyntaxError(
      `Cannot render mathematics as it must be TeX that KaTeX knows: ${tex.trim()}: ` +
        (error as Error).message,
      { cause: error },
    );
  }
}

/** Which classes in KaTeX's HTML use which font files. */
const FONT_USES: readonly (readonly [file: string, use: RegExp])[] = [
  ["Main-Regular", /class="katex"/],
  ["Math-Italic", /\bmathnormal\b/],
  ["Main-Bold", /\b(?:mathbf|textbf)\b/],
  ["Main-Italic", /\b(?:mathit|textit)\b/],
  ["Math-BoldItalic", /\bboldsymbol\b/],
  ["AMS-Regular", /\b(?:mathbb|amsrm)\b/],
  ["Caligraphic-Regular", /\bmathcal\b/],
  ["Fraktur-Regular", /\bmathfrak\b/],
  ["Script-Regular", /\bmathscr\b/],
  ["SansSerif-Regular", /\b(?:mathsf|textsf)\b/],
  ["Typewriter-Regular", /\b(?:mathtt|texttt)\b/],
  ["Size1-Regular", /\b(?:size1|small-op|delim-size1)\b/],
  ["Size2-Regular", /\b(?:size2|large-op)\b/],
  ["Size3-Regular", /\bsize3\b/],
  ["Size4-Regular", /\b(?:size4|delim-size4|stretchy|mult)\b/],
];

/**
 * The style sheet for rendered mathematics, with the fonts it uses as data URIs.
 *
 * @param html The page that holds the mathematics.
 * @returns CSS; empty when the page has no mathematics.
 */
export async function mathStyle(html: string): Promise<string> {
  const used = FONT_USES.filter(([, use]) => use.test(html)).map(([file]) => file);
  if (used.length === 0) return "";
  const dist = new URL(".", import.meta.resolve("katex"));
  const css = await Deno.readTextFile(new URL("katex.min.css", dist));
  const faces: string[] = [];
  for (const face of css.match(/@font-face\{[^}]*\}/g) ?? []) {
    const file = face.match(/KaTeX_([\w-]+)\.woff2/)?.[1] ?? "";
    if (!used.includes(file)) continue;
    const bytes = await Deno.readFile(new URL(`fonts/KaTeX_${file}.woff2`, dist));
    const source =
      `src:url(data:font/woff2;base64,${bytes.toBase64()}) format("woff2")`;
    faces.push(face.replace(/src:[^;}]*/, source));
  }
  return faces.join("\n") + css.replace(/@font-face\{[^}]*\}/g, "");
}
