import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** PNG's code of a colour type by the number of channels: grey, or red, green, blue. */
const COLOR_TYPES = { 1: 0, 3: 2 } as const;

/** A picture of bytes, row by row. */
export interface PngPicture {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: keyof typeof COLOR_TYPES;
  /** `[height, width, channels]`. */
  readonly data: Uint8Array;
}

/**
 * Writes a PNG file of 8 bits a channel.
 *
 * No row is filtered: charts and digits are runs of equal bytes, which deflate packs
 * best as they are. Source: PNG specification, third edition.
 *
 * @param picture The picture.
 * @returns The file's bytes.
 * @throws {RangeError} If the number of bytes is not what the size says.
 *
 * @example A black pixel beside a white one
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decode } from "fast-png";
 * import { encodePng } from "./encode_png.ts";
 *
 * const data = Uint8Array.of(0, 255);
 * const png = encodePng({ width: 2, height: 1, channels: 1, data });
 * assertEquals([...decode(png).data], [0, 255]);
 * ```
 */
export function encodePng(
  { width, height, channels, data }: PngPicture,
): Uint8Array<ArrayBuffer> {
  const rowBytes = width * channels;
  if (data.length !== rowBytes * height) {
    throw new RangeError(
      `Cannot encode a picture as its bytes must number ${rowBytes * height} ` +
        `(${width} x ${height} x ${channels}): ${data.length}`,
    );
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, COLOR_TYPES[channels]);

  // Each row behind a byte that names its filter: 0, none.
  const rows = new Uint8Array((rowBytes + 1) * height);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * rowBytes, (y + 1) * rowBytes);
    rows.set(row, y * (rowBytes + 1) + 1);
  }
  return joined([
    SIGNATURE,
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array()),
  ]);
}

// Length, type, content, and the checksum of type and content.
function chunk(type: string, content: Uint8Array): Uint8Array {
  const checked = joined([new TextEncoder().encode(type), content]);
  return joined([word(content.length), checked, word(crc32(checked))]);
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
