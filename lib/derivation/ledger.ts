import {
  elboIsBelow,
  equalAtThePosterior,
  gapIsTheKl,
  jensen,
} from "./entries/bound.ts";
import {
  klIsAdditive,
  klIsCrossEntropyMinusEntropy,
  klIsNotNegative,
  klOfTwoNormals,
  klToStandardNormal,
} from "./entries/gaussian_kl.ts";
import {
  crossEntropyOfTwoNormals,
  entropyOfANormal,
  momentsOfANormal,
} from "./entries/gaussian_moments.ts";
import { oscillationVariesMore, pathVariesLess } from "./entries/gradient_variance.ts";
import {
  gapFallsAsOneOverK,
  weightsAverageToTheMarginal,
} from "./entries/importance.ts";
import {
  kSampleBoundReaches,
  kSampleBoundRises,
  oneSampleIsTheElbo,
} from "./entries/iwae.ts";
import {
  averageOfAConstant,
  bayesAtEveryLatent,
  jointFactorises,
  logOfProduct,
  marginalIsAnIntegral,
} from "./entries/marginal.ts";
import { decoderMakesAMixture } from "./entries/mixture.ts";
import { climbsDifferently, fisherIdentity } from "./entries/objective.ts";
import {
  averageKlIsInformation,
  expectedLogLikelihood,
  reconstructionIsNotTheMarginal,
  reconstructionMinusKl,
} from "./entries/parts.ts";
import {
  bestNoiseTakesTheLog,
  crossEntropyHasAFloor,
  crossEntropyIsBernoulli,
  squaredErrorIsGaussian,
} from "./entries/reconstruction.ts";
import {
  noiseIsScaled,
  reparameterizedExpectation,
  reparameterizedGradient,
  scoreGradient,
} from "./entries/reparameterization.ts";
import { elboPlusKl, multiplyByOne, splitTheLog } from "./entries/steps.ts";
import type { LedgerEntry } from "./types.ts";

/**
 * The derivation as data: every statement of the essay and of its page on the KL of two
 * normals, in the order of the essay, with everything that is needed to check it.
 *
 * @example Where a statement stands
 * ```ts
 * import { ledger } from "elbo/derivation";
 * import { assertEquals, assertGreaterOrEqual } from "@std/assert";
 *
 * assertGreaterOrEqual(ledger.length, 20);
 * const first = ledger[0];
 * assertEquals(first.id, "log-of-product-is-sum-of-logs");
 * assertEquals(first.essay.line, "理論推演, first display");
 * ```
 */
export const ledger: readonly LedgerEntry[] = [
  // ln p(x)
  logOfProduct,
  marginalIsAnIntegral,
  averageOfAConstant,
  bayesAtEveryLatent,
  multiplyByOne,
  splitTheLog,
  elboPlusKl,
  // the bound
  elboIsBelow,
  jensen,
  klIsNotNegative,
  equalAtThePosterior,
  gapIsTheKl,
  climbsDifferently,
  fisherIdentity,
  // its two parts
  jointFactorises,
  reconstructionMinusKl,
  averageKlIsInformation,
  expectedLogLikelihood,
  reconstructionIsNotTheMarginal,
  // the KL of two normals
  klOfTwoNormals,
  klToStandardNormal,
  klIsCrossEntropyMinusEntropy,
  entropyOfANormal,
  crossEntropyOfTwoNormals,
  momentsOfANormal,
  klIsAdditive,
  // the noise
  noiseIsScaled,
  reparameterizedExpectation,
  reparameterizedGradient,
  scoreGradient,
  pathVariesLess,
  oscillationVariesMore,
  // the decoder
  crossEntropyIsBernoulli,
  crossEntropyHasAFloor,
  squaredErrorIsGaussian,
  bestNoiseTakesTheLog,
  decoderMakesAMixture,
  // several samples
  oneSampleIsTheElbo,
  weightsAverageToTheMarginal,
  kSampleBoundRises,
  kSampleBoundReaches,
  gapFallsAsOneOverK,
];

/**
 * One entry of the ledger, by its id.
 *
 * @param id In kebab-case.
 * @returns The entry.
 * @throws {RangeError} If there is none of that name; the message lists those that are
 * like it, or all.
 *
 * @example The line that everything turns on
 * ```ts
 * import { ledgerEntry } from "elbo/derivation";
 * import { assertEquals } from "@std/assert";
 *
 * const entry = ledgerEntry("log-marginal-is-elbo-plus-kl");
 * assertEquals(entry.short, "ln p(x) = ELBO + KL(q || p(z|x))");
 * ```
 */
export function ledgerEntry(id: string): LedgerEntry {
  const found = ledger.find((entry) => entry.id === id);
  if (found) return found;
  const words = id.split("-");
  const ids = ledger.map((entry) => entry.id);
  const alike = ids.filter((other) =>
    words.some((word) => word.length > 3 && other.includes(word))
  );
  throw new RangeError(
    `Cannot find a ledger entry as its id must be in the ledger: it is ` +
      `${JSON.stringify(id)}; there are ${(alike.length > 0 ? alike : ids).join(", ")}`,
  );
}
