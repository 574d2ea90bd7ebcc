import {
  barChart,
  type ChartSpec,
  densityHeatmap,
  histogram,
  klBars,
  latentScatter,
  lossCurves,
  planeCurves,
  seriesLine,
  sideBySide,
} from "elbo/figures";

const axes = { xTitle: "x", yTitle: "nats" };

export const epochs = Array.from({ length: 3 }, (_, i) => ({
  epoch: i + 1,
  trainObjective: 160 - 10 * i,
  trainElbo: -160 + 10 * i,
  testElbo: -127 + 5 * i,
  testExpectedLogLikelihood: -105 + 5 * i,
  testKl: 22,
}));

const cloud = Array.from({ length: 30 }, (_, i) => [
  Math.sin(i),
  Math.cos(2 * i),
  i / 30,
]);
const labels = cloud.map((_, i) => i % 3);

/** One specification of every kind that the builders make, and of every branch. */
export const SPECS: Readonly<Record<string, ChartSpec>> = {
  "one line": seriesLine([{ x: 1, y: 2 }, { x: 2, y: NaN }, { x: 3, y: 1 }], axes),
  "lines, bands, rules, logarithmic": seriesLine(
    [1, 10, 100].flatMap((x) =>
      ["a", "b"].map((series) => ({ x, y: x, low: x - 0.5, high: x + 0.5, series }))
    ),
    {
      ...axes,
      title: "title",
      subtitle: ["two", "lines"],
      xScale: "log",
      yScale: "log",
      rules: [{ y: 50, label: "exact" }],
    },
  ),
  "a constant line": seriesLine([{ x: 1, y: 2 }, { x: 2, y: 2 }], axes),
  bars: barChart([{ label: "a", value: 1 }, {
    label: "b",
    value: 2,
    standardError: 0.1,
  }], {
    ...axes,
    title: "bars",
  }),
  "bars of the KL": klBars([{ label: 1, kl: [1, 2] }, { label: 2, kl: [3, 0] }], {
    title: "KL",
  }),
  histogram: histogram([1, 2, 2, 3], { xTitle: "z", bins: 3 }),
  "histogram with a curve": histogram([1, 2, 2, 3], {
    xTitle: "z",
    curve: { label: "density", density: (x) => x / 9 },
  }),
  "heat map": densityHeatmap((x, y) => x * y, {
    ...axes,
    xRange: [-1, 1],
    yRange: [0, 2],
    valueTitle: "density",
    cells: 4,
    points: [{ x: 0, y: 1 }],
    curves: [
      { points: [{ x: -1, y: 0 }, { x: 1, y: 2 }] },
      { points: [{ x: 1, y: 0 }, { x: 0, y: 1 }], color: "#e11d48" },
    ],
  }),
  "curves in the plane": planeCurves(
    ["a", "b"].map((label) => ({
      label,
      points: [{ x: 0, y: 0 }, { x: 1, y: 1 }, { x: 0, y: 1 }, { x: 0, y: 0 }],
    })),
    { ...axes, title: "curves", xRange: [-1, 2], yRange: [-1, 2] },
  ),
  "one curve in the plane": planeCurves(
    [{ label: "a", points: [{ x: 0, y: 0 }, { x: 1, y: 1 }] }],
    { ...axes, xRange: [-1, 2], yRange: [-1, 2] },
  ),
  "charts side by side": sideBySide(
    [
      seriesLine([{ x: 1, y: 2 }, { x: 2, y: 1 }], { ...axes, title: "left" }),
      densityHeatmap((x, y) => x * y, {
        ...axes,
        xRange: [-1, 1],
        yRange: [0, 2],
        valueTitle: "density",
        cells: 2,
      }),
    ],
    { title: "both", subtitle: "of them" },
  ),
  "loss of a VAE": lossCurves(epochs, { title: "run" }),
  "loss with validation": lossCurves(
    epochs.map((record) => ({ ...record, validationElbo: -126 })),
  ),
  "loss of one epoch": lossCurves(epochs.slice(0, 1)),
  "loss of an autoencoder": lossCurves(
    epochs.map((record) => ({
      ...record,
      trainElbo: null,
      testElbo: null,
      testKl: null,
    })),
  ),
  "latent of three dimensions": latentScatter(cloud, { labels, title: "latent" }),
  "latent of two dimensions": latentScatter(cloud.map(([x, y]) => [x, y])),
  "latent of one dimension": latentScatter(cloud.map(([x]) => [x]), { labels }),
  "latent of one dimension without labels": latentScatter(cloud.map(([x]) => [x])),
  "latent of many classes": latentScatter(cloud, { labels: cloud.map((_, i) => i) }),
};
