import type { NetworkSpec } from "./spec.ts";

/** The convolutions of a network, from the image inwards; the decoder mirrors them. */
export interface ConvolutionSpec {
  /** Rows of an image; height times width is dataDim. */
  readonly height: number;
  /** Columns of an image. */
  readonly width: number;
  /** Channels after each convolution; each halves height and width, rounded up. */
  readonly channels: readonly number[];
}

/** Filters are this many pixels high and wide: twice the stride, so they tile evenly. */
export const FILTER_SIZE = 4;

/** Pixels from one place of a filter to the next. */
export const STRIDE = 2;

/** Images stored [height, width, channels]. */
export interface ImageShape {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** Numbers in a pixel. */
  readonly channels: number;
}

/** A convolution between a large image and a small one, or its transpose. */
export interface ConvolutionLayer {
  /** What the filters see: the input, or the output of a transposed one. */
  readonly large: ImageShape;
  /** A number for each place and filter. */
  readonly small: ImageShape;
  /** Whether it goes from the small image to the large one. */
  readonly isTransposed: boolean;
}

/**
 * Lists the hidden layers of a side in the order in which they run.
 *
 * @param spec The network.
 * @param side The encoder or the decoder.
 * @returns The names of their weights, without `.weight`.
 */
export function hiddenNames(
  { hidden, convolution }: Pick<NetworkSpec, "hidden" | "convolution">,
  side: "encoder" | "decoder",
): string[] {
  const dense = hidden.map((_, i) => `${side}.${i}`);
  if (!convolution) return dense;
  const names = convolution.channels.map((_, i) => i);
  return side === "encoder" ? [...names.map((i) => `encoder.conv${i}`), ...dense] : [
    ...dense,
    "decoder.unflatten",
    ...names.slice(1).map((i) => `decoder.deconv${i - 1}`),
  ];
}

/**
 * Says what a layer convolves.
 *
 * @param spec The network.
 * @param name The layer.
 * @returns The convolution; undefined for a dense layer.
 */
export function convolutionOf(
  { convolution }: Pick<NetworkSpec, "convolution">,
  name: string,
): ConvolutionLayer | undefined {
  if (!convolution) return undefined;
  const stages = stagesOf(convolution);
  const between = (outer: number, isTransposed: boolean) => ({
    large: stages[outer],
    small: stages[outer + 1],
    isTransposed,
  });
  const [, kind, index] = /^(?:encoder|decoder)\.(conv|deconv|output|logVar)(\d*)$/
    .exec(name) ?? [];
  switch (kind) {
    case "conv":
      return between(Number(index), false);
    case "deconv":
      return between(convolution.channels.length - 1 - Number(index), true);
    case "output":
      return between(0, true);
    case "logVar":
      return name.startsWith("decoder") ? between(0, true) : undefined;
  }
}

/** The image, and what each convolution makes of it. */
export function stagesOf({ height, width, channels }: ConvolutionSpec): ImageShape[] {
  const stages = [{ height, width, channels: 1 }];
  for (const count of channels) {
    const { height, width } = stages[stages.length - 1];
    stages.push({
      height: Math.ceil(height / STRIDE),
      width: Math.ceil(width / STRIDE),
      channels: count,
    });
  }
  return stages;
}

/** Numbers in an image. */
export function sizeOf({ height, width, channels }: ImageShape): number {
  return height * width * channels;
}

/**
 * Calls `visit` for each place of the small image and each pixel of the large one that
 * its filters see there: the numbers of both pixels, and of the weight's row of a tap.
 *
 * The padding is that of TensorFlow's "same": as even as it can be, the odd row last.
 */
export function forEachTap(
  { large, small }: ConvolutionLayer,
  visit: (large: number, small: number, tap: number) => void,
): void {
  const before = (inside: number, places: number) =>
    Math.floor(Math.max(0, (places - 1) * STRIDE + FILTER_SIZE - inside) / 2);
  const top = before(large.height, small.height);
  const left = before(large.width, small.width);
  for (let place = 0; place < small.height * small.width; place++) {
    const row = Math.floor(place / small.width) * STRIDE - top;
    const column = place % small.width * STRIDE - left;
    for (let tap = 0; tap < FILTER_SIZE ** 2; tap++) {
      const y = row + Math.floor(tap / FILTER_SIZE);
      const x = column + tap % FILTER_SIZE;
      const isInside = y >= 0 && y < large.height && x >= 0 && x < large.width;
      if (isInside) visit(y * large.width + x, place, tap);
    }
  }
}
