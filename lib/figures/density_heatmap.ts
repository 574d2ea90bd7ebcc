import { dataUri } from "./data_uri.ts";
import { encodePng } from "./encode_png.ts";
import { type ChartOptions, frame, requireFinite } from "./series_line.ts";
import { chart, type ChartDraft, type ChartSpec, plotted } from "./theme.ts";
import { colorScheme } from "./vega.ts";

/** A point of the plane, drawn over a heat map or joined to a curve. */
export interface Mark {
  /** Along the horizontal axis, in its unit. */
  readonly x: number;
  /** Along the vertical axis, in its unit. */
  readonly y: number;
}

/** The options of {@link densityHeatmap}. */
export interface DensityHeatmapOptions extends ChartOptions {
  /** The ends of the x axis. */
  readonly xRange: readonly [number, number];
  /** The ends of the y axis. */
  readonly yRange: readonly [number, number];
  /** The name of the colour bar, with its unit. */
  readonly valueTitle: string;
  /** Cells along each axis, 120 unless told. */
  readonly cells?: number;
  /** The ends of the colour bar; by default the smallest and largest finite value. */
  readonly valueRange?: readonly [number, number];
  /** Points drawn over the map. */
  readonly points?: readonly Mark[];
  /** Lines drawn over the map, cut off at its ends, such as another density's contours. */
  readonly curves?: readonly MapCurve[];
}

/** A line over a heat map, drawn through its points in their order. */
export interface MapCurve {
  /** To close the line, the last point repeats the first. */
  readonly points: readonly Mark[];
  /** A CSS colour, white unless told; a dark rim sets it off from the map. */
  readonly color?: string;
}

/**
 * Builds a heat map of a function of two variables, sampled at the centres of cells.
 *
 * The map is one small picture inside the specification: a rectangle a cell would take
 * megabytes of JSON. Values beyond the colour bar's ends get the colour of the end.
 *
 * @param f The function, such as a density on the plane of a 2-D latent.
 * @param options Ranges, titles, size; points and lines to draw over the map.
 * @returns A vega-lite specification.
 * @throws {RangeError} If the function has no finite value on the cells.
 *
 * @example The standard normal in the plane
 * ```ts
 * import { densityHeatmap } from "elbo/figures";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const spec = densityHeatmap((x, y) => Math.exp(-(x * x + y * y) / 2), {
 *   xRange: [-3, 3],
 *   yRange: [-3, 3],
 *   xTitle: "z₁",
 *   yTitle: "z₂",
 *   valueTitle: "density",
 * });
 * assertStringIncludes(JSON.stringify(spec), "data:image/png;base64,");
 * ```
 */
export function densityHeatmap(
  f: (x: number, y: number) => number,
  options: DensityHeatmapOptions,
): ChartSpec {
  const { xRange, yRange, xTitle, yTitle, valueTitle, cells = 120 } = options;
  const values = sampleCells(f, { xRange, yRange, cells });
  const finite = values.filter(Number.isFinite);
  requireFinite("a heat map", values);
  const domain = options.valueRange ??
    [finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))];
  const [x, x2] = xRange.map(plotted);
  const [y, y2] = yRange.map(plotted);
  const axis = { grid: false, zindex: 1 };
  const scale = { nice: false, zero: false };
  const { curves = [] } = options;
  // A domain that is not fixed would stretch to lines beyond the ends, not cut them.
  const ends = (domain: readonly (number | null)[]) =>
    curves.length > 0 ? { ...scale, domain } : scale;
  return chart({
    ...frame({ width: 320, height: 320, ...options }),
    layer: [
      {
        data: { values: [{ x, x2, y, y2, url: heatPng(values, { cells, domain }) }] },
        mark: { type: "image", aspect: false },
        encoding: {
          x: {
            field: "x",
            type: "quantitative",
            title: xTitle,
            axis,
            scale: ends([x, x2]),
          },
          x2: { field: "x2" },
          y: {
            field: "y",
            type: "quantitative",
            title: yTitle,
            axis,
            scale: ends([y, y2]),
          },
          y2: { field: "y2" },
          url: { field: "url" },
        },
      },
      colorBar(domain, valueTitle),
      ...curves.flatMap(curveLayer),
      ...pointLayer(options.points ?? []),
    ],
  });
}

interface Cells {
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  readonly cells: number;
}

/** Row by row from the top of the picture, where y is largest. */
function sampleCells(
  f: (x: number, y: number) => number,
  { xRange, yRange, cells }: Cells,
): number[] {
  const at = ([from, to]: readonly [number, number], i: number) =>
    from + (to - from) * (i + 0.5) / cells;
  return Array.from(
    { length: cells * cells },
    (_, i) => f(at(xRange, i % cells), at(yRange, cells - 1 - Math.floor(i / cells))),
  );
}

function heatPng(
  values: readonly number[],
  { cells, domain: [low, high] }: { cells: number; domain: readonly number[] },
): string {
  const color = colorScheme("viridis");
  const data = new Uint8Array(3 * values.length);
  values.forEach((value, i) => {
    const fraction = high > low ? (value - low) / (high - low) : 0.5;
    // A value of -Infinity (a log density outside its support) lies at the low end.
    const held = Number.isNaN(fraction) ? 0 : Math.min(1, Math.max(0, fraction));
    data.set(color(held).match(/\d+/g)!.map(Number), 3 * i);
  });
  return dataUri(encodePng({ width: cells, height: cells, channels: 3, data }));
}

/** Two invisible points, there for the legend alone. */
function colorBar(domain: readonly number[], title: string): ChartDraft {
  return {
    data: { values: domain.map((value) => ({ value: plotted(value) })) },
    mark: { type: "point", opacity: 0 },
    encoding: {
      color: {
        field: "value",
        type: "quantitative",
        scale: { scheme: "viridis", domain: domain.map(plotted), nice: false },
        legend: { title, gradientLength: 200, tickCount: 5 },
      },
    },
  };
}

/** The widths of a line and of the rim under it. */
const LINE = 1.6, RIM = 3.2;

function curveLayer({ points, color = "white" }: MapCurve): ChartDraft[] {
  const values = points.map(({ x, y }, order) => ({
    x: plotted(x),
    y: plotted(y),
    order,
  }));
  const layer = (stroke: string, strokeWidth: number) => ({
    data: { values },
    mark: { type: "line", clip: true, stroke, strokeWidth },
    encoding: {
      x: { field: "x", type: "quantitative" },
      y: { field: "y", type: "quantitative" },
      order: { field: "order", type: "quantitative" },
    },
  });
  return [layer("#202020", RIM), layer(color, LINE)];
}

function pointLayer(points: readonly Mark[]): ChartDraft[] {
  if (points.length === 0) return [];
  return [{
    data: { values: points.map(({ x, y }) => ({ x: plotted(x), y: plotted(y) })) },
    mark: {
      type: "point",
      filled: true,
      size: 22,
      color: "white",
      stroke: "black",
      strokeWidth: 0.7,
      opacity: 1,
    },
    encoding: {
      x: { field: "x", type: "quantitative" },
      y: { field: "y", type: "quantitative" },
    },
  }];
}
