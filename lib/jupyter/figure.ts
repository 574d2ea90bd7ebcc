// Not by mod.ts, which loads vega.
import { pngSize } from "../figures/png_size.ts";
import { type MediaBundle, show } from "./kernel_display.ts";

/** What {@link showFigure} shows. */
export interface Figure {
  /** The picture, as the bytes of a PNG file. */
  readonly png: Uint8Array;
  /** What the picture shows, in words, for readers who do not see it. */
  readonly alt: string;
  /** The vega-lite specification behind the picture, for front ends that draw it. */
  readonly spec?: object;
  /** Pixels of the picture for each pixel of the page, 1 by default. */
  readonly scale?: number;
}

/** A larger one would swell a notebook, and the picture says the same. */
const LARGEST_SPEC = 100_000;

/**
 * Shows a picture with its description, and its data where there is a small spec.
 *
 * Sent as `image/png` with `text/plain` = `alt`, and as
 * `application/vnd.vegalite.v5+json` when the spec takes at most 100 kB as notebooks
 * store it.
 *
 * @param figure Picture, description, specification.
 * @throws {TypeError} When the bytes are no PNG file or the description is empty.
 *
 * @example A picture, and one without its description
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { encode } from "fast-png";
 * import { showFigure } from "elbo/jupyter";
 *
 * const data = Uint8Array.of(0, 255);
 * const png = encode({ width: 2, height: 1, channels: 1, data });
 * await showFigure({ png, alt: "A black pixel beside a white one." });
 * await assertRejects(() => showFigure({ png, alt: "" }), TypeError, "alt");
 * ```
 */
export async function showFigure({ png, alt, spec, scale = 1 }: Figure): Promise<void> {
  const size = pngSize(png);
  if (size === undefined) {
    throw new TypeError(
      "Cannot show a figure as png must be the bytes of a PNG file: " +
        `it starts with ${png.slice(0, 8).join(" ")}`,
    );
  }
  if (alt.trim() === "") {
    throw new TypeError(
      'Cannot show a figure as alt must say what it shows: it is ""',
    );
  }
  const bundle: MediaBundle & { "text/plain": string } = {
    "image/png": png.toBase64(),
    "text/plain": alt,
  };
  if (spec !== undefined && JSON.stringify(spec, undefined, 1).length <= LARGEST_SPEC) {
    bundle["application/vnd.vegalite.v5+json"] = {
      ...spec,
      $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    };
  }
  const metadata = {
    "image/png": {
      alt,
      width: Math.round(size.width / scale),
      height: Math.round(size.height / scale),
    },
  };
  await show(bundle, { metadata });
}
