import type { ImageSet } from "../datasets/mod.ts";
import { encodeMeans, evenlySpaced } from "../evaluation/mod.ts";
import {
  imageGrid,
  interpolate,
  latentScatter,
  manifoldGrid,
  renderChart,
} from "../figures/mod.ts";
import { labellingOf } from "./label_names.ts";
import {
  greysOf,
  type PictureSource,
  pixelsOf,
  type RunPicture,
} from "./picture_source.ts";

/** Points of the latent scatter: more would hide each other. */
const SCATTER_POINTS = 2000;
const INTERPOLATION_STEPS = 10;
const INTERPOLATIONS = 6;

/** Draw where the encoder puts the test images. */
export async function scatterPicture(source: PictureSource): Promise<RunPicture> {
  const { images, step, spec } = source;
  const indices = evenlySpaced(images.count, SCATTER_POINTS);
  const codes = await encodeMeans(step, pixelsOf(source, indices));
  const { latentDim } = spec;
  const points = Array.from(
    indices,
    (_, i) => Array.from(codes.subarray(i * latentDim, (i + 1) * latentDim)),
  );
  const { title: labelTitle, names } = labellingOf(source.datasetName);
  const labels = images.labels && Array.from(indices, (index) => images.labels![index]);
  const what = spec.model === "vae" ? "posterior means E[z|x]" : "codes";
  const projected = latentDim > 2 && points.length > 1;
  const chart = latentScatter(points, {
    ...{ labels, labelTitle, labelNames: names },
    title: "Where the encoder puts the test images",
    subtitle: `${indices.length} ${what}` +
      (projected ? `, ${latentDim} dimensions on their first two principal axes` : ""),
  });
  return {
    name: "latent",
    spec: chart,
    png: await renderChart(chart),
    title: "The latent space",
    caption: `The ${what} of ${indices.length} test images` +
      (labels ? `, coloured by ${labelTitle}; the model never saw the labels` : "") +
      (projected
        ? ". Two principal components of the means hold the share of their variance " +
          "that the axes name; what looks mixed here may be apart in the others."
        : "."),
    alt: `A scatter of ${indices.length} points${
      labels ? `, one colour for each ${labelTitle}` : ""
    }.`,
  };
}

/** Draw the decoder's mean over the quantiles of a prior of one or two dimensions. */
export async function manifoldPicture(
  { step, spec, images: { height, width } }: PictureSource,
): Promise<RunPicture> {
  const { points, count, columns, rows } = manifoldGrid(spec.latentDim);
  const { mean } = await step.decode(points, count);
  const isPlane = spec.latentDim === 2;
  return {
    name: "manifold",
    png: await imageGrid({
      ...{ images: mean, count, height, width, columns: columns.length },
      invert: true,
      gap: 0,
      columnLabels: everyThird(columns),
      columnLabelSide: "bottom",
      xTitle: `${isPlane ? "z₁" : "z"}, at quantiles of N(0, 1)`,
      ...(isPlane
        ? { rowLabels: everyThird(rows), yTitle: "z₂, at quantiles of N(0, 1)" }
        : {}),
      title: "The decoder's mean over the latent " + (isPlane ? "plane" : "line"),
      subtitle: "each cell holds the same share of the prior",
    }),
    title: "The manifold",
    caption:
      "The decoder's mean E[x|z] on a grid of z, spaced by quantiles of the prior: " +
      "equal steps on the page are equal steps in probability.",
    alt: `A ${rows.length} by ${columns.length} grid of images that change smoothly.`,
  };
}

function everyThird(values: readonly number[]): string[] {
  return values.map((value, i) =>
    i % 3 === 0 ? value.toFixed(2).replace("-", "−") : ""
  );
}

/** Draw the decoder's means between the codes of pairs of test images. */
export async function interpolationPicture(source: PictureSource): Promise<RunPicture> {
  const { images, step, spec } = source;
  const { height, width, dataDim } = images;
  const pairs = differentPairs(images, INTERPOLATIONS);
  const codes = await encodeMeans(
    step,
    pixelsOf(source, Uint32Array.from(pairs.flat())),
  );
  const greys = greysOf(source, Uint32Array.from(pairs.flat()));
  const columns = INTERPOLATION_STEPS + 2;
  const grid = new Float32Array(pairs.length * columns * dataDim);
  const code = (i: number) =>
    codes.subarray(i * spec.latentDim, (i + 1) * spec.latentDim);
  for (let row = 0; row < pairs.length; row++) {
    const path = interpolate(code(2 * row), code(2 * row + 1), INTERPOLATION_STEPS);
    const { mean } = await step.decode(path, INTERPOLATION_STEPS);
    const [from, to] = [2 * row, 2 * row + 1]
      .map((i) => greys.subarray(i * dataDim, (i + 1) * dataDim));
    grid.set(from, row * columns * dataDim);
    grid.set(mean, (row * columns + 1) * dataDim);
    grid.set(to, ((row + 1) * columns - 1) * dataDim);
  }
  const between = Array.from(
    { length: INTERPOLATION_STEPS },
    (_, i) => i === 0 ? "t = 0" : i === INTERPOLATION_STEPS - 1 ? "t = 1" : "",
  );
  return {
    name: "interpolations",
    png: await imageGrid({
      ...{ images: grid, count: pairs.length * columns, height, width, columns },
      invert: true,
      columnBreaks: [0, columns - 2],
      columnLabels: ["first", ...between, "last"],
      title: "From one test image to another",
      subtitle: "decoder means at z = (1 − t) z(first) + t z(last)",
    }),
    title: "Interpolations",
    caption: "The outer columns are test images; between them the decoder's mean at " +
      `${INTERPOLATION_STEPS} points, evenly spaced on the line between their codes.`,
    alt: `${pairs.length} rows in which one image turns into another.`,
  };
}

/** Pairs of test images, of different classes where there are labels. */
function differentPairs(
  { count, labels }: ImageSet,
  wanted: number,
): [number, number][] {
  const indices = [...evenlySpaced(count, 4 * wanted)];
  const pairs: [number, number][] = [];
  while (pairs.length < wanted && indices.length >= 2) {
    const from = indices.shift()!;
    const other = labels ? indices.findIndex((i) => labels[i] !== labels[from]) : 0;
    const [to] = indices.splice(Math.max(0, other), 1);
    pairs.push([from, to]);
  }
  return pairs;
}
