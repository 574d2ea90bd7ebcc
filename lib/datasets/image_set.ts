/** Grey images of one size, as bytes; 0 is background, 255 full ink. */
export interface ImageSet {
  /** What the set is: `train`, `validation` or `test`. */
  readonly name: string;
  /** All images one after another, each row-major: `[count, height, width]`. */
  readonly images: Uint8Array;
  /** How many images. */
  readonly count: number;
  /** Rows of pixels of an image. */
  readonly height: number;
  /** Pixels of a row. */
  readonly width: number;
  /** height * width. */
  readonly dataDim: number;
  /** One byte an image, where there are labels: `[count]`. */
  readonly labels?: Uint8Array;
  /**
   * Where in its file the set begins, 0 if left out. It addresses the random draws: an
   * image keeps its draws, whichever set it is put in.
   */
  readonly firstIndex?: number;
}

/** A data set: what it trains on, what it is judged by, and what it was read from. */
export interface Dataset {
  /** Its known name, or the folder it was read from. */
  readonly name: string;
  /** What models are trained on. */
  readonly train: ImageSet;
  /** What choices are made by; only where some images were set aside. */
  readonly validation?: ImageSet;
  /** What models are judged by. */
  readonly test: ImageSet;
  /** The SHA-256 of each file's IDX bytes, unpacked, by the file's name. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** Images `from` to `to` of a set: views, no copies. */
function slice(
  set: ImageSet,
  { name, from, to }: { name: string; from: number; to: number },
): ImageSet {
  return {
    ...set,
    name,
    images: set.images.subarray(from * set.dataDim, to * set.dataDim),
    count: to - from,
    labels: set.labels?.subarray(from, to),
    firstIndex: (set.firstIndex ?? 0) + from,
  };
}

function checkCount(
  name: string,
  value: number,
  { from, to, why }: { from: number; to: number; why: string },
) {
  if (!Number.isInteger(value) || value < from || value > to) {
    throw new RangeError(
      `Cannot split the training images as --${name} must be a whole number from ` +
        `${from} to ${to}, ${why}: it is ${value}`,
    );
  }
}

/**
 * Splits the training images: the last `validation` of them validate, the first `limit`
 * of the rest train. The two never share an image.
 *
 * The validation images are the same whatever the limit, so that runs on more and more
 * data are judged alike.
 *
 * @param set All training images.
 * @param options `validation`: how many validate, default 0. `limit`: how many train at
 * most, default all the rest.
 * @returns Views of the images; no validation set where `validation` is 0.
 * @throws {RangeError} If nothing is left to train on, or the limit is not in
 * `1 .. count - validation`.
 *
 * @example Two of five validate, one trains
 * ```ts
 * import { splitTrain } from "elbo/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const images = new Uint8Array([10, 11, 12, 13, 14]);
 * const all = { name: "train", images, count: 5, height: 1, width: 1, dataDim: 1 };
 * const { train, validation } = splitTrain(all, { validation: 2, limit: 1 });
 * assertEquals([...train.images], [10]);
 * assertEquals([...validation?.images ?? []], [13, 14]);
 * ```
 */
export function splitTrain(
  set: ImageSet,
  { validation = 0, limit }: { validation?: number; limit?: number } = {},
): { train: ImageSet; validation?: ImageSet } {
  const { count } = set;
  const all = `as there are ${count}`;
  checkCount("validation", validation, {
    ...{ from: 0, to: count - 1, why: `${all} and one must train` },
  });
  const rest = count - validation;
  const numTrain = limit ?? rest;
  const held = validation === 0 ? "" : ` and ${validation} are held out`;
  checkCount("limit", numTrain, { from: 1, to: rest, why: all + held });
  const train = slice(set, { name: "train", from: 0, to: numTrain });
  if (validation === 0) return { train };
  return {
    train,
    validation: slice(set, { name: "validation", from: rest, to: count }),
  };
}
