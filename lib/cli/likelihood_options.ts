import {
  type Binarization,
  binarizationFor,
  type LikelihoodName,
  pixelWays,
} from "../datasets/mod.ts";
import type { LikelihoodSpec } from "../networks/mod.ts";
import { UsageError } from "./errors.ts";
import { readNumber } from "./values.ts";

/** Of a mixture, unless told: more cost more, each has three numbers a pixel. */
export const DEFAULT_COMPONENTS = 3;

/** What a command line says of the likelihood and its pixels. */
export interface LikelihoodValues {
  readonly likelihood: LikelihoodName;
  readonly variance?: string;
  readonly components?: number;
  readonly binarize?: Binarization;
}

/**
 * The likelihood that a command line asks for.
 *
 * @throws {UsageError} If an option has no meaning for it.
 */
export function likelihoodOf(
  { likelihood, variance, components }: LikelihoodValues,
): LikelihoodSpec {
  const isMixture = likelihood === "gaussian-mixture" ||
    likelihood === "logistic-mixture";
  if (variance !== undefined && likelihood !== "gaussian") {
    throw new UsageError(
      `Cannot train as --variance must come with --likelihood gaussian: the variance of ` +
        `${likelihood} is not one number or one output; leave --variance out`,
    );
  }
  if (components !== undefined && !isMixture) {
    throw new UsageError(
      "Cannot train as --components must come with a mixture: it is " +
        `${likelihood}; add --likelihood gaussian-mixture or logistic-mixture`,
    );
  }
  if (isMixture) {
    return { kind: likelihood, components: components ?? DEFAULT_COMPONENTS };
  }
  return likelihood === "gaussian"
    ? { kind: likelihood, variance: varianceOf(variance) }
    : { kind: likelihood };
}

function varianceOf(
  variance: string | undefined,
): Extract<LikelihoodSpec, { kind: "gaussian" }>["variance"] {
  if (variance === undefined) return "pixel";
  if (variance === "pixel" || variance === "shared" || variance === "optimal") {
    return variance;
  }
  if (!/^[-+.\d]/.test(variance)) {
    throw new UsageError(
      `Cannot train as --variance must be pixel, shared, optimal or a number above 0: ` +
        `it is ${JSON.stringify(variance)}`,
    );
  }
  const asker = { act: "train", name: "--variance" };
  return readNumber(variance, { whole: false, above: 0 }, asker);
}

/**
 * How bytes become pixels, as asked for or as the likelihood has it.
 *
 * @throws {UsageError} If the two do not go together.
 */
export function binarizationOf(
  { binarize, likelihood }: LikelihoodValues,
): Binarization {
  const { ways, because } = pixelWays(likelihood);
  if (binarize !== undefined && !ways.includes(binarize)) {
    throw new UsageError(
      `Cannot train as --binarize must be ${ways.join(" or ")} with --likelihood ` +
        `${likelihood}: it is "${binarize}", and ${because}`,
    );
  }
  return binarizationFor(likelihood, binarize).binarization;
}
