import { type ChartOptions, frame, requireFinite } from "./series_line.ts";
import { chart, type ChartSpec, LINE_COLORS, plotted } from "./theme.ts";

/** The KL of each latent dimension at some time of a training, in nats. */
export interface KlRecord {
  /** What stands under the bar: the epoch, say. */
  readonly label: string | number;
  /** Of each dimension, none negative. */
  readonly kl: readonly number[];
}

/** The options of {@link klBars}. */
export type KlBarsOptions = Partial<ChartOptions>;

/** More bars than that are thinned out evenly; the first and the last one stay. */
const MOST_BARS = 40;

/**
 * Builds a chart of the KL by latent dimension: a bar for each time, a piece for each
 * dimension.
 *
 * The largest piece lies at the bottom. A dimension that has died has no height, so the
 * number of pieces is that of the dimensions that live.
 *
 * @param records One for each bar, in order.
 * @param options Titles and size.
 * @returns A vega-lite specification.
 * @throws {RangeError} If no record has a finite KL.
 *
 * @example Two epochs, in the second of which a dimension died
 * ```ts
 * import { klBars } from "elbo/figures";
 * import { assertThrows } from "@std/assert";
 *
 * klBars([{ label: 1, kl: [2, 1] }, { label: 2, kl: [4, 0] }]);
 * assertThrows(() => klBars([]), RangeError, "no data");
 * ```
 */
export function klBars(
  records: readonly KlRecord[],
  options: KlBarsOptions = {},
): ChartSpec {
  requireFinite("bars of the KL", records.flatMap(({ kl }) => kl));
  const { xTitle = "epoch", yTitle = "KL to the prior, nats per image" } = options;
  const shown = thinned(records);
  const values = shown.flatMap(({ label, kl }) => {
    const sorted = kl.toSorted((a, b) => b - a);
    return sorted.map((value, rank) => ({
      label: String(label),
      rank,
      from: plotted(sum(sorted.slice(0, rank))),
      to: plotted(sum(sorted.slice(0, rank)) + value),
    }));
  });
  const width = Math.max(220, Math.min(560, 34 * shown.length));
  return chart({
    ...frame({ width, ...options, xTitle, yTitle }),
    data: { values },
    // White edges between the pieces; where pieces are thin, only white would be left.
    mark: { type: "bar", color: LINE_COLORS[0], stroke: "white", strokeWidth: 0.6 },
    encoding: {
      x: {
        field: "label",
        type: "nominal",
        sort: null,
        title: xTitle,
        axis: { labelAngle: 0, ticks: false, labelOverlap: true },
        scale: { paddingInner: 0.2, paddingOuter: 0.1 },
      },
      y: { field: "from", type: "quantitative", title: yTitle },
      y2: { field: "to" },
    },
  });
}

function thinned(records: readonly KlRecord[]): readonly KlRecord[] {
  if (records.length <= MOST_BARS) return records;
  const apart = (records.length - 1) / (MOST_BARS - 1);
  return Array.from({ length: MOST_BARS }, (_, i) => records[Math.round(i * apart)]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
