import { assertAlmostEquals, assertThrows } from "@std/assert";
import { loadFonts, parseFont } from "../../lib/figures/font.ts";
import { svgToPixels } from "../../lib/figures/rasterize.ts";
import { granted } from "../helpers/permissions.ts";

const needsFiles = { ignore: !granted("read") };

Deno.test({
  name: "font: the advances are those of DejaVu Sans (reads the font)",
  ...needsFiles,
  fn: async () => {
    const { regular, bold } = await loadFonts();
    // Advances of DejaVu Sans 2.37, in units of 1/2048 of the font size.
    assertAlmostEquals(regular.advance("0") * 2048, 1303, 1e-9);
    assertAlmostEquals(regular.advance("A ") * 2048, 1401 + 651, 1e-9);
    assertAlmostEquals(bold.advance("0") * 2048, 1425, 1e-9);
  },
});

/** The last column of a line of text that has ink in it. */
async function inkEnd(text: string): Promise<number> {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="40">' +
    `<text x="0" y="30" font-family="DejaVu Sans" font-size="20">${text}</text></svg>`;
  const { pixels, width, height } = await svgToPixels(svg);
  let end = -1;
  for (let i = 0; i < width * height; i++) {
    if (pixels[4 * i] < 128) end = Math.max(end, i % width);
  }
  return end;
}

Deno.test({
  name: "font: the widths are those that the rasterizer draws (reads the font)",
  ...needsFiles,
  fn: async () => {
    const { regular } = await loadFonts();
    for (const letter of ["i", "M", "−", "‖", "z₁"]) {
      // The drawn lengths of 20 and 10 letters differ by ten advances; each end is
      // known to a pixel.
      const [twenty, ten] = [
        await inkEnd(letter.repeat(20)),
        await inkEnd(letter.repeat(10)),
      ];
      assertAlmostEquals(twenty - ten, 200 * regular.advance(letter), 1.5);
    }
  },
});

Deno.test("font: refuses bytes that are no font", () => {
  assertThrows(() => parseFont(new Uint8Array(4)), SyntaxError, 'a table "head"');
  assertThrows(() => parseFont(new Uint8Array(64)), SyntaxError, 'a table "head"');
});
