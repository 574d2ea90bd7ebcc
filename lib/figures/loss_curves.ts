import {
  type ChartOptions,
  colorBySeries,
  requireFinite,
  titled,
} from "./series_line.ts";
import {
  chart,
  type ChartDraft,
  type ChartSpec,
  domainOf,
  LINE_COLORS,
  plotted,
} from "./theme.ts";

/** What {@link lossCurves} reads of the record of an epoch; nats per image. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** The average of what was minimised: -ELBO where beta is 1. */
  readonly trainObjective?: number | null;
  /** The ELBO with beta = 1, averaged over the epoch; null for an autoencoder. */
  readonly trainElbo?: number | null;
  /** The ELBO of the test images at the epoch's end. */
  readonly testElbo?: number | null;
  /** The ELBO of the images held out, where there are some. */
  readonly validationElbo?: number | null;
  /** E_q[ln p(x|z)] on test: minus the reconstruction that is drawn. */
  readonly testExpectedLogLikelihood?: number | null;
  /** KL(q(z|x) || p(z)) on test; null for an autoencoder. */
  readonly testKl?: number | null;
}

/** The options of {@link lossCurves}. */
export type LossCurvesOptions = Partial<Pick<ChartOptions, "title" | "subtitle">>;

interface Panel {
  readonly title: string;
  readonly subtitle: string;
  readonly lines: readonly { series: string; value: (record: EpochRecord) => number }[];
}

const ofModel: readonly Panel[] = [
  {
    title: "−ELBO",
    subtitle: "an upper bound on −ln p(x)",
    lines: [
      { series: "train", value: ({ trainElbo }) => -number(trainElbo) },
      { series: "test", value: ({ testElbo }) => -number(testElbo) },
      { series: "validation", value: ({ validationElbo }) => -number(validationElbo) },
    ],
  },
  {
    title: "= reconstruction",
    subtitle: "−E[ln p(x|z)], z ~ q(z|x), test",
    lines: [{
      series: "test",
      value: ({ testExpectedLogLikelihood }) => -number(testExpectedLogLikelihood),
    }],
  },
  {
    title: "+ KL",
    subtitle: "KL(q(z|x) ‖ p(z)), test",
    lines: [{ series: "test", value: ({ testKl }) => number(testKl) }],
  },
];

const ofAutoencoder: readonly Panel[] = [{
  title: "Reconstruction",
  subtitle: "−ln p(x|z) at z = encoder(x); an autoencoder has no bound on ln p(x)",
  lines: [
    { series: "train", value: ({ trainObjective }) => number(trainObjective) },
    {
      series: "test",
      value: ({ testExpectedLogLikelihood }) => -number(testExpectedLogLikelihood),
    },
  ],
}];

function number(value: number | null | undefined): number {
  return value ?? NaN;
}

/**
 * Builds the chart of a training run: -ELBO on train and test, and its parts on test.
 *
 * The three panels read as the equation -ELBO = reconstruction + KL; each has its own y
 * axis, as the parts move by far less than they measure. Without an ELBO in the records
 * (the plain autoencoder) there is one panel, the reconstruction.
 *
 * @param records One record an epoch.
 * @param options `title` and `subtitle` over the panels.
 * @returns A vega-lite specification.
 * @throws {RangeError} If no record holds a finite value.
 *
 * @example Three panels for a VAE
 * ```ts
 * import { lossCurves } from "elbo/figures";
 * import { assertEquals } from "@std/assert";
 *
 * const spec = lossCurves([{
 *   epoch: 1,
 *   trainElbo: -160,
 *   testElbo: -127.3,
 *   testExpectedLogLikelihood: -105,
 *   testKl: 22.3,
 * }]);
 * assertEquals("hconcat" in spec && spec.hconcat.length, 3);
 * ```
 */
export function lossCurves(
  records: readonly EpochRecord[],
  { title, subtitle }: LossCurvesOptions = {},
): ChartSpec {
  const hasElbo = records.some(({ testElbo, trainElbo }) =>
    Number.isFinite(number(testElbo)) || Number.isFinite(number(trainElbo))
  );
  const panels = (hasElbo ? ofModel : ofAutoencoder)
    .map((panel) => ({ panel, rows: rowsOf(panel, records) }))
    .filter(({ rows }) => rows.length > 0);
  requireFinite("loss curves", panels.map(({ rows }) => rows.length));
  const sizes = panels.length === 1 ? [{ width: 460, height: 280 }] : SIZES;
  return chart({
    ...(title === undefined ? {} : { title: titled(title, subtitle) }),
    spacing: 28,
    hconcat: panels.map(({ panel, rows }, i) =>
      panelSpec(panel, { rows, ...sizes[i] })
    ),
    config: { concat: { spacing: 28 } },
  });
}

/**
 * A corner of the panel that the lines leave free: the upper right one under a loss that
 * falls. A test loss that rises again, or hardly falls, ends there.
 */
function legendCorner(
  rows: readonly Row[],
  { width, height, lines }: { width: number; height: number; lines: number },
): { legendX: number; legendY: number } {
  const epochs = rows.map(({ epoch }) => epoch);
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)];
  const values = rows.map(({ nats }) => nats ?? NaN);
  const [low, high] = domainOf(values);
  const sharesAt = (at: number) =>
    rows.filter(({ epoch }) => epoch === at)
      .map(({ nats }) => ((nats ?? NaN) - low) / (high - low));
  const isRightFree = first === last || sharesAt(last).every((share) => share < 0.7);
  if (isRightFree) return { legendX: width - (lines > 2 ? 94 : 70), legendY: 4 };
  const isBelowFree = sharesAt(first).every((share) => share > 0.3);
  return { legendX: 8, legendY: isBelowFree ? height - 22 * lines - 14 : 4 };
}

const SIZES = [
  { width: 330, height: 250 },
  { width: 200, height: 250 },
  { width: 200, height: 250 },
];

interface Row {
  readonly epoch: number;
  readonly nats: number | null;
  readonly series: string;
}

function rowsOf(panel: Panel, records: readonly EpochRecord[]): Row[] {
  return panel.lines.flatMap(({ series, value }) =>
    records.map((record) => ({
      epoch: record.epoch,
      nats: plotted(value(record)),
      series,
    }))
  ).filter(({ nats }) => nats !== null);
}

function panelSpec(
  { title, subtitle, lines }: Panel,
  { rows, width, height }: { rows: readonly Row[]; width: number; height: number },
): ChartDraft {
  const epochs = new Set(rows.map(({ epoch }) => epoch));
  const last = Math.max(...epochs);
  const drawn = new Set(rows.map((row) => row.series));
  const series = lines.map((line) => line.series).filter((name) => drawn.has(name));
  return {
    title: titled(title, subtitle),
    width,
    height,
    data: { values: rows },
    mark: {
      type: "line",
      strokeWidth: 2,
      color: LINE_COLORS[1],
      point: epochs.size <= 40
        ? {
          size: epochs.size === 1 ? 70 : 26,
          ...(series.length < 2 ? { color: LINE_COLORS[1] } : {}),
        }
        : false,
    },
    encoding: {
      x: {
        field: "epoch",
        type: "quantitative",
        title: "epoch",
        // Whole epochs only: a tick at 1.5 names nothing.
        axis: {
          grid: false,
          tickMinStep: 1,
          tickCount: Math.min(10, last),
          format: "d",
        },
        scale: { zero: false, nice: false, padding: 8 },
      },
      y: {
        field: "nats",
        type: "quantitative",
        title: "nats per image",
        scale: { domain: domainOf(rows.map(({ nats }) => nats ?? NaN)), nice: false },
        axis: { tickCount: 6 },
      },
      // Vega puts the legend of a concatenated panel by "top-right" to its left.
      ...colorBySeries(series, {
        orient: "none",
        direction: "vertical",
        columns: 1,
        ...legendCorner(rows, { width, height, lines: series.length }),
        fillColor: "white",
        padding: 5,
      }),
    },
  };
}
