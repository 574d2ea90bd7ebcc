import { titled } from "./series_line.ts";
import { chart, type ChartDraft, type ChartSpec } from "./theme.ts";

/** The options of {@link sideBySide}. */
export interface SideBySideOptions {
  /** A title over all of them. */
  readonly title?: string;
  /** A line, or lines, under the title. */
  readonly subtitle?: string | readonly string[];
  /** How many charts stand in a row; all of them unless told. */
  readonly columns?: number;
}

/**
 * Puts charts beside each other, each with its own axes, colours and legends.
 *
 * @param charts What the chart builders return; for one size give all one size.
 * @param options A title over all of them; how many stand in a row.
 * @returns A vega-lite specification.
 * @throws {RangeError} If there is no chart.
 *
 * @example Two charts
 * ```ts
 * import { seriesLine, sideBySide } from "elbo/figures";
 * import { assertEquals } from "@std/assert";
 *
 * const axes = { xTitle: "k", yTitle: "nats" };
 * const left = seriesLine([{ x: 1, y: 2 }, { x: 2, y: 3 }], axes);
 * const right = seriesLine([{ x: 1, y: 5 }, { x: 2, y: 4 }], axes);
 * const spec = sideBySide([left, right], { title: "Up and down" });
 * assertEquals("concat" in spec && spec.concat.length, 2);
 * ```
 */
export function sideBySide(
  charts: readonly ChartSpec[],
  { title, subtitle, columns = charts.length }: SideBySideOptions = {},
): ChartSpec {
  if (charts.length === 0) {
    throw new RangeError(
      "Cannot put charts side by side as there must be one: none is",
    );
  }
  return chart({
    ...(title === undefined ? {} : { title: titled(title, subtitle) }),
    columns,
    spacing: 36,
    concat: charts.map(inner),
    resolve: { scale: { color: "independent" }, legend: { color: "independent" } },
  });
}

/** What only the whole may have is taken off its parts. */
const ONLY_WHOLE = ["$schema", "background", "padding", "config"];

function inner(spec: ChartSpec): ChartDraft {
  return Object.fromEntries(
    Object.entries(spec).filter(([key]) => !ONLY_WHOLE.includes(key)),
  );
}
