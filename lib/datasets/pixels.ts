import { STREAMS } from "../math/mod.ts";
// Not by mod.ts: a whole block at a time, without an address made for each pixel.
import { philoxBlock } from "../math/philox.ts";
import { checkWord } from "../math/random_address.ts";
import type { Binarization } from "./binarization.ts";
import type { ImageSet } from "./image_set.ts";

/**
 * The seed of the binarisation, or of the noise on bytes, that images are judged by.
 *
 * It is published here and depends on no run: numbers of different runs, seeds and
 * commits are then about the same images.
 */
export const EVALUATION_BINARIZATION_SEED = 20131220;

/** Which images, binarised how, and where they go. */
export interface PixelOptions {
  /** The images, by their place in the set: `[batch]`. */
  indices: ArrayLike<number>;
  /** How bytes are turned into pixels. */
  binarization: Binarization;
  /** The run's seed. */
  seed: number;
  /** The epoch, for `dynamic` and `dequantize`; unused else. */
  step: number;
  /** Where the pixels go, row-major: `[batch, dataDim]`. */
  out: Float32Array;
}

/** One image in `images` and its place in `out`. */
interface Place {
  readonly images: Uint8Array;
  readonly from: number;
  readonly dataDim: number;
  readonly out: Float32Array;
  readonly at: number;
}

const GREY = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
const THRESHOLD = Float32Array.from({ length: 256 }, (_, byte) => byte >= 128 ? 1 : 0);

/** u < byte / 255 with u = (word + 1/2) 2^-32, both sides times 2^32: no rounding. */
const WORD_BOUND = Float64Array.from(
  { length: 256 },
  (_, byte) => (byte / 255) * 2 ** 32,
);

function lookUp(table: Float32Array, { images, from, dataDim, out, at }: Place): void {
  for (let i = 0; i < dataDim; i++) out[at + i] = table[images[from + i]];
}

const words = new Uint32Array(4);
/** Column block, row, step, 0; seed, stream: as `uniformAt` lays an address out. */
const address = new Uint32Array(6);

/** Whether the next four bytes are 0, as most are; none is, beyond the end. */
function isBackground(images: Uint8Array, at: number): boolean {
  return (images[at] | images[at + 1] | images[at + 2] | images[at + 3]) === 0;
}

/** A byte of 0 or 255 gives 0 or 1 whatever is drawn, so most blocks need no draw. */
function isCertain(images: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    if (images[i] !== 0 && images[i] !== 255) return false;
  }
  return true;
}

/** Equal to comparing `uniformAt` of every pixel, at a fraction of the draws. */
function draw({ images, from, dataDim, out, at }: Place): void {
  out.fill(0, at, at + dataDim);
  for (let column = 0; column < dataDim; column += 4) {
    const end = Math.min(column + 4, dataDim);
    if (isBackground(images, from + column)) continue;
    if (isCertain(images, from + column, from + end)) {
      for (let i = column; i < end; i++) out[at + i] = images[from + i] === 0 ? 0 : 1;
      continue;
    }
    address[0] = column >>> 2;
    philoxBlock(words, address);
    for (let i = column; i < end; i++) {
      out[at + i] = words[i & 3] + 0.5 < WORD_BOUND[images[from + i]] ? 1 : 0;
    }
  }
}

/** (byte + u) / 256, u = (word + 1/2) 2^-32 at the pixel's address. */
function dequantize({ images, from, dataDim, out, at }: Place): void {
  for (let column = 0; column < dataDim; column += 4) {
    const end = Math.min(column + 4, dataDim);
    address[0] = column >>> 2;
    philoxBlock(words, address);
    for (let i = column; i < end; i++) {
      out[at + i] = (images[from + i] + (words[i & 3] + 0.5) / 2 ** 32) / 256;
    }
  }
}

const STREAM_OF = {
  dynamic: STREAMS.binarize,
  static: STREAMS.binarize,
  dequantize: STREAMS.dequantize,
  threshold: undefined,
  none: undefined,
};

function checkBatch({ dataDim }: ImageSet, { indices, out }: PixelOptions): void {
  if (out.length === indices.length * dataDim) return;
  throw new RangeError(
    "Cannot write pixels as the output must hold batch x dataDim = " +
      `${indices.length} x ${dataDim} numbers: it holds ${out.length}`,
  );
}

function checkIndex({ name, count }: ImageSet, index: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new RangeError(
    `Cannot take image ${index} of ${name} as it must be an integer in 0 .. ` +
      `${count - 1}`,
  );
}

/**
 * Turns some images of a set from bytes into pixels in [0, 1].
 *
 * - `dynamic`: a pixel is 1 if u < byte / 255, else 0, with u drawn anew each step at
 *   (seed, STREAMS.binarize, step, image, pixel). Its mean is byte / 255.
 * - `static`: the same, always with the draw of step 0.
 * - `threshold`: 1 if byte >= 128, else 0.
 * - `none`: byte / 255.
 * - `dequantize`: (byte + u) / 256, u drawn anew each step at (seed,
 *   STREAMS.dequantize, step, image, pixel): a density of it bounds the code length of
 *   the byte, see {@linkcode byteModel}.
 *
 * A pixel's draw depends on its address alone: not on the batch, nor on its place in
 * it. Binarising at every batch is after Burda et al. 2015, arXiv 1509.00519; fixed
 * binarisation after Salakhutdinov and Murray 2008, with other draws.
 *
 * @param set The images.
 * @param options Which, how, and where to.
 * @throws {RangeError} If an index is not in the set, or `out` has another length.
 *
 * @example A black, a grey and a white pixel, as they are
 * ```ts
 * import { batchPixels } from "elbo/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const images = new Uint8Array([0, 51, 255]);
 * const set = { name: "test", images, count: 1, height: 1, width: 3, dataDim: 3 };
 * const out = new Float32Array(3);
 * batchPixels(set, { indices: [0], binarization: "none", seed: 0, step: 0, out });
 * assertEquals(out, new Float32Array([0, 0.2, 1]));
 * ```
 */
export function batchPixels(set: ImageSet, options: PixelOptions): void {
  const { indices, binarization, seed, step, out } = options;
  const { images, dataDim, firstIndex = 0 } = set;
  checkBatch(set, options);
  const stream = STREAM_OF[binarization];
  if (stream !== undefined) {
    checkWord("seed", seed);
    checkWord("step", step);
    address[2] = binarization === "static" ? 0 : step;
    address[4] = seed;
    address[5] = stream;
  }
  const table = binarization === "none" ? GREY : THRESHOLD;
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    checkIndex(set, index);
    const place = { images, from: index * dataDim, dataDim, out, at: i * dataDim };
    address[1] = firstIndex + index;
    if (stream === undefined) lookUp(table, place);
    else if (binarization === "dequantize") dequantize(place);
    else draw(place);
  }
}

/**
 * Turns some images into the pixels that a model is judged by.
 *
 * As {@linkcode batchPixels}, but `dynamic` and `static` both give the one draw of
 * `EVALUATION_BINARIZATION_SEED`, the same for every run, and so does `dequantize`.
 *
 * @param set The images.
 * @param options Which, how, and where to.
 * @throws {RangeError} If an index is not in the set, or `out` has another length.
 *
 * @example Dynamic and static training are judged by the same images
 * ```ts
 * import { evaluationPixels } from "elbo/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const images = new Uint8Array([30, 128, 220]);
 * const set = { name: "test", images, count: 1, height: 1, width: 3, dataDim: 3 };
 * const [left, right] = [new Float32Array(3), new Float32Array(3)];
 * evaluationPixels(set, { indices: [0], binarization: "dynamic", out: left });
 * evaluationPixels(set, { indices: [0], binarization: "static", out: right });
 * assertEquals(left, right);
 * ```
 */
export function evaluationPixels(
  set: ImageSet,
  options: Pick<PixelOptions, "indices" | "binarization" | "out">,
): void {
  const binarization = options.binarization === "dynamic"
    ? "static"
    : options.binarization;
  const seed = EVALUATION_BINARIZATION_SEED;
  batchPixels(set, { ...options, binarization, seed, step: 0 });
}
