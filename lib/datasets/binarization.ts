/** The ways to turn bytes into pixels, see {@linkcode batchPixels}. */
export const BINARIZATIONS = [
  "dynamic",
  "static",
  "threshold",
  "dequantize",
  "none",
] as const;

/** A way to turn bytes into pixels. */
export type Binarization = (typeof BINARIZATIONS)[number];

/** Whether pixels are 0 or 1 after it. */
export function isBinary(binarization: Binarization): boolean {
  return binarization !== "dequantize" && binarization !== "none";
}

/** What {@linkcode binarizationFor} settled on. */
export interface BinarizationChoice {
  /** How images are turned into pixels. */
  readonly binarization: Binarization;
  /** One line that the user should read, where there is something to say. */
  readonly note?: string;
}

/** The ways that a likelihood goes with, and why not the others. */
export interface PixelWays {
  /** The default first. */
  readonly ways: readonly Binarization[];
  /** What is wrong with every other way. */
  readonly because: string;
  /** What a user of one should know. */
  readonly notes?: { readonly [way in Binarization]?: string };
}

/** The name of a decoder's likelihood. */
export type LikelihoodName =
  | "bernoulli"
  | "continuous-bernoulli"
  | "gaussian"
  | "gaussian-mixture"
  | "logistic-mixture";

const NO_BOUND = "its density of pixels that are 0 or 1 has no upper bound";

const FITS: Record<LikelihoodName, PixelWays> = {
  "bernoulli": {
    ways: ["dynamic", "static", "threshold", "none"],
    because: "noise between 0 and 1 makes it no density of grey pixels either",
    notes: {
      none:
        "Note: a Bernoulli likelihood of grey pixels is a cross entropy, not a density: " +
        "its values compare with one another, not with figures for binarised images.",
    },
  },
  "continuous-bernoulli": {
    ways: ["dequantize", "none"],
    because: NO_BOUND,
    notes: {
      none:
        "Note: a continuous Bernoulli of pixels that are exactly 0 has no upper bound: " +
        "its numbers compare with its own alone; --binarize dequantize bounds them.",
    },
  },
  "gaussian": { ways: ["none", "dequantize"], because: NO_BOUND },
  "gaussian-mixture": { ways: ["dequantize", "none"], because: NO_BOUND },
  "logistic-mixture": {
    ways: ["none"],
    because: "it is a mass on the 256 bytes themselves",
  },
};

/**
 * Tells which pixels a likelihood is of.
 *
 * @param likelihood The decoder's likelihood.
 * @returns The ways, the default first, and what is wrong with all others.
 *
 * @example A Gaussian has two
 * ```ts
 * import { pixelWays } from "elbo/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(pixelWays("gaussian").ways, ["none", "dequantize"]);
 * ```
 */
export function pixelWays(likelihood: LikelihoodName): PixelWays {
  return FITS[likelihood];
}

/**
 * Settles how bytes become pixels for a likelihood.
 *
 * The first way of a likelihood is its default:
 *
 * - `bernoulli`: dynamic, static, threshold; none, with a note;
 * - `continuous-bernoulli`: dequantize; none, with a note;
 * - `gaussian`: none, dequantize;
 * - `gaussian-mixture`: dequantize, none;
 * - `logistic-mixture`: none.
 *
 * A density of pixels that are 0 or 1 is refused, since it has no upper bound there as
 * its width falls.
 *
 * @param likelihood The decoder's likelihood.
 * @param asked What the user asked for, if anything.
 * @returns The choice, and a note where there is something to say.
 * @throws {RangeError} If the name is unknown, or the two do not go together.
 *
 * @example Defaults
 * ```ts
 * import { binarizationFor } from "elbo/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(binarizationFor("bernoulli"), { binarization: "dynamic" });
 * assertEquals(binarizationFor("gaussian"), { binarization: "none" });
 * ```
 */
export function binarizationFor(
  likelihood: LikelihoodName,
  asked?: string,
): BinarizationChoice {
  const { ways, because, notes } = pixelWays(likelihood);
  const known = BINARIZATIONS.find((name) => name === (asked ?? ways[0]));
  if (known === undefined) {
    throw new RangeError(
      `Cannot binarise as the way must be one of ${BINARIZATIONS.join(", ")}: it is ` +
        asked,
    );
  }
  if (!ways.includes(known)) {
    throw new RangeError(
      `Cannot make pixels for a ${likelihood} likelihood as the way must be ` +
        `${ways.join(" or ")}: it is ${known}, and ${because}; choose ${ways[0]}`,
    );
  }
  const note = notes?.[known];
  return note === undefined ? { binarization: known } : { binarization: known, note };
}

/**
 * Whether -ln p(x) is a code length of bytes, or bounds one from above.
 *
 * A mass on the 256 levels is one. A density p of x = (byte + u) / 256, u uniform, bounds
 * one: the byte's mass is the integral of p over its bin, E_u[p(x)] / 256, and by Jensen's
 * inequality -ln of it is at most E_u[-ln p(x)] + ln 256 (Theis, van den Oord and Bethge
 * 2016, arXiv 1511.01844, section 3.1). A density of byte / 255 itself bounds nothing.
 *
 * @param likelihood The decoder's likelihood.
 * @param binarization How bytes became pixels.
 * @returns `"mass"`, `"density"` or undefined: what -ln p(x) is of, if it is of bytes.
 *
 * @example Only densities need the noise
 * ```ts
 * import { byteModel } from "elbo/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(byteModel("logistic-mixture", "none"), "mass");
 * assertEquals(byteModel("gaussian", "dequantize"), "density");
 * assertEquals(byteModel("gaussian", "none"), undefined);
 * ```
 */
export function byteModel(
  likelihood: LikelihoodName,
  binarization: Binarization,
): "mass" | "density" | undefined {
  if (binarization === "dequantize") return "density";
  return likelihood === "logistic-mixture" ? "mass" : undefined;
}
