import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { barChart, chartSvg, renderChart, seriesLine, svgToPng } from "elbo/figures";
import { granted } from "../helpers/permissions.ts";
import { darkPixels, differing, pictureOf } from "./pixels.ts";
import { SPECS } from "./specs.ts";

const needsFiles = { ignore: !granted("read") };

const line = (title: string) =>
  seriesLine([{ x: 1, y: 2 }, { x: 2, y: 1 }], { title, xTitle: "x", yTitle: "y" });

Deno.test({
  name: "renderChart: a PNG of twice the size on white, without alpha (reads the font)",
  ...needsFiles,
  fn: async () => {
    const png = await renderChart(line("title"));
    assertEquals([...png.slice(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
    const { width, height, channels, data } = pictureOf(png);
    const svg = await chartSvg(line("title"));
    const [, across, down] = svg.match(/width="(\d+)" height="(\d+)"/)!;
    assertEquals([width, height, channels], [2 * Number(across), 2 * Number(down), 3]);
    assertEquals([data[0], data[1], data[2]], [255, 255, 255]);
    const small = pictureOf(await renderChart(line("title"), { scale: 1 }));
    assertEquals(small.width, Number(across));
  },
});

Deno.test({
  name: "renderChart: another title draws other letters (reads the font)",
  ...needsFiles,
  fn: async () => {
    // Letters of one width, so that nothing but them can differ.
    const [left, right, again] = await Promise.all(
      ["bdbd", "pqpq", "bdbd"].map(async (title) =>
        pictureOf(await renderChart(line(title)))
      ),
    );
    assertEquals(left.width, right.width);
    assertGreater(differing(left, right), 0);
    assertEquals(differing(left, again), 0);
    // The title's line holds ink; a font that is missing leaves it white.
    assertGreater(darkPixels(left, { bottom: 70 }), 100);
  },
});

Deno.test({
  name:
    "renderChart: every kind of chart holds ink and keeps a margin (reads the font)",
  ...needsFiles,
  fn: async () => {
    for (const [name, spec] of Object.entries(SPECS)) {
      const picture = pictureOf(await renderChart(spec, { scale: 1 }));
      const { width, height } = picture;
      assertGreater(darkPixels(picture, { bottom: height }), 150, name);
      // A clipped label would stand in the outermost pixels.
      const edges = darkPixels(picture, { bottom: 4 }) +
        darkPixels(picture, { top: height - 4, bottom: height }) +
        darkPixels(picture, { bottom: height, right: 4 }) +
        darkPixels(picture, { bottom: height, left: width - 4 });
      assertEquals(edges, 0, name);
    }
  },
});

Deno.test({
  name: "renderChart: what looks like markup in a title is drawn as it is",
  ...needsFiles,
  fn: async () => {
    const svg = await chartSvg(line("<b>&x"));
    assertStringIncludes(svg, "&lt;b");
    assert(!svg.includes("<b>"));
    await renderChart(line("<b>&x"));
  },
});

Deno.test({
  name: "svgToPng: renders many times with one start (reads the font)",
  ...needsFiles,
  fn: async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"/>';
    const pngs = await Promise.all([svgToPng(svg), svgToPng(svg), svgToPng(svg)]);
    for (const png of pngs) assertEquals(pictureOf(png).width, 6);
  },
});

Deno.test({
  name:
    "barChart: a label goes on in another line where it is told to (reads the font)",
  ...needsFiles,
  fn: async () => {
    const words = async (breakLabelsAt?: string) => {
      const axes = { xTitle: "", yTitle: "", breakLabelsAt };
      const svg = await chartSvg(barChart([{ label: "one, two", value: 1 }], axes));
      return [...svg.matchAll(/>([^<>]*(?:one|two)[^<>]*)</g)].map(([, word]) => word);
    };
    assertEquals(await words(), ["one, two"]);
    assertEquals(await words(", "), ["one", "two"]);
  },
});
