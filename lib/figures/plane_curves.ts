import type { Mark } from "./density_heatmap.ts";
import {
  type ChartOptions,
  colorBySeries,
  frame,
  requireFinite,
} from "./series_line.ts";
import { chart, type ChartSpec, LINE_COLORS, plotted } from "./theme.ts";

/** One curve in the plane, drawn through its points in their order. */
export interface PlaneCurve {
  /** The legend's word for it; curves of one label share a colour. */
  readonly label: string;
  /** To close a curve, its last point repeats the first. */
  readonly points: readonly Mark[];
}

/** The options of {@link planeCurves}. */
export interface PlaneCurvesOptions extends ChartOptions {
  /** The ends of the x axis. */
  readonly xRange: readonly [number, number];
  /** The ends of the y axis. */
  readonly yRange: readonly [number, number];
}

/**
 * Builds a chart of curves in the plane, such as the contours of two densities.
 *
 * Points are joined in the order given, not in the order of x, so that a curve may
 * close or turn back. What lies outside the ranges is cut off.
 *
 * @param curves The curves; labels are coloured in order of appearance.
 * @param options Ranges, titles and size: a square of 320 pixels unless told.
 * @returns A vega-lite specification.
 * @throws {RangeError} If no point is finite.
 *
 * @example A circle
 * ```ts
 * import { planeCurves } from "elbo/figures";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const turns = Array.from({ length: 61 }, (_, i) => 2 * Math.PI * i / 60);
 * const points = turns.map((t) => ({ x: Math.cos(t), y: Math.sin(t) }));
 * const spec = planeCurves([{ label: "one scale", points }], {
 *   xRange: [-2, 2],
 *   yRange: [-2, 2],
 *   xTitle: "z₁",
 *   yTitle: "z₂",
 * });
 * assertStringIncludes(JSON.stringify(spec), "one scale");
 * ```
 */
export function planeCurves(
  curves: readonly PlaneCurve[],
  options: PlaneCurvesOptions,
): ChartSpec {
  const { xRange, yRange, xTitle, yTitle } = options;
  requireFinite("curves", curves.flatMap(({ points }) => points.map((p) => p.x + p.y)));
  const values = curves.flatMap(({ label, points }, curve) =>
    points.map(({ x, y }, order) => ({
      x: plotted(x),
      y: plotted(y),
      series: label,
      curve,
      order,
    }))
  );
  const axis = { gridOpacity: 0.5, tickCount: 7 };
  return chart({
    ...frame({ width: 320, height: 320, ...options }),
    data: { values },
    mark: { type: "line", clip: true, strokeWidth: 2, color: LINE_COLORS[0] },
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        title: xTitle,
        axis,
        scale: { domain: xRange.map(plotted), nice: false },
      },
      y: {
        field: "y",
        type: "quantitative",
        title: yTitle,
        axis,
        scale: { domain: yRange.map(plotted), nice: false },
      },
      detail: { field: "curve", type: "nominal" },
      order: { field: "order", type: "quantitative" },
      ...colorBySeries([...new Set(curves.map(({ label }) => label))], { columns: 1 }),
    },
  });
}
