import type { Vector } from "../math/mod.ts";

/**
 * The K-sample bound, without a single draw.
 *
 * `L_K = E ln S`, `S = (1/K) sum_k w_k`. As `ln S = int_0^inf (exp(-t) - exp(-t S)) / t
 * dt` (Frullani) and the w_k are independent,
 *
 * `L_K = int (exp(-exp(u)) - phi(exp(u) / K)^K) du`, `phi(t) = E_q exp(-t w)`,
 * `t = exp(u)`:
 *
 * one integral over the line, for any K. Both exponentials are analytic for `|Im u| <
 * pi / 2`, so the trapezoid rule with spacing h errs by about `exp(-pi^2 / h)`.
 *
 * @param masses q's mass at some latents, which make a rule for E_q, `[n]`; scaled to
 * sum to 1.
 * @param logWeights ln w there, `[n]`, in nats.
 * @param numSamples K, 1 or more.
 * @returns L_K in nats.
 * @throws {RangeError} If numSamples is no positive integer, the lengths differ, or no
 * mass is positive and finite.
 *
 * @example A coin for w: L_1 is the mean of ln w, L_2 has three cases
 * ```ts
 * import { kSampleBound } from "elbo/derivation";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const logWeights = [0, Math.log(4)];
 * assertAlmostEquals(kSampleBound([0.5, 0.5], logWeights, 1), Math.log(2), 1e-12);
 * const two = 0.25 * Math.log(1) + 0.5 * Math.log(2.5) + 0.25 * Math.log(4);
 * assertAlmostEquals(kSampleBound([0.5, 0.5], logWeights, 2), two, 1e-12);
 * ```
 */
export function kSampleBound(
  masses: Vector,
  logWeights: Vector,
  numSamples: number,
): number {
  const act = "Cannot integrate the K-sample bound as";
  if (!(Number.isInteger(numSamples) && numSamples >= 1)) {
    throw new RangeError(
      `${act} numSamples must be a positive integer: ${numSamples}`,
    );
  }
  if (masses.length !== logWeights.length) {
    throw new RangeError(
      `${act} masses and logWeights must have one length: ${masses.length} and ` +
        `${logWeights.length}`,
    );
  }
  const kept = masses.map((_, i) => i).filter((i) => masses[i] > NEGLIGIBLE);
  const total = kept.reduce((sum, i) => sum + masses[i], 0);
  if (!(total > 0 && total < Infinity)) {
    throw new RangeError(`${act} masses must have a positive, finite sum: ${total}`);
  }
  const probs = kept.map((i) => masses[i] / total);
  // In units of the mean weight, S is about 1 and the integrand sits around u = 0.
  const top = kept.reduce((best, i) => Math.max(best, logWeights[i]), -Infinity);
  const logMean = top +
    Math.log(
      kept.reduce((sum, i, k) => sum + probs[k] * Math.exp(logWeights[i] - top), 0),
    );
  const weights = kept.map((i) => Math.exp(logWeights[i] - logMean) / numSamples);

  let integral = 0;
  for (let u = FROM; u < TO; u += SPACING) {
    const t = Math.exp(u);
    let phi = 0;
    for (let k = 0; k < probs.length; k++) phi += probs[k] * Math.exp(-t * weights[k]);
    const rest = phi ** numSamples;
    integral += SPACING * (Math.exp(-t) - rest);
    if (u > 4 && rest < 1e-17) break;
  }
  return logMean + integral;
}

const NEGLIGIBLE = 1e-18;
const SPACING = 1 / 6;
/** exp(2 u) is what is left out below, a tail of q's mass above. */
const FROM = -20;
const TO = 700;
