/** The ways to turn bytes into pixels, see {@linkcode batchPixels}. */
export const BINARIZATIONS = ["dynamic", "static", "threshold", "none"] as const;

/** A way to turn bytes into pixels. */
export type Binarization = (typeof BINARIZATIONS)[number];

/** What {@linkcode binarizationFor} settled on. */
export interface BinarizationChoice {
  /** How images are turned into pixels. */
  readonly binarization: Binarization;
  /** One line that the user should read, where there is something to say. */
  readonly note?: string;
}

const NO_DENSITY =
  "Note: a Bernoulli likelihood of grey pixels is a cross entropy, not a density: its " +
  "values compare with one another, not with figures for binarised images.";

function isBinarization(name: string): name is Binarization {
  return BINARIZATIONS.some((known) => known === name);
}

/**
 * Settles how images are binarised for a likelihood.
 *
 * A Bernoulli likelihood defaults to `dynamic`, a Gaussian one to `none`. A Bernoulli
 * likelihood of grey pixels is allowed, with a note; a Gaussian one of pixels that are 0
 * or 1 is refused, since its density there has no upper bound as the variance falls.
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
  likelihood: "bernoulli" | "gaussian",
  asked?: string,
): BinarizationChoice {
  const binarization = asked ?? (likelihood === "bernoulli" ? "dynamic" : "none");
  if (!isBinarization(binarization)) {
    throw new RangeError(
      `Cannot binarise as the way must be one of ${BINARIZATIONS.join(", ")}: it is ` +
        binarization,
    );
  }
  if (likelihood === "gaussian" && binarization !== "none") {
    throw new RangeError(
      "Cannot binarise as a Gaussian likelihood must have grey pixels (its density of " +
        `pixels that are 0 or 1 has no upper bound): it is ${binarization}; choose ` +
        "none, or a Bernoulli likelihood",
    );
  }
  return likelihood === "bernoulli" && binarization === "none"
    ? { binarization, note: NO_DENSITY }
    : { binarization };
}
