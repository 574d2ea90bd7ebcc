import { logTicks } from "./log_ticks.ts";
import {
  chart,
  type ChartDraft,
  type ChartSpec,
  domainOf,
  INK,
  LINE_COLORS,
  plotted,
} from "./theme.ts";

/** The width of a plot in pixels, unless told. */
const WIDTH = 460;

/** One point of a line; points of one `series` are joined in the order of x. */
export interface SeriesPoint {
  /** Along the horizontal axis, in the unit that `xTitle` names. */
  readonly x: number;
  /** Along the vertical axis; a gap in the line where it is not finite. */
  readonly y: number;
  /** The line that the point belongs to; one line if absent. */
  readonly series?: string;
  /** The lower end of a band around the line, such as y - 2 standard errors. */
  readonly low?: number;
  /** The upper end of that band. */
  readonly high?: number;
}

/** A horizontal rule across a chart, such as an exact value. */
export interface Rule {
  /** The height of the rule, in the unit of the y axis. */
  readonly y: number;
  /** The word at its right end. */
  readonly label: string;
}

/** What every chart builder takes. */
export interface ChartOptions {
  /** One line in bold over the chart. */
  readonly title?: string;
  /** A line, or lines, under the title. */
  readonly subtitle?: string | readonly string[];
  /** The name of the horizontal axis, with its unit. */
  readonly xTitle: string;
  /** The name of the vertical axis, with its unit. */
  readonly yTitle: string;
  /** The width of the plot without axes, in CSS pixels. */
  readonly width?: number;
  /** The height of the plot without axes, in CSS pixels. */
  readonly height?: number;
}

/** The options of {@link seriesLine}. */
export interface SeriesLineOptions extends ChartOptions {
  /** Mark the points; by default only where a line has at most 40 of them. */
  readonly points?: boolean;
  /** "linear" unless told; a logarithmic x is marked by its own values where they fit. */
  readonly xScale?: "linear" | "log";
  /** "linear" unless told. */
  readonly yScale?: "linear" | "log";
  /** Whether the y axis must show 0. */
  readonly zero?: boolean;
  /** Dashed lines across the chart, none unless told. */
  readonly rules?: readonly Rule[];
}

/**
 * Builds a chart of one or more lines over a quantitative x, with bands and rules.
 *
 * A value that is not finite becomes a gap.
 *
 * @param points The points of all lines; series are coloured in order of appearance.
 * @param options Titles, size, scales and rules.
 * @returns A vega-lite specification.
 * @throws {RangeError} If no point is finite.
 *
 * @example Two epochs
 * ```ts
 * import { seriesLine } from "elbo/figures";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = [{ x: 1, y: 127.3 }, { x: 10, y: 105.6 }];
 * const spec = seriesLine(rows, { xTitle: "epoch", yTitle: "nats per image" });
 * assertEquals(spec.data, { values: rows });
 * ```
 */
export function seriesLine(
  points: readonly SeriesPoint[],
  options: SeriesLineOptions,
): ChartSpec {
  requireFinite("a line chart", points.flatMap(({ x, y }) => [x + y]));
  const series = [...new Set(points.flatMap((point) => point.series ?? []))];
  return chart({
    ...frame(options),
    data: { values: points.map(plottedPoint) },
    layer: [
      ...bandLayer(points, series),
      lineLayer(options, { series, points }),
      ...ruleLayers(options.rules ?? []),
    ],
  });
}

function plottedPoint(point: SeriesPoint): ChartDraft {
  const { x, y, series, low, high } = point;
  return {
    x: plotted(x),
    y: plotted(y),
    ...(series === undefined ? {} : { series }),
    ...(low === undefined ? {} : { low: plotted(low) }),
    ...(high === undefined ? {} : { high: plotted(high) }),
  };
}

function isSparse(points: readonly SeriesPoint[]): boolean {
  const counts = new Map<string | undefined, number>();
  for (const { series } of points) counts.set(series, (counts.get(series) ?? 0) + 1);
  return Math.max(...counts.values()) <= 40;
}

/** Above the plot, where it hides no data. */
const LEGEND = {
  orient: "top",
  direction: "horizontal",
  title: null,
  // Without these a line's symbol is as pale as its band.
  symbolOpacity: 1,
  symbolType: "circle",
};

/** The colours of several series and their legend; nothing for one series. */
export function colorBySeries(
  series: readonly string[],
  legend: ChartDraft = {},
): ChartDraft {
  if (series.length < 2) return {};
  return {
    color: {
      field: "series",
      type: "nominal",
      scale: { domain: [...series], range: LINE_COLORS.slice(0, series.length) },
      legend: { ...LEGEND, columns: legendColumns(series), ...legend },
    },
  };
}

/** Four names a row, or all in one where they are so short that they fit. */
function legendColumns(series: readonly string[]): number {
  const pixels = series.reduce((sum, name) => sum + 32 + 8 * name.length, 0);
  return pixels <= WIDTH ? Math.max(4, series.length) : 4;
}

function lineLayer(
  options: SeriesLineOptions,
  { series, points }: {
    series: readonly string[];
    points: readonly SeriesPoint[];
  },
): ChartDraft {
  const { xTitle, yTitle, xScale = "linear", yScale = "linear", zero } = options;
  const marked = options.points ?? isSparse(points);
  const ys = points.map(({ y }) => y).filter(Number.isFinite);
  const constant = ys.every((y) => y === ys[0]) && !zero;
  const y = constant
    ? { domain: domainOf(ys) }
    : yScale === "log"
    ? { type: yScale }
    : { type: yScale, zero: zero ?? false };
  return {
    mark: {
      type: "line",
      color: LINE_COLORS[0],
      strokeWidth: 2,
      point: marked
        ? { size: 28, ...(series.length < 2 ? { color: LINE_COLORS[0] } : {}) }
        : false,
    },
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        title: xTitle,
        ...(xScale === "log"
          ? logAxis(points, options)
          : { axis: { grid: false }, scale: { type: "linear", zero: false } }),
      },
      y: { field: "y", type: "quantitative", title: yTitle, scale: y },
      ...colorBySeries(series),
    },
  };
}

/** From the first point to the last: vega would go on to the next power of ten. */
function logAxis(
  points: readonly SeriesPoint[],
  options: ChartOptions,
): ChartDraft {
  const xs = points.map(({ x }) => x);
  const values = logTicks(xs, { width: options.width ?? WIDTH });
  const constant = xs.every((x) => x === xs[0]);
  return {
    // The ticks of vega crowd.
    axis: { grid: false, ...(values === undefined ? { tickCount: 5 } : { values }) },
    scale: { type: "log", nice: constant },
  };
}

function bandLayer(
  points: readonly SeriesPoint[],
  series: readonly string[],
): ChartDraft[] {
  if (!points.some(({ low, high }) => low !== undefined && high !== undefined)) {
    return [];
  }
  return [{
    mark: { type: "area", opacity: 0.18, color: LINE_COLORS[0] },
    encoding: {
      x: { field: "x", type: "quantitative" },
      y: { field: "low", type: "quantitative" },
      y2: { field: "high" },
      ...colorBySeries(series),
    },
  }];
}

function ruleLayers(rules: readonly Rule[]): ChartDraft[] {
  return rules.flatMap(({ y, label }) => [
    {
      data: { values: [{ y: plotted(y) }] },
      mark: { type: "rule", color: INK.muted, strokeDash: [5, 4] },
      encoding: { y: { field: "y", type: "quantitative" } },
    },
    {
      data: { values: [{ y: plotted(y), label }] },
      mark: {
        type: "text",
        align: "left",
        baseline: "middle",
        dx: 7,
        color: INK.muted,
      },
      encoding: {
        x: { value: "width" },
        y: { field: "y", type: "quantitative" },
        text: { field: "label" },
      },
    },
  ]);
}

/** Title and size, as every chart has them. */
export function frame(options: ChartOptions): ChartDraft {
  const { title, subtitle, width = WIDTH, height = 280 } = options;
  return {
    ...(title === undefined ? {} : { title: titled(title, subtitle) }),
    width,
    height,
  };
}

/** A title of vega-lite with the lines under it. */
export function titled(
  text: string,
  subtitle?: string | readonly string[],
): ChartDraft {
  return subtitle === undefined
    ? { text }
    : { text, subtitle: typeof subtitle === "string" ? subtitle : [...subtitle] };
}

/** Refuses to draw an empty white box. */
export function requireFinite(what: string, values: readonly number[]): void {
  if (values.some(Number.isFinite)) return;
  throw new RangeError(
    `Cannot draw ${what} as its data must hold a finite value: ` +
      (values.length === 0 ? "no data" : `none of ${values.length} is`),
  );
}
