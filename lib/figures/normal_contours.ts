import type { MapCurve } from "./density_heatmap.ts";

/** The options of {@link normalContours}. */
export interface NormalContoursOptions {
  /** In scales from the mean, one ellipse each; 1 and 2 unless told. */
  readonly radii?: readonly number[];
  /** A CSS colour. */
  readonly color?: string;
}

/** Enough corners for an ellipse to look round. */
const CORNERS = 60;

/**
 * Trace the contours of a diagonal normal in the plane, to be drawn over a heat map.
 *
 * The ellipse of r scales is mean + r [scale_1 cos t, scale_2 sin t]; a draw falls inside
 * it with probability 1 - exp(-r^2 / 2): 0.39 for r = 1, 0.86 for r = 2.
 *
 * @param q Its mean and scale, [2] each.
 * @param options Which ellipses, and their colour.
 * @returns Closed curves for `densityHeatmap`.
 *
 * @example
 * ```ts
 * import { normalContours } from "elbo/figures";
 * import { assertEquals } from "@std/assert";
 *
 * const [one, two] = normalContours({ mean: [1, 0], scale: [0.5, 2] });
 * assertEquals(one.points[0], { x: 1.5, y: 0 });
 * assertEquals(two.points[0], { x: 2, y: 0 });
 * ```
 */
export function normalContours(
  { mean, scale }: {
    readonly mean: readonly number[];
    readonly scale: readonly number[];
  },
  { radii = [1, 2], color }: NormalContoursOptions = {},
): MapCurve[] {
  return radii.map((radius) => ({
    ...(color === undefined ? {} : { color }),
    points: Array.from({ length: CORNERS + 1 }, (_, i) => {
      // The last corner is the first, to the bit.
      const t = 2 * Math.PI * (i % CORNERS) / CORNERS;
      return {
        x: mean[0] + radius * scale[0] * Math.cos(t),
        y: mean[1] + radius * scale[1] * Math.sin(t),
      };
    }),
  }));
}
