import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { type ImageGrid, imageGrid } from "elbo/figures";
import { granted } from "../helpers/permissions.ts";
import { darkPixels, differing, pictureOf } from "./pixels.ts";

const needsFiles = { ignore: !granted("read") };

/** Four images of 2 x 3 pixels, in mid grey so that no pixel counts as ink. */
const grey: ImageGrid = {
  images: new Uint8Array(24).fill(200),
  count: 4,
  height: 2,
  width: 3,
  columns: 2,
  zoom: 10,
  gap: 4,
};

Deno.test("imageGrid: without words it is the images alone, in one grey channel", async () => {
  const png = await imageGrid({ ...grey, images: new Uint8Array(24).fill(7) });
  const { width, height, channels, data } = pictureOf(png);
  assertEquals([width, height, channels], [64, 44, 1]);
  assertEquals([data[0], data[30], data[34], data[width * 20]], [7, 255, 7, 255]);
});

Deno.test("imageGrid: refuses labels that do not match the rows or columns", async () => {
  await assertRejects(
    () => imageGrid({ ...grey, rowLabels: ["a"] }),
    RangeError,
    "rowLabels must number 2: 1",
  );
  await assertRejects(
    () => imageGrid({ ...grey, columnLabels: ["a", "b", "c"] }),
    RangeError,
    "columnLabels must number 2: 3",
  );
});

const words: Partial<ImageGrid> = {
  title: "bdbd",
  subtitle: "bdbd",
  rowLabels: ["bd", "bd"],
  columnLabels: ["bd", "bd"],
  xTitle: "bdbd",
  yTitle: "bdbd",
};

Deno.test({
  name: "imageGrid: each of its words is drawn (reads the font)",
  ...needsFiles,
  fn: async () => {
    const whole = pictureOf(await imageGrid({ ...grey, ...words }));
    for (const [name, value] of Object.entries(words)) {
      const other = Array.isArray(value)
        ? value.map((word) => word.replaceAll("b", "p"))
        : String(value).replaceAll("b", "p");
      const changed = pictureOf(await imageGrid({ ...grey, ...words, [name]: other }));
      // "p" is as wide as "b": the layout is the same, only letters differ.
      assertEquals([changed.width, changed.height], [whole.width, whole.height], name);
      assertGreater(differing(whole, changed), 0, name);
    }
  },
});

Deno.test({
  name: "imageGrid: words keep a margin on all sides, and off the images",
  ...needsFiles,
  fn: async () => {
    for (const columnLabelSide of ["top", "bottom"] as const) {
      const png = await imageGrid({
        ...grey,
        ...words,
        columnLabelSide,
        title: "a title that is wider than the images under it",
      });
      const picture = pictureOf(png);
      const { width, height, data } = picture;
      assertEquals(darkPixels(picture, { bottom: 20 }), 0);
      assertEquals(darkPixels(picture, { top: height - 20, bottom: height }), 0);
      assertEquals(darkPixels(picture, { bottom: height, right: 20 }), 0);
      assertEquals(darkPixels(picture, { bottom: height, left: width - 20 }), 0);
      // All four images are there, whole.
      const greys = Array.from(data).filter((value) => value === 200).length;
      assertGreater(greys, 4 * 30 * 20 - 1);
    }
  },
});

Deno.test({
  name: "imageGrid: the images come back from a labelled grid as they were",
  ...needsFiles,
  fn: async () => {
    const images = Uint8Array.from({ length: 24 }, (_, i) => i * 10);
    const plain = pictureOf(await imageGrid({ ...grey, images }));
    const labelled = pictureOf(await imageGrid({ ...grey, images, title: "title" }));
    // Find the first image by its place: left margin, lowest rows of the page.
    const [left, top] = [28, labelled.height - 28 - plain.height];
    for (let y = 0; y < plain.height; y++) {
      for (let x = 0; x < plain.width; x++) {
        assertEquals(
          labelled.data[(top + y) * labelled.width + left + x],
          plain.data[y * plain.width + x],
        );
      }
    }
  },
});
