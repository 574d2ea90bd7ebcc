import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  barChart,
  binDensities,
  CLASS_COLORS,
  densityHeatmap,
  histogram,
  latentScatter,
  LINE_COLORS,
  lossCurves,
  normalContours,
  planeCurves,
  seriesLine,
  sideBySide,
} from "elbo/figures";
import { decode } from "fast-png";
import { fc } from "../helpers/fast_check.ts";
import { epochs } from "./specs.ts";

const axes = { xTitle: "x", yTitle: "nats" };

Deno.test("builders: refuse to draw an empty box", () => {
  const nothing = "must hold a finite value: no data";
  assertThrows(() => seriesLine([], axes), RangeError, nothing);
  assertThrows(() => seriesLine([{ x: 1, y: NaN }], axes), RangeError, "none of 1 is");
  assertThrows(() => barChart([], axes), RangeError, nothing);
  assertThrows(() => histogram([NaN], axes), RangeError, "none of 1 is");
  assertThrows(() => lossCurves([]), RangeError, nothing);
  assertThrows(() => latentScatter([]), RangeError, nothing);
  assertThrows(() => latentScatter([[NaN, 1]]), RangeError, "none of 1 is");
  const ranges = { xRange: [0, 1], yRange: [0, 1], valueTitle: "" } as const;
  assertThrows(
    () => densityHeatmap(() => NaN, { ...axes, ...ranges, cells: 2 }),
    RangeError,
    "none of 4 is",
  );
  assertThrows(() => planeCurves([], { ...axes, ...ranges }), RangeError, nothing);
  assertThrows(() => sideBySide([]), RangeError, "there must be one: none is");
});

Deno.test("planeCurves: joins points in their order, a curve each", () => {
  const points = [{ x: 1, y: 0 }, { x: 0, y: 1 }, { x: 1, y: 0 }];
  const spec = planeCurves([{ label: "q", points }, { label: "q", points }], {
    ...axes,
    xRange: [0, 1],
    yRange: [0, 1],
  }) as unknown as {
    data: { values: { order: number; curve: number }[] };
    encoding: Record<string, { field: string }>;
  };
  const { values } = spec.data;
  assertEquals(values.map(({ order }) => order), [0, 1, 2, 0, 1, 2]);
  assertEquals(values.map(({ curve }) => curve), [0, 0, 0, 1, 1, 1]);
  assertEquals(spec.encoding.order.field, "order");
  assertEquals(spec.encoding.detail.field, "curve");
  assertEquals(spec.encoding.color, undefined);
});

Deno.test("sideBySide: the parts keep their data, the whole has the look", () => {
  const left = seriesLine([{ x: 1, y: 2 }], axes);
  const spec = sideBySide([left, left], { columns: 1 }) as unknown as {
    config: unknown;
    columns: number;
    concat: Record<string, unknown>[];
  };
  assertEquals(spec.columns, 1);
  assertEquals(spec.config, left.config);
  assertEquals(spec.concat.map(({ data }) => data), [left, left].map((s) => s.data));
  assertEquals(spec.concat.map(({ config }) => config), [undefined, undefined]);
});

Deno.test("seriesLine: a value that is not finite becomes a gap", () => {
  const spec = seriesLine([{ x: 1, y: 1 }, { x: 2, y: Infinity }], axes);
  assertEquals(spec.data, { values: [{ x: 1, y: 1 }, { x: 2, y: null }] });
});

Deno.test("seriesLine: five short names are one row of the legend, long ones are not", () => {
  for (const [name, columns] of [["", 5], [" of some length", 4]] as const) {
    const points = [..."ABCDE"].map((letter) => ({
      x: 1,
      y: 1,
      series: letter + name,
    }));
    const { layer } = seriesLine(points, axes) as unknown as {
      layer: { encoding: { color: { legend: { columns: number } } } }[];
    };
    assertEquals(layer[0].encoding.color.legend.columns, columns);
  }
});

Deno.test("seriesLine: a logarithmic x goes from the first point to the last", () => {
  const xAxisOf = (xs: number[]) => {
    const points = xs.map((x) => ({ x, y: x }));
    const { layer } = seriesLine(points, { ...axes, xScale: "log" }) as unknown as {
      layer: { encoding: { x: { axis: { values?: number[] }; scale: object } } }[];
    };
    return layer[0].encoding.x;
  };
  const few = [8, 16, 32, 64, 128, 256, 512];
  assertEquals(xAxisOf(few).scale, { type: "log", nice: false });
  assertEquals(xAxisOf(few).axis.values, few);
  const many = Array.from({ length: 14 }, (_, i) => 2 ** i);
  assertEquals(xAxisOf(many).axis.values, [1, 10, 100, 1000]);
  // A single x has no range of its own.
  assertEquals(xAxisOf([8]).scale, { type: "log", nice: true });
});

Deno.test("lossCurves: -ELBO is the sum of the two panels beside it", () => {
  const spec = lossCurves(epochs) as unknown as {
    hconcat: { data: { values: { epoch: number; nats: number; series: string }[] } }[];
  };
  const test = spec.hconcat.map(({ data }) =>
    data.values.filter(({ series }) => series === "test").map(({ nats }) => nats)
  );
  assertEquals(test.length, 3);
  test[0].forEach((whole, i) =>
    assertAlmostEquals(whole, test[1][i] + test[2][i], 1e-9)
  );
  const train = spec.hconcat[0].data.values.filter(({ series }) => series === "train");
  assertEquals(train.map(({ nats }) => nats), [160, 150, 140]);
});

Deno.test("lossCurves: an autoencoder has one panel and no word of a bound on it", () => {
  const spec = lossCurves(
    epochs.map((record) => ({
      ...record,
      trainElbo: null,
      testElbo: null,
      testKl: null,
    })),
  );
  assertEquals("hconcat" in spec && spec.hconcat.length, 1);
  const text = JSON.stringify(spec);
  assert(!text.includes("ELBO"));
  assertStringIncludes(text, "no bound on ln p(x)");
});

Deno.test("latentScatter: names the share of variance of each principal axis", () => {
  const points = [[3, 0, 0], [-3, 0, 0], [0, 1, 0], [0, -1, 0]];
  const text = JSON.stringify(latentScatter(points));
  assertStringIncludes(text, "PC 1 (90% of the variance)");
  assertStringIncludes(text, "PC 2 (10% of the variance)");
});

Deno.test("latentScatter: one unit is as long on x as on y", () => {
  const spec = latentScatter([[0, 0], [10, 1], [4, 8]]) as unknown as {
    width: number;
    height: number;
    layer: { encoding: Record<"x" | "y", { scale: { domain: [number, number] } }> }[];
  };
  const { x, y } = spec.layer[0].encoding;
  const unit = ([from, to]: [number, number], size: number) => (to - from) / size;
  const [across, up] = [
    unit(x.scale.domain, spec.width),
    unit(y.scale.domain, spec.height),
  ];
  // The size is rounded to whole pixels: half of one in 300.
  assertAlmostEquals(across / up, 1, 2e-3);
});

Deno.test("latentScatter: labels of another number than the points are refused", () => {
  assertThrows(
    () => latentScatter([[0, 0]], { labels: [1, 2] }),
    RangeError,
    "2 labels for 1 points",
  );
});

Deno.test("latentScatter: names of classes stand in for their numbers", () => {
  const spec = latentScatter([[0, 0], [1, 1]], {
    labels: [1, 0],
    labelNames: ["bag", "coat"],
  });
  const text = JSON.stringify(spec);
  assertMatch(text, /"domain":\["bag","coat"\]/);
});

/** The contrast of two colours as WCAG 2 defines it. */
function contrast(left: string, right: string): number {
  const luminance = (color: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255)
      .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [a, b] = [luminance(left), luminance(right)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}

Deno.test("colours: ten of them, all different, the first lines strong on white", () => {
  assertEquals(new Set(CLASS_COLORS).size, 10);
  assertEquals(new Set(LINE_COLORS), new Set(CLASS_COLORS));
  // 3 is what WCAG 2.1 asks of graphics.
  for (const color of LINE_COLORS.slice(0, 5)) assert(contrast(color, "#ffffff") > 3);
});

Deno.test("binDensities: the bars of all values have area 1", () => {
  const values = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), {
    minLength: 1,
  });
  fc.assert(fc.property(values, fc.integer({ min: 1, max: 30 }), (draws, bins) => {
    const found = binDensities(draws, { bins });
    const area = found.reduce(
      (sum, { from, to, density }) => sum + density * (to - from),
      0,
    );
    assertAlmostEquals(area, 1, 1e-9);
  }));
});

Deno.test("binDensities: values outside the range make the bars lower", () => {
  const [bin] = binDensities([0.5, 3, -3, NaN], { bins: 1, range: [0, 1] });
  assertEquals(bin.density, 0.25);
});

Deno.test("binDensities: refuses a range that does not grow and no bins", () => {
  assertThrows(() => binDensities([1], { range: [1, 1] }), RangeError, "[1, 1]");
  assertThrows(() => binDensities([1], { bins: 0 }), RangeError, "0 bins");
  assertThrows(() => binDensities([]), RangeError, "there are none");
  const ranged = { range: [0, 1] } as const;
  assertThrows(() => binDensities([], ranged), RangeError, "there are none");
});

/** The RGB bytes of the picture inside a heat map, row by row from the top. */
function cellsOf(f: (x: number, y: number) => number): number[][] {
  const spec = densityHeatmap(f, {
    ...axes,
    xRange: [-1, 1],
    yRange: [-1, 1],
    valueTitle: "density",
    cells: 2,
  }) as unknown as { layer: { data: { values: { url: string }[] } }[] };
  const { url } = spec.layer[0].data.values[0];
  const { data } = decode(Uint8Array.fromBase64(url.split(",")[1]));
  return [0, 3, 6, 9].map((at) => Array.from(data.slice(at, at + 3)));
}

/** The ends of viridis, as its authors publish them. */
const [PURPLE, YELLOW] = [[68, 1, 84], [253, 231, 37]];

Deno.test("densityHeatmap: the largest value lies where the function has it", () => {
  const upperRight = cellsOf((x, y) => x > 0 && y > 0 ? 1 : 0);
  assertEquals(upperRight, [PURPLE, YELLOW, PURPLE, PURPLE]);
});

Deno.test("densityHeatmap: draws lines in their order and cuts them off at its ends", () => {
  const options = {
    ...axes,
    xRange: [-1, 1],
    yRange: [0, 2],
    valueTitle: "density",
    cells: 2,
  } as const;
  type Layer = {
    data: { values: { x: number; order: number }[] };
    mark: { type: string; stroke?: string; clip?: boolean };
    encoding: { x: { scale?: { domain?: number[] } }; order?: { field: string } };
  };
  const layersOf = (change = {}) =>
    (densityHeatmap((x, y) => x * y, { ...options, ...change }) as unknown as {
      layer: Layer[];
    }).layer;
  const points = [{ x: 0, y: 1 }, { x: 5, y: 1 }, { x: 0, y: 1 }];
  const [map, ...rest] = layersOf({
    curves: [{ points }, { points, color: "#e11d48" }],
  });
  const lines = rest.filter(({ mark }) => mark.type === "line");
  assertEquals(lines.map(({ mark }) => mark.stroke), [
    "#202020",
    "white",
    "#202020",
    "#e11d48",
  ]);
  for (const { data, mark, encoding } of lines) {
    assertEquals(data.values.map(({ x, order }) => [x, order]), [[0, 0], [5, 1], [
      0,
      2,
    ]]);
    assertEquals(encoding.order?.field, "order");
    assert(mark.clip);
  }
  assertEquals(map.encoding.x.scale?.domain, [-1, 1]);
  assertEquals(layersOf()[0].encoding.x.scale?.domain, undefined);
});

Deno.test("normalContours: closed ellipses at the radii asked for", () => {
  const q = { mean: [0.3, -1], scale: [0.5, 2] };
  assertEquals(normalContours(q).length, 2);
  assertEquals("color" in normalContours(q)[0], false);
  const [{ points, color }] = normalContours(q, { radii: [3], color: "red" });
  assertEquals(color, "red");
  assertEquals(points.at(-1), points[0]);
  for (const { x, y } of points) {
    const radius = Math.hypot((x - 0.3) / 0.5, (y + 1) / 2);
    assertAlmostEquals(radius, 3, 1e-12);
  }
});

Deno.test("densityHeatmap: a log density of -Infinity gets the lowest colour", () => {
  const left = cellsOf((x, y) => x < 0 ? -Infinity : y);
  assertEquals(left, [PURPLE, YELLOW, PURPLE, PURPLE]);
});
