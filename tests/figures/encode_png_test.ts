import { assertEquals, assertThrows } from "@std/assert";
import { encodePng } from "../../lib/figures/encode_png.ts";
import { fc } from "../helpers/fast_check.ts";
import { pictureOf } from "./pixels.ts";

Deno.test("png: another reader finds the same bytes and sound checksums", () => {
  const sizes = fc.record({
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 40 }),
    channels: fc.constantFrom(1 as const, 3 as const),
    seed: fc.integer(),
  });
  fc.assert(fc.property(sizes, ({ seed, ...size }) => {
    const { width, height, channels } = size;
    const data = Uint8Array.from(
      { length: width * height * channels },
      (_, i) => Math.imul(seed ^ i, 0x9e3779b1) >>> 24,
    );
    const read = pictureOf(encodePng({ ...size, data }));
    assertEquals({ ...size }, {
      width: read.width,
      height: read.height,
      channels: read.channels as 1 | 3,
    });
    assertEquals([...data], Array.from(read.data));
  }));
});

Deno.test("png: a damaged file is noticed by that reader", () => {
  const data = Uint8Array.of(1, 2, 3, 4, 5, 6);
  const png = encodePng({ width: 2, height: 1, channels: 3, data });
  png[png.length - 20] ^= 1;
  assertThrows(() => pictureOf(png));
});

Deno.test("png: the bytes must number what the size says", () => {
  assertThrows(
    () => encodePng({ width: 2, height: 2, channels: 3, data: new Uint8Array(4) }),
    RangeError,
    "must number 12 (2 x 2 x 3): 4",
  );
});
