import { compile } from "vega-lite";
import { loadFonts } from "./font.ts";
import { svgToPng } from "./rasterize.ts";
import type { ChartSpec } from "./theme.ts";
import { parse, type TextItem, textMetrics, View } from "./vega.ts";

/** Lets vega lay out by the widths of the font that will be drawn. */
async function measureByFont(): Promise<void> {
  const { regular, bold } = await loadFonts();
  textMetrics.width = ({ fontSize = 11, fontWeight }: TextItem, text) => {
    const heavy = fontWeight === "bold" || Number(fontWeight) >= 600;
    return fontSize * (heavy ? bold : regular).advance(String(text ?? "").trim());
  };
}

/**
 * Draws a vega-lite specification as SVG, with no DOM and no canvas.
 *
 * @param spec A specification from one of the chart builders, or any other.
 * @returns The SVG document; needs read permission (the font's widths).
 * @throws {Error} If vega-lite does not know the specification.
 *
 * @example Its words are text (needs read permission, else does nothing)
 * ```ts
 * import { chartSvg, seriesLine } from "elbo/figures";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const { state } = await Deno.permissions.query({ name: "read" });
 * if (state === "granted") {
 *   const rows = [{ x: 1, y: 127.3 }, { x: 10, y: 105.6 }];
 *   const spec = seriesLine(rows, { xTitle: "epoch", yTitle: "nats per image" });
 *   assertStringIncludes(await chartSvg(spec), "nats per image");
 * }
 * ```
 */
export async function chartSvg(spec: ChartSpec): Promise<string> {
  await measureByFont();
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/**
 * Draws a vega-lite specification as a PNG.
 *
 * @param spec A specification from one of the chart builders, or any other.
 * @param options `scale`: PNG pixels for one of the chart's, 2 unless told.
 * @returns The PNG file's bytes; needs read permission (font and rasterizer).
 * @throws {Error} If vega-lite does not know the specification.
 *
 * @example Bytes for a file (needs read permission, else does nothing)
 * ```ts
 * import { renderChart, seriesLine } from "elbo/figures";
 * import { assertEquals } from "@std/assert";
 *
 * const { state } = await Deno.permissions.query({ name: "read" });
 * if (state === "granted") {
 *   const rows = [{ x: 1, y: 127.3 }, { x: 10, y: 105.6 }];
 *   const spec = seriesLine(rows, { xTitle: "epoch", yTitle: "nats per image" });
 *   const png = await renderChart(spec);
 *   assertEquals(String.fromCharCode(...png.slice(1, 4)), "PNG");
 * }
 * ```
 */
export async function renderChart(
  spec: ChartSpec,
  options: { scale?: number } = {},
): Promise<Uint8Array> {
  return await svgToPng(await chartSvg(spec), options);
}

/**
 * Writes a chart as a vega-lite JSON file's text.
 *
 * @param spec A specification with its data inside.
 * @returns JSON with a newline at the end.
 *
 * @example The data are inside
 * ```ts
 * import { chartJson, seriesLine } from "elbo/figures";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const rows = [{ x: 1, y: 127.3 }, { x: 10, y: 105.6 }];
 * const spec = seriesLine(rows, { xTitle: "epoch", yTitle: "nats per image" });
 * assertStringIncludes(chartJson(spec), `"values":${JSON.stringify(rows)}`);
 * ```
 */
export function chartJson(spec: ChartSpec): string {
  return `${JSON.stringify(spec)}\n`;
}
