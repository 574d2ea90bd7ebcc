import { chart, type ChartSpec, INK, LINE_COLORS, plotted } from "./theme.ts";
import { type ChartOptions, frame, requireFinite } from "./series_line.ts";

/** One bar. */
export interface Bar {
  /** What stands under the bar; bars of one label share its place. */
  readonly label: string;
  /** The height, from 0, in the unit that `yTitle` names; none drawn if not finite. */
  readonly value: number;
  /** Draws a line of one standard error to either side of the value. */
  readonly standardError?: number;
}

/** The options of {@link barChart}. */
export interface BarChartOptions extends ChartOptions {
  /** The colour of all bars, in CSS; the first of `LINE_COLORS` unless told. */
  readonly color?: string;
  /** Decimals of the numbers over the bars, 1 unless told. */
  readonly digits?: number;
  /** Where a label goes on in another line, such as ", "; nowhere unless told. */
  readonly breakLabelsAt?: string;
}

/**
 * Builds a chart of bars from zero, in the order given.
 *
 * @param bars The bars; error lines where they have a standard error.
 * @param options Titles and size; `color` of the bars, `digits` over them.
 * @returns A vega-lite specification.
 * @throws {RangeError} If no bar has a finite value.
 *
 * @example One bar, and none
 * ```ts
 * import { barChart } from "elbo/figures";
 * import { assertThrows } from "@std/assert";
 *
 * barChart([{ label: "VAE", value: 95.9 }], { xTitle: "model", yTitle: "NLL (nats)" });
 * assertThrows(() => barChart([], { xTitle: "", yTitle: "" }), RangeError, "no data");
 * ```
 */
export function barChart(
  bars: readonly Bar[],
  options: BarChartOptions,
): ChartSpec {
  requireFinite("a bar chart", bars.map(({ value }) => value));
  const { xTitle, yTitle, color = LINE_COLORS[0] } = options;
  const { digits = 1, breakLabelsAt } = options;
  const values = bars.map(({ label, value, standardError = 0 }) => ({
    label,
    value: plotted(value),
    low: plotted(value - standardError),
    high: plotted(value + standardError),
    words: standardError > 0
      ? `${value.toFixed(digits)} ± ${standardError.toFixed(digits)}`
      : value.toFixed(digits),
  }));
  const x = {
    field: "label",
    type: "nominal",
    sort: null,
    title: xTitle,
    axis: {
      ...{ labelAngle: 0, ticks: false, labelPadding: 8 },
      ...breakLabelsAt !== undefined &&
        { labelExpr: `split(datum.label, ${JSON.stringify(breakLabelsAt)})` },
    },
    scale: { paddingInner: 0.35, paddingOuter: 0.25 },
  };
  return chart({
    ...frame({ width: Math.max(220, 96 * bars.length), ...options }),
    data: { values },
    layer: [
      {
        mark: { type: "bar", color },
        encoding: { x, y: { field: "value", type: "quantitative", title: yTitle } },
      },
      {
        mark: { type: "rule", color: INK.text, strokeWidth: 1.5 },
        encoding: {
          x,
          y: { field: "low", type: "quantitative" },
          y2: { field: "high" },
        },
      },
      ...["white", INK.text].map((color) => ({
        transform: [{ filter: "isValid(datum.value)" }],
        mark: {
          type: "text",
          baseline: "bottom",
          dy: -4,
          color,
          // White under the letters, so that no grid line runs through them.
          ...(color === "white" ? { stroke: color, strokeWidth: 5 } : {}),
        },
        encoding: {
          x,
          y: { field: "high", type: "quantitative" },
          text: { field: "words" },
        },
      })),
    ],
  });
}
