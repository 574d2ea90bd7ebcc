import type { TopLevelSpec } from "vega-lite";
import { FONT_FAMILY } from "./font.ts";

/** A vega-lite specification with its data inside: what every chart builder returns. */
export type ChartSpec = TopLevelSpec;

/** A specification in the making; the types of vega-lite are too wide to check it. */
export type ChartDraft = Readonly<Record<string, unknown>>;

/**
 * Ten colours for ten classes, told apart also by colour-blind readers.
 *
 * The set of ten of M. Petroff, "Accessible Color Sequences for Data Visualization",
 * arXiv 2107.02270, ordered so that digits (and garments of Fashion-MNIST) which lie
 * close to each other in a latent space get colours that lie far apart.
 */
export const CLASS_COLORS: readonly string[] = [
  "#92dadd",
  "#94a4a2",
  "#b9ac70",
  "#832db6",
  "#3f90da",
  "#ffa90e",
  "#e76300",
  "#717581",
  "#bd1f01",
  "#a96b59",
];

/** The same colours in the order for thin lines: the strong ones first. */
export const LINE_COLORS: readonly string[] = [
  "#3f90da",
  "#e76300",
  "#832db6",
  "#717581",
  "#bd1f01",
  "#a96b59",
  "#ffa90e",
  "#94a4a2",
  "#b9ac70",
  "#92dadd",
];

/** The greys of text and rules, from dark to light. */
export const INK = { text: "#1f2328", muted: "#59636e", rule: "#d9dee3" } as const;

/** Data points are written with this many significant digits: enough for any screen. */
const DIGITS = 6;

/** A number for a chart: rounded, and null (a gap) where it is not finite. */
export function plotted(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : null;
}

/**
 * Finds the ends of an axis that shows values with a little room, one value too.
 *
 * @param values Numbers; those that are not finite are left out.
 * @returns The lower and the upper end, the one below the other.
 */
export function domainOf(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const room = Math.max(0.05 * (high - low), 0.005 * Math.abs(high), 1e-6);
  return [low - room, high + room];
}

/**
 * Gives a vega-lite specification the look that all charts here share.
 *
 * The `$schema` is that of version 5, which is what JupyterLab 4 knows; nothing newer
 * is used.
 *
 * @param spec Any vega-lite specification; what it sets itself wins.
 * @returns The specification with schema, white background and configuration.
 *
 * @example A white background unless told
 * ```ts
 * import { chart } from "elbo/figures";
 * import { assertEquals } from "@std/assert";
 *
 * const spec = chart({ data: { values: [] }, mark: "point", encoding: {} });
 * assertEquals(spec.background, "white");
 * ```
 */
export function chart(spec: ChartSpec | ChartDraft): ChartSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    background: "white",
    padding: 14,
    ...spec,
    config: { ...CONFIG, ...(spec.config ?? {}) },
  } as ChartSpec;
}

const CONFIG = {
  font: `${FONT_FAMILY}, Verdana, sans-serif`,
  view: { stroke: null },
  title: {
    anchor: "start",
    frame: "group",
    color: INK.text,
    fontSize: 14,
    fontWeight: "bold",
    subtitleColor: INK.muted,
    subtitleFontSize: 11.5,
    subtitleLineHeight: 15,
    subtitlePadding: 5,
    offset: 14,
  },
  axis: {
    domainColor: INK.muted,
    gridColor: INK.rule,
    gridOpacity: 0.7,
    labelColor: INK.muted,
    labelFlush: false,
    labelFontSize: 11,
    labelPadding: 5,
    tickColor: INK.rule,
    tickSize: 4,
    titleColor: INK.text,
    titleFontSize: 11.5,
    titleFontWeight: "normal",
    titlePadding: 9,
  },
  legend: {
    labelColor: INK.text,
    labelFontSize: 11.5,
    labelLimit: 0,
    symbolOpacity: 1,
    symbolSize: 110,
    symbolStrokeWidth: 2.5,
    titleColor: INK.text,
    titleFontSize: 11.5,
    titleFontWeight: "normal",
  },
  range: { category: [...LINE_COLORS] },
} as const;
