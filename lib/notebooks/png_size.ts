const SIGNATURE = "89504e470d0a1a0a";

/**
 * Reads the size of a PNG picture from its header.
 *
 * @param base64 The file's bytes in base64; white space is ignored.
 * @returns Width and height in pixels; `undefined` when it is no PNG.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encode } from "fast-png";
 * import { pngSize } from "./png_size.ts";
 *
 * const data = Uint8Array.of(0, 255);
 * const png = encode({ width: 2, height: 1, channels: 1, data });
 * assertEquals(pngSize(png.toBase64()), { width: 2, height: 1 });
 * ```
 */
export function pngSize(
  base64: string,
): { width: number; height: number } | undefined {
  let head: Uint8Array<ArrayBuffer>;
  try {
    // 24 bytes: signature, length and type of the first chunk, width, height
    head = Uint8Array.fromBase64(base64.replace(/\s/g, "").slice(0, 32));
  } catch {
    return undefined;
  }
  if (head.length < 24 || head.subarray(0, 8).toHex() !== SIGNATURE) return undefined;
  const view = new DataView(head.buffer);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
