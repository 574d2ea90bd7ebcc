/**
 * Writes a PNG as a data URI, for a page or a specification that stands alone.
 *
 * @param png The PNG file's bytes.
 * @returns `data:image/png;base64,...`.
 *
 * @example Two bytes
 * ```ts
 * import { dataUri } from "elbo/figures";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(dataUri(new Uint8Array([137, 80])), "data:image/png;base64,iVA=");
 * ```
 */
export function dataUri(png: Uint8Array): string {
  return `data:image/png;base64,${png.toBase64()}`;
}
