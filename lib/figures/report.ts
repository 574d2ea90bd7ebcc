import { dataUri } from "./data_uri.ts";
import { escapeMarkup } from "./escape_markup.ts";
import { pngSize } from "./png_size.ts";
import { REPORT_STYLE } from "./report_style.ts";

/** A picture of a report. */
export interface ReportFigure {
  /** The PNG file's bytes, shown at half its pixels. */
  readonly png: Uint8Array;
  /** A few words in bold before the caption, without a full stop. */
  readonly title: string;
  /** What it shows and how it was made. */
  readonly caption: string;
  /** What a reader who cannot see it should know. */
  readonly alt: string;
}

/** A result, with its unit and what it means. */
export interface ReportNumber {
  /** What was measured. */
  readonly name: string;
  /** The number as it is to be read, rounded, with its error if it has one. */
  readonly value: string;
  /** Such as "nats per image". */
  readonly unit: string;
  /** How to read it, in a sentence. */
  readonly meaning: string;
}

/** A table of names and values. */
export interface ReportSettings {
  /** What stands over the table. */
  readonly title: string;
  /** One row a setting. */
  readonly rows: readonly (readonly [name: string, value: string])[];
}

/** All that a report says. Every string is text: markup in it is shown, not obeyed. */
export interface Report {
  /** The heading, and the title of the page. */
  readonly title: string;
  /** A sentence under the title. */
  readonly lead: string;
  /** The results, most important first. */
  readonly numbers: readonly ReportNumber[];
  /** What a reader of the numbers must know. */
  readonly notes: readonly string[];
  /** The pictures, in the order of the page. */
  readonly figures: readonly ReportFigure[];
  /** The metrics by epoch. */
  readonly epochs: {
    /** The units of the columns. */
    readonly note: string;
    /** The names of the columns. */
    readonly head: readonly string[];
    /** One row an epoch, a cell a column; more than 20 rows are folded away. */
    readonly rows: readonly (readonly string[])[];
  };
  /** What the run was started with, a table for each kind of setting. */
  readonly settings: readonly ReportSettings[];
  /** The commands that repeat the run. */
  readonly commands: readonly string[];
}

/** A longer table of epochs is folded away. */
const OPEN_EPOCHS = 20;

/**
 * Writes the report of a run as one HTML page that needs nothing else: no script, no
 * network, its pictures inside.
 *
 * The page forbids itself every load but its own pictures and style.
 *
 * @param report What it says.
 * @returns The HTML document.
 * @throws {TypeError} If the bytes of a figure are no PNG file.
 *
 * @example Markup is shown, not obeyed
 * ```ts
 * import { reportHtml } from "elbo/figures";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const page = reportHtml({
 *   title: "<b>mine</b>",
 *   lead: "",
 *   numbers: [],
 *   notes: [],
 *   figures: [],
 *   epochs: { note: "", head: [], rows: [] },
 *   settings: [],
 *   commands: [],
 * });
 * assertStringIncludes(page, "<h1>&lt;b&gt;mine&lt;/b&gt;</h1>");
 * ```
 */
export function reportHtml(report: Report): string {
  const { title, lead, numbers, notes, figures, epochs, settings, commands } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>
${REPORT_STYLE}
</style>
</head>
<body>
<header>
<h1>${escapeMarkup(title)}</h1>
<p class="lead">${escapeMarkup(lead)}</p>
</header>
<main>
${section("", [numberList(numbers), ...notes.map(noteHtml)])}
${section("Figures", figures.map(figureHtml))}
${section("By epoch", [epochTable(epochs)])}
${section("Settings", [settingsTables(settings)])}
${section("To repeat this run", commands.length ? [commandsHtml(commands)] : [])}
</main>
</body>
</html>
`;
}

/** A section, unless it would be empty. */
function section(heading: string, parts: readonly string[]): string {
  const body = parts.filter((part) => part !== "");
  if (body.length === 0) return "";
  const head = heading ? `<h2>${escapeMarkup(heading)}</h2>\n` : "";
  return `<section>\n${head}${body.join("\n")}\n</section>`;
}

function numberList(numbers: readonly ReportNumber[]): string {
  if (numbers.length === 0) return "";
  const items = numbers.map(({ name, value, unit, meaning }) =>
    `<div><dt>${escapeMarkup(name)}</dt>
<dd><span class="value">${escapeMarkup(value)}</span> ` +
    `<span class="unit">${escapeMarkup(unit)}</span></dd>
<dd class="meaning">${escapeMarkup(meaning)}</dd></div>`
  );
  return `<dl class="numbers">\n${items.join("\n")}\n</dl>`;
}

function noteHtml(note: string): string {
  return `<p class="note">${escapeMarkup(note)}</p>`;
}

function figureHtml({ png, title, caption, alt }: ReportFigure): string {
  const size = pngSize(png);
  if (size === undefined) {
    throw new TypeError(
      `Cannot write the report as the figure "${title}" must be the bytes of a PNG ` +
        `file: it starts with ${png.slice(0, 8).join(" ")}`,
    );
  }
  const { width, height } = size;
  return `<figure>
<img src="${dataUri(png)}" alt="${escapeMarkup(alt)}" ` +
    `width="${Math.round(width / 2)}" height="${Math.round(height / 2)}">
<figcaption><strong>${escapeMarkup(title)}.</strong> ${
      escapeMarkup(caption)
    }</figcaption>
</figure>`;
}

function epochTable({ note, head, rows }: Report["epochs"]): string {
  if (rows.length === 0) return "";
  const cells = (tag: string, row: readonly string[]) =>
    row.map((cell) => `<${tag}>${escapeMarkup(cell)}</${tag}>`).join("");
  const body = rows.map((row) => `<tr>${cells("td", row)}</tr>`).join("\n");
  const table = `<p class="unit-note">${escapeMarkup(note)}</p>
<div class="wide"><table class="epochs">
<thead><tr>${
    head.map((cell) => `<th scope="col">${escapeMarkup(cell)}</th>`).join("")
  }</tr></thead>
<tbody>
${body}
</tbody></table></div>`;
  if (rows.length <= OPEN_EPOCHS) return table;
  return `<details><summary>All ${rows.length} epochs</summary>\n${table}\n</details>`;
}

function settingsTables(settings: readonly ReportSettings[]): string {
  if (settings.length === 0) return "";
  const tables = settings.map(({ title, rows }) => {
    const body = rows.map(([name, value]) =>
      `<tr><th scope="row">${escapeMarkup(name)}</th><td>${
        escapeMarkup(value)
      }</td></tr>`
    );
    return `<table><caption>${escapeMarkup(title)}</caption><tbody>
${body.join("\n")}
</tbody></table>`;
  });
  return `<div class="settings">\n${tables.join("\n")}\n</div>`;
}

function commandsHtml(commands: readonly string[]): string {
  return `<pre>${escapeMarkup(commands.join("\n"))}</pre>`;
}
