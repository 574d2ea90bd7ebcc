import type { ChartSpec, ImageGrid } from "../figures/mod.ts";
import { showFigure } from "./figure.ts";

/** Charts and grids are drawn for screens with two pixels to the point. */
const SCALE = 2;

/**
 * Draws a chart and shows it with its description and its data.
 *
 * @param spec A vega-lite specification, such as the chart builders of `elbo/figures`
 *   return.
 * @param options `alt`: what is to be seen, in a sentence.
 *
 * @throws {TypeError} When `alt` is empty.
 *
 * @example Two points (needs read permission for the font, else does nothing)
 * ```ts
 * import { seriesLine } from "elbo/figures";
 * import { showChart } from "elbo/jupyter";
 *
 * const { state } = await Deno.permissions.query({ name: "read" });
 * if (state === "granted") {
 *   const points = [{ x: 1, y: 2 }, { x: 2, y: 1 }];
 *   const spec = seriesLine(points, { xTitle: "k", yTitle: "nats" });
 *   await showChart(spec, { alt: "It falls from 2 to 1 nats as k goes from 1 to 2." });
 * }
 * ```
 */
export async function showChart(
  spec: ChartSpec,
  { alt }: { alt: string },
): Promise<void> {
  // Only here: a cell that shows no chart need not wait for vega.
  const { renderChart } = await import("../figures/mod.ts");
  const png = await renderChart(spec, { scale: SCALE });
  await showFigure({ png, alt, spec, scale: SCALE });
}

/**
 * Draws a grid of grey images and shows it with its description.
 *
 * @param grid The images and their layout, as `imageGrid` of `elbo/figures` takes them.
 * @param options `alt`: what is to be seen, in a sentence.
 * @throws {RangeError} As `imageGrid` does.
 * @throws {TypeError} When `alt` is empty.
 *
 * @example Two squares beside each other
 * ```ts
 * import { showImages } from "elbo/jupyter";
 *
 * const images = new Float32Array(2 * 28 * 28).fill(0.5);
 * const grid = { images, count: 2, height: 28, width: 28, columns: 2 };
 * await showImages(grid, { alt: "Two grey squares." });
 * ```
 */
export async function showImages(
  grid: ImageGrid,
  { alt }: { alt: string },
): Promise<void> {
  const { imageGrid } = await import("../figures/mod.ts");
  await showFigure({ png: await imageGrid(grid), alt, scale: SCALE });
}
