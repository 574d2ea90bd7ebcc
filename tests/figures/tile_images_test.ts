import { assert, assertEquals, assertThrows } from "@std/assert";
import { columnsFor, tileImages, zoomFor } from "elbo/figures";
import { fc } from "../helpers/fast_check.ts";

const two = { count: 2, height: 2, width: 1, columns: 2 };

Deno.test("tileImages: each pixel becomes a square, the gap stays white", () => {
  const { pixels, width, height, lefts, tops } = tileImages({
    ...two,
    images: new Uint8Array([0, 10, 20, 30]),
    zoom: 2,
    gap: 1,
  });
  assertEquals([width, height, lefts, tops], [5, 4, [0, 3], [0]]);
  assertEquals([...pixels.slice(0, 5)], [0, 0, 255, 20, 20]);
  assertEquals([...pixels.slice(15)], [10, 10, 255, 30, 30]);
});

Deno.test("tileImages: fractions are bytes over 255, beyond [0, 1] they are held", () => {
  const images = new Float32Array([-0.5, 0.2, 1, 7]);
  const { pixels } = tileImages({ ...two, images, zoom: 1, gap: 0 });
  assertEquals([...pixels], [0, 255, 51, 255]);
});

Deno.test("tileImages: inverted, ink is black and paper white", () => {
  const images = new Uint8Array([0, 255, 100, 0]);
  const { pixels } = tileImages({ ...two, images, zoom: 1, gap: 0, invert: true });
  assertEquals([...pixels], [255, 155, 0, 255]);
});

Deno.test("tileImages: a break triples the gap after its row and column", () => {
  const { lefts, tops } = tileImages({
    images: new Uint8Array(6),
    count: 6,
    height: 1,
    width: 1,
    columns: 3,
    zoom: 1,
    gap: 2,
    columnBreaks: [0],
    rowBreaks: [0],
  });
  assertEquals([lefts, tops], [[0, 7, 10], [0, 7]]);
});

Deno.test("tileImages: a short last row and few images leave no box", () => {
  const images = new Uint8Array(3);
  const sizes = { height: 1, width: 1, zoom: 1, gap: 0, count: 3 };
  const short = tileImages({ ...sizes, images, columns: 2 });
  assertEquals([...short.pixels], [0, 0, 0, 255]);
  assertEquals(tileImages({ ...sizes, images, columns: 10 }).width, 3);
});

Deno.test("tileImages: every image is found again where it was laid", () => {
  const sizes = fc.record({
    count: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 4 }),
    width: fc.integer({ min: 1, max: 4 }),
    columns: fc.integer({ min: 1, max: 4 }),
    zoom: fc.integer({ min: 1, max: 3 }),
    gap: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(fc.property(sizes, (layout) => {
    const { count, height, width, columns, zoom } = layout;
    const images = Uint8Array.from({ length: count * height * width }, (_, i) => i);
    const grid = tileImages({ ...layout, images });
    for (let i = 0; i < images.length; i++) {
      const image = Math.floor(i / (height * width));
      const [row, column] = [Math.floor(i / width) % height, i % width];
      const x = grid.lefts[image % columns] + column * zoom + zoom - 1;
      const y = grid.tops[Math.floor(image / columns)] + row * zoom + zoom - 1;
      assertEquals(grid.pixels[y * grid.width + x], images[i]);
    }
  }));
});

Deno.test("tileImages: refuses bad sizes, too few pixels and NaN", () => {
  const images = new Float32Array(4);
  assertThrows(() => tileImages({ ...two, images, zoom: 0 }), RangeError, "zoom");
  assertThrows(() => tileImages({ ...two, images, gap: -1 }), RangeError, "gap");
  assertThrows(() => tileImages({ ...two, images, count: 0 }), RangeError, "count");
  assertThrows(
    () => tileImages({ ...two, images, count: 3 }),
    RangeError,
    "must hold 3 of 2 x 1 pixels: 4 values",
  );
  images[3] = NaN;
  assertThrows(() => tileImages({ ...two, images }), RangeError, "NaN at 1");
});

Deno.test("zoomFor: brings a grid to about the width of a page", () => {
  assertEquals(zoomFor({ width: 28, columns: 16 }), 3);
  assertEquals(zoomFor({ width: 2000, columns: 3 }), 1);
  assertEquals(zoomFor({ width: 1, columns: 1 }), 8);
});

Deno.test("columnsFor: never wider than the images, rows full where they can be", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 500 }), (count) => {
    const columns = columnsFor(count);
    assert(columns >= 1 && columns <= count);
    assert(columns >= Math.sqrt(count), `${columns} for ${count}`);
  }));
  assertEquals(columnsFor(10), 5);
});
