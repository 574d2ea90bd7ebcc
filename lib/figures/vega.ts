import * as vega from "vega";

/** What vega exports but its types leave out. */
interface Untyped {
  textMetrics: {
    width(item: TextItem, text: string | null): number;
  };
  quantileNormal(p: number): number;
  scheme(name: string): (fraction: number) => string;
}

/** The fields of a text mark that its width depends on. */
export interface TextItem {
  fontSize?: number;
  fontWeight?: string | number;
  limit?: number;
}

const untyped = vega as unknown as Untyped;

/** How vega measures a line of text; `width` may be replaced. */
export const textMetrics = untyped.textMetrics;

/** The quantile function of N(0, 1). */
export const quantileNormal = untyped.quantileNormal;

/** A named colour scheme of vega as a function of a fraction in [0, 1]. */
export const colorScheme = untyped.scheme;

export { parse, View } from "vega";
