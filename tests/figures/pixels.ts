import { decode } from "fast-png";

/** A PNG decoded back: its size, channels and bytes. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

/** Decodes a PNG, its checksums verified. */
export function pictureOf(png: Uint8Array): Picture {
  return decode(png, { checkCrc: true });
}

/** The share of pixels whose first channel differs. */
export function differing(left: Picture, right: Picture): number {
  if (left.data.length !== right.data.length) return 1;
  let count = 0;
  for (let i = 0; i < left.data.length; i += left.channels) {
    if (left.data[i] !== right.data[i]) count++;
  }
  return count * left.channels / left.data.length;
}

/** How many pixels of a region are darker than half. */
export function darkPixels(
  { data, width, channels }: Picture,
  { top = 0, bottom, left = 0, right = width }: {
    top?: number;
    bottom: number;
    left?: number;
    right?: number;
  },
): number {
  let count = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      if (data[(y * width + x) * channels] < 128) count++;
    }
  }
  return count;
}
