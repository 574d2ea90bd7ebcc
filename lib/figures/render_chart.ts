import { compile } from "vega-lite";
import { loadFonts } from "./font.ts";
import { svgToPng } from "./rasterize.ts";
import type { ChartSpec } from "./theme.ts";
import { parse, type TextItem, textMetrics, View } from "./vega.ts";

/** Let vega lay out by the widths of the font that will be drawn. */
async function measureByFont(): Promise<void> {
  const { regular, bold } = await loadFonts();
  textMetrics.width = ({ fontSize = 11, fontWeight }: TextItem, text) => {
    const heavy = fontWeight === "bold" || Number(fontWeight) >= 600;
    return fontSize * (heavy ? bold : regular).advance(String(text ?? "").trim());
  };
}

/**
 * Draw a vega-lite specification as SVG, with no DOM and no canvas.
 *
 * @param spec A specification from one of the chart builders, or any other.
 * @returns The SVG document; needs read permission (the font's widths).
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
 * Draw a vega-lite specification as a PNG.
 *
 * @param spec A specification from one of the chart builders, or any other.
 * @param options `scale`: PNG pixels for one of the chart's, 2 unless told.
 * @returns The PNG file's bytes; needs read permission (font and rasterizer).
 *
 * @example
 * ```ts ignore
 * import { renderChart, seriesLine } from "elbo/figures";
 *
 * const rows = [{ x: 1, y: 127.3 }, { x: 10, y: 105.6 }];
 * const spec = seriesLine(rows, { xTitle: "epoch", yTitle: "nats per image" });
 * await Deno.writeFile("loss.png", await renderChart(spec));
 * ```
 */
export async function renderChart(
  spec: ChartSpec,
  options: { scale?: number } = {},
): Promise<Uint8Array> {
  return await svgToPng(await chartSvg(spec), options);
}

/**
 * Write a chart as a vega-lite JSON file's text.
 *
 * @param spec A specification with its data inside.
 * @returns JSON with a newline at the end.
 */
export function chartJson(spec: ChartSpec): string {
  return `${JSON.stringify(spec)}\n`;
}
