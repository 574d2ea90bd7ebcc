import {
  chart,
  type ChartDraft,
  type ChartSpec,
  LINE_COLORS,
  plotted,
} from "./theme.ts";
import { type ChartOptions, frame, requireFinite } from "./series_line.ts";

/** A curve drawn over a histogram, such as the exact density. */
export interface Curve {
  /** The legend's word for it. */
  readonly label: string;
  /** The density at x, in one over the unit of x. */
  readonly density: (x: number) => number;
}

/** The options of {@link histogram}. */
export interface HistogramOptions extends Omit<ChartOptions, "yTitle"> {
  /** The name of the vertical axis, "density" unless told. */
  readonly yTitle?: string;
  /** The number of bars, 40 unless told. */
  readonly bins?: number;
  /** The ends of the x axis; by default the smallest and the largest value. */
  readonly range?: readonly [number, number];
  /** A line over the bars, such as the density that the values should have. */
  readonly curve?: Curve;
  /** The legend's word for the bars where there is a curve, "samples" unless told. */
  readonly label?: string;
}

/** One bar of a histogram: its ends and the density between them. */
export interface Bin {
  /** The lower end, in the unit of the values. */
  readonly from: number;
  /** The upper end; the last bin holds its own. */
  readonly to: number;
  /** The share of all values that fell here, over the width. */
  readonly density: number;
}

/** How many points a smooth curve is drawn with. */
const CURVE_POINTS = 200;

/**
 * Counts values into bins of one width, scaled as a density over all values.
 *
 * `density = count / (n width)`, n including the values outside the range, so that the
 * bars compare with a density whatever part of it is shown.
 *
 * @param values Numbers; those outside the range count in n alone.
 * @param options `bins` (40) and `range`, by default from the smallest to the largest.
 * @returns The bins, from left to right.
 * @throws {RangeError} If there are no values, the range does not grow, `bins` is no
 * positive integer, or neither a range nor a finite value is given.
 *
 * @example Two bins; the value outside counts in n alone
 * ```ts
 * import { binDensities } from "elbo/figures";
 * import { assertEquals } from "@std/assert";
 *
 * const bins = binDensities([0.1, 0.2, 0.9, 5], { bins: 2, range: [0, 1] });
 * assertEquals(bins.map((bin) => bin.density), [1, 0.5]);
 * ```
 */
export function binDensities(
  values: ArrayLike<number>,
  { bins = 40, range }: { bins?: number; range?: readonly [number, number] } = {},
): Bin[] {
  if (values.length === 0) {
    throw new RangeError(
      "Cannot count a histogram as there must be a value or more: there are none",
    );
  }
  const [from, to] = range ?? extent(values);
  if (!(to > from && to - from < Infinity && Number.isInteger(bins) && bins >= 1)) {
    throw new RangeError(
      "Cannot count a histogram as it must have one bin or more on a range that grows: " +
        `${bins} bins on [${from}, ${to}]`,
    );
  }
  const width = (to - from) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] >= from && values[i] <= to)) continue;
    counts[Math.min(bins - 1, Math.floor((values[i] - from) / width))]++;
  }
  return counts.map((count, i) => ({
    from: from + i * width,
    to: from + (i + 1) * width,
    density: count / (values.length * width),
  }));
}

function extent(values: ArrayLike<number>): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  // One value alone still deserves a bar; values that differ by rounding alone are one.
  const least = Math.max(1e-300, 1e-9 * Math.max(Math.abs(low), Math.abs(high)));
  return high - low < least ? [low - 0.5, high + 0.5] : [low, high];
}

/**
 * Builds a histogram, scaled as a density, with an optional curve to compare it with.
 *
 * @param values The values; those not finite or outside the range are not drawn.
 * @param options Titles, size, bins, range and curve.
 * @returns A vega-lite specification.
 * @throws {RangeError} If no value is finite, or the range does not grow.
 *
 * @example Samples against their density
 * ```ts
 * import { histogram } from "elbo/figures";
 * import { assertThrows } from "@std/assert";
 *
 * const density = (x: number) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
 * histogram([-1, 0, 1], { xTitle: "z", curve: { label: "N(0, 1)", density } });
 * assertThrows(() => histogram([NaN], { xTitle: "z" }), RangeError, "none of 1 is");
 * ```
 */
export function histogram(
  values: ArrayLike<number>,
  options: HistogramOptions,
): ChartSpec {
  requireFinite("a histogram", Array.from(values));
  const { curve, xTitle, yTitle = "density", label = "samples" } = options;
  const bins = binDensities(values, options);
  const x = {
    field: "x",
    type: "quantitative",
    title: xTitle,
    axis: { grid: false, tickCount: 8 },
    scale: { domain: [bins[0].from, bins[bins.length - 1].to], nice: false },
  };
  const y = { field: "density", type: "quantitative", title: yTitle };
  const color = {
    field: "series",
    type: "nominal",
    scale: {
      domain: curve ? [label, curve.label] : [label],
      range: LINE_COLORS.slice(0, 2),
    },
    legend: curve
      ? { orient: "top", title: null, symbolType: "square", symbolOpacity: 1 }
      : null,
  };
  const bars = {
    data: { values: barValues(bins, label) },
    mark: { type: "bar", opacity: 0.6, binSpacing: 1 },
    encoding: { x: { ...x, bin: "binned" }, x2: { field: "to" }, y, color },
  };
  const line = curve && {
    data: { values: curveValues(curve, bins) },
    mark: { type: "line", strokeWidth: 2 },
    encoding: { x, y, color },
  };
  return chart({
    ...frame({ ...options, yTitle }),
    layer: line ? [bars, line] : [bars],
  });
}

function barValues(bins: readonly Bin[], series: string): ChartDraft[] {
  return bins.map(({ from, to, density }) => ({
    x: plotted(from),
    to: plotted(to),
    density: plotted(density),
    series,
  }));
}

function curveValues(
  { label, density }: Curve,
  bins: readonly Bin[],
): ChartDraft[] {
  const from = bins[0].from;
  const step = (bins[bins.length - 1].to - from) / CURVE_POINTS;
  return Array.from({ length: CURVE_POINTS + 1 }, (_, i) => {
    const x = from + i * step;
    return { x: plotted(x), density: plotted(density(x)), series: label };
  });
}
