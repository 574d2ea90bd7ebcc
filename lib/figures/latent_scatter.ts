import type { Matrix } from "../math/mod.ts";
import { pca } from "./pca.ts";
import { type ChartOptions, frame, requireFinite } from "./series_line.ts";
import {
  chart,
  type ChartDraft,
  type ChartSpec,
  CLASS_COLORS,
  domainOf,
  INK,
  LINE_COLORS,
  plotted,
} from "./theme.ts";
import { colorScheme } from "./vega.ts";

/** The options of {@link latentScatter}. */
export interface LatentScatterOptions
  extends Partial<Pick<ChartOptions, "title" | "subtitle" | "width" | "height">> {
  /** The class of each point; without it all have one colour. */
  readonly labels?: ArrayLike<number>;
  /** The name of each class by its number; the number itself unless told. */
  readonly labelNames?: readonly string[];
  /** What a class is called in the legend, "digit" say; "label" unless told. */
  readonly labelTitle?: string;
}

/** The points on the two axes of the page, and what the axes are called. */
interface Plane {
  readonly points: Matrix;
  readonly xTitle: string;
  readonly yTitle: string;
}

/**
 * Builds a scatter chart of latent means, coloured by class.
 *
 * Two dimensions are drawn as they are. More are drawn on their first two principal
 * components, each axis named with the share of the variance that it explains. One is
 * drawn as a row of ticks for each class.
 *
 * @param points The means E[z|x], `[numPoints, latentDim]`.
 * @param options Labels, titles and size.
 * @returns A vega-lite specification.
 * @throws {RangeError} If no point is finite, or labels and points differ in number.
 *
 * @example Three dimensions with all variance on one line
 * ```ts
 * import { latentScatter } from "elbo/figures";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const points = [[0, 0, 0], [1, 1, 0], [2, 2, 0]];
 * const spec = latentScatter(points, { labels: [3, 5, 3], labelTitle: "digit" });
 * assertStringIncludes(JSON.stringify(spec), "PC 1 (100% of the variance)");
 * ```
 */
export function latentScatter(
  points: Matrix,
  options: LatentScatterOptions = {},
): ChartSpec {
  const { labels } = options;
  if (labels && labels.length !== points.length) {
    throw new RangeError(
      "Cannot colour the points as labels must number as many: " +
        `${labels.length} labels for ${points.length} points`,
    );
  }
  const finite = points.map((point) => point.every(Number.isFinite));
  requireFinite("the latent scatter", finite.map((kept) => kept ? 1 : NaN));
  const shown = points.filter((_, i) => finite[i]);
  const classes = labels && Array.from(labels).filter((_, i) => finite[i]);
  return shown[0].length === 1
    ? strip(shown, { ...options, classes })
    : scatter(planeOf(shown), { ...options, classes });
}

type ShownOptions = LatentScatterOptions & { readonly classes?: readonly number[] };

function planeOf(points: Matrix): Plane {
  if (points[0].length === 2 || points.length < 2) {
    return { points, xTitle: "z₁", yTitle: "z₂" };
  }
  const { scores, explained } = pca(points, 2);
  const [xTitle, yTitle] = explained.map((share, i) =>
    `PC ${i + 1} (${Math.round(100 * share)}% of the variance)`
  );
  return { points: scores, xTitle, yTitle };
}

function scatter({ points, xTitle, yTitle }: Plane, options: ShownOptions): ChartSpec {
  const { classes } = options;
  const { x: xDomain, y: yDomain, width, height } = equalUnits(points, options);
  const axis = { gridOpacity: 0.5, tickCount: 7 };
  const [x, y] = [[xTitle, xDomain], [yTitle, yDomain]].map(([title, domain], i) => ({
    field: "xy"[i],
    type: "quantitative",
    title,
    axis,
    scale: { domain, nice: false },
  }));
  const values = points.map(([first, second], i) => ({
    x: plotted(first),
    y: plotted(second),
    ...(classes ? { label: nameOf(classes[i], options) } : {}),
  }));
  return chart({
    ...frame({ ...options, width, height, xTitle, yTitle }),
    layer: [
      {
        data: { values },
        mark: {
          type: "circle",
          size: points.length > 3000 ? 7 : 14,
          opacity: 0.8,
          color: LINE_COLORS[0],
        },
        encoding: { x, y, ...classColor(options) },
      },
      ...(classes
        ? namesOfClasses(values as NamedPoint[], {
          span: xDomain[1] - xDomain[0],
          width,
        })
        : []),
    ],
  });
}

/**
 * One unit is as long on one axis as on the other, as distances mean something here;
 * the shorter side of the cloud gives up the room that it does not need.
 */
function equalUnits(
  points: Matrix,
  { width = 460, height = 460 }: LatentScatterOptions,
): { x: [number, number]; y: [number, number]; width: number; height: number } {
  const ends = [0, 1].map((axis) => domainOf(points.map((point) => point[axis])));
  const extents = ends.map(([low, high]) => high - low);
  const unit = Math.max(extents[0] / width, extents[1] / height);
  const sizes = [width, height]
    .map((most, axis) => Math.max(0.6 * most, Math.min(most, extents[axis] / unit)));
  const [x, y] = ends.map(([low, high], axis): [number, number] => {
    const half = unit * sizes[axis] / 2;
    return [(low + high) / 2 - half, (low + high) / 2 + half];
  });
  return { x, y, width: Math.round(sizes[0]), height: Math.round(sizes[1]) };
}

interface NamedPoint {
  x: number;
  y: number;
  readonly label: string;
}

/** The class written at its middle, so that colour is not the only way to read it. */
function namesOfClasses(
  points: readonly NamedPoint[],
  { span, width }: { span: number; width: number },
): ChartDraft[] {
  const groups = Map.groupBy(points, ({ label }) => label);
  if (groups.size > CLASS_COLORS.length) return [];
  const values = [...groups].map(([label, members]) => ({
    label,
    x: median(members.map(({ x }) => x)),
    y: median(members.map(({ y }) => y)),
  }));
  const long = values.some(({ label }) => label.length > 2);
  const fontSize = long ? 12 : 17;
  if (long) stack(values, fontSize * span / width);
  else spread(values, span / 24);
  const encoding = {
    x: { field: "x", type: "quantitative" },
    y: { field: "y", type: "quantitative" },
    text: { field: "label" },
  };
  const halo = { stroke: "white", strokeWidth: 4, strokeJoin: "round" };
  const font = { type: "text", fontSize, fontWeight: "bold" };
  return [
    { data: { values }, mark: { ...font, ...halo, color: "white" }, encoding },
    { data: { values }, mark: { ...font, color: INK.text }, encoding },
  ];
}

/** Pushes names apart until none is nearer to another than `distance`, or nearly so. */
function spread(names: NamedPoint[], distance: number): void {
  for (let pass = 0; pass < 60; pass++) {
    for (let i = 0; i < names.length; i++) {
      for (let j = 0; j < i; j++) {
        const [dx, dy] = [names[i].x - names[j].x, names[i].y - names[j].y];
        const apart = Math.hypot(dx, dy);
        if (apart >= distance) continue;
        // Two names at one place part sideways.
        const [ux, uy] = apart > 0 ? [dx / apart, dy / apart] : [1, 0];
        const push = (distance - apart) / 2;
        names[i].x += push * ux;
        names[i].y += push * uy;
        names[j].x -= push * ux;
        names[j].y -= push * uy;
      }
    }
  }
}

/** Words are wide and low: they part up and down until none lies over another. */
function stack(names: NamedPoint[], fontSize: number): void {
  const [letter, line] = [0.75 * fontSize, 1.2 * fontSize];
  for (let pass = 0; pass < 200; pass++) {
    for (let i = 0; i < names.length; i++) {
      for (let j = 0; j < i; j++) {
        const [a, b] = [names[i], names[j]];
        const dy = a.y - b.y;
        const reach = letter * (a.label.length + b.label.length) / 2;
        if (Math.abs(a.x - b.x) >= reach || Math.abs(dy) >= line) continue;
        const push = (line - Math.abs(dy)) / 2 * (dy < 0 ? -1 : 1);
        a.y += push;
        b.y -= push;
      }
    }
  }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function nameOf(label: number, { labelNames }: LatentScatterOptions): string {
  return labelNames?.[label] ?? String(label);
}

/** At most ten classes get the safe colours; more get a scheme from dark to light. */
function classColor(options: ShownOptions) {
  const { classes, labelTitle = "label" } = options;
  if (!classes) return {};
  const domain = [...new Set(classes)].sort((a, b) => a - b);
  const scheme = colorScheme("turbo");
  const range = domain.length <= CLASS_COLORS.length
    ? CLASS_COLORS.slice(0, domain.length)
    : domain.map((_, i) => scheme(i / (domain.length - 1)));
  return {
    color: {
      field: "label",
      type: "nominal",
      scale: { domain: domain.map((label) => nameOf(label, options)), range },
      legend: {
        title: labelTitle,
        symbolOpacity: 1,
        ...(domain.length > 20 ? { columns: Math.ceil(domain.length / 20) } : {}),
      },
    },
  };
}

/** One latent dimension: a row of ticks for each class. */
function strip(points: Matrix, options: ShownOptions): ChartSpec {
  const { classes, labelTitle = "label" } = options;
  const rows = new Set(classes ?? [0]).size;
  const { color } = classColor(options) as { color?: ChartDraft };
  return chart({
    ...frame({
      width: 460,
      height: Math.max(60, 30 * rows),
      ...options,
      xTitle: "",
      yTitle: "",
    }),
    data: {
      values: points.map(([z], i) => ({
        z: plotted(z),
        ...(classes ? { label: nameOf(classes[i], options) } : {}),
      })),
    },
    mark: { type: "tick", opacity: 0.35, thickness: 1, color: LINE_COLORS[0] },
    encoding: {
      x: { field: "z", type: "quantitative", title: "z", scale: { zero: false } },
      ...(classes
        ? {
          y: {
            field: "label",
            type: "nominal",
            title: labelTitle,
            sort: color?.scale && (color.scale as { domain: string[] }).domain,
          },
          color: { ...color, legend: null },
        }
        : {}),
    },
  });
}
