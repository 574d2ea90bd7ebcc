/**
 * The logistic function, a logit's probability.
 *
 * `sigmoid(x) = 1 / (1 + exp(-x))`, computed from the exponential that cannot
 * overflow, so that small probabilities keep their relative precision.
 *
 * @param x A logit: any number, infinities included; NaN gives NaN.
 * @returns A probability in `[0, 1]`.
 *
 * @example Certainty and its opposite
 * ```ts
 * import { sigmoid } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([-Infinity, 0, Infinity].map(sigmoid), [0, 0.5, 1]);
 * assertEquals(sigmoid(-700), Math.exp(-700));
 * ```
 */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const odds = Math.exp(x);
  return odds / (1 + odds);
}

/**
 * The log odds of a probability, the inverse of `sigmoid`.
 *
 * `logit(p) = ln(p / (1 - p))`, precise also where it is nearly 0.
 *
 * @param p A probability in `[0, 1]`; NaN outside.
 * @returns The logit, in nats: `-Infinity` at 0, `Infinity` at 1.
 *
 * @example There and back
 * ```ts
 * import { logit, sigmoid } from "elbo/math";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * assertAlmostEquals(logit(sigmoid(-3)), -3, 1e-14);
 * assertEquals([0, 0.5, 1].map(logit), [-Infinity, 0, Infinity]);
 * ```
 */
export function logit(p: number): number {
  // 2p - 1 is exact here, so the logarithm's argument keeps its distance from 1.
  if (p >= 0.25 && p <= 0.75) return Math.log1p((2 * p - 1) / (1 - p));
  return Math.log(p / (1 - p));
}

/**
 * The smooth ramp, minus the logarithm of a probability given by its logit.
 *
 * `softplus(x) = ln(1 + exp(x)) = max(x, 0) + ln(1 + exp(-|x|))`: it neither overflows
 * at large `x` nor loses digits at very negative ones.
 *
 * @param x Any number: 0 at `-Infinity`, `Infinity` at `Infinity`, NaN at NaN.
 * @returns A number in `[0, Infinity]`, in nats.
 *
 * @example Both ends
 * ```ts
 * import { softplus } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(softplus(1000), 1000);
 * assertEquals(softplus(-100), Math.exp(-100));
 * ```
 */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/**
 * The logarithm of the logistic function.
 *
 * `logSigmoid(x) = ln sigmoid(x) = -softplus(-x)`: the log probability of a 1 under a
 * Bernoulli with logit `x`; that of a 0 is `logSigmoid(-x)`.
 *
 * @param x A logit: any number, infinities included; NaN gives NaN.
 * @returns A number in `[-Infinity, 0]`, in nats.
 *
 * @example A certain event, an impossible one
 * ```ts
 * import { logSigmoid } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(logSigmoid(-1000), -1000);
 * assertEquals(logSigmoid(100), -Math.exp(-100));
 * ```
 */
export function logSigmoid(x: number): number {
  return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
}

/**
 * The logarithm of one minus an exponential: the complement of a log probability.
 *
 * `log1mExp(x) = ln(1 - exp(x))`, `x <= 0`. Of the two ways to compute it each loses
 * all digits where the other is exact; the switch is at `x = -ln 2` (Maechler 2012,
 * "Accurately computing log(1 - exp(-|a|))", eq. 7).
 *
 * @param x A log probability, in nats; NaN above 0.
 * @returns A number in `[-Infinity, 0]`, in nats: `-Infinity` at 0, 0 at `-Infinity`.
 *
 * @example The complement of a very likely and of a very unlikely event
 * ```ts
 * import { log1mExp } from "elbo/math";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * assertAlmostEquals(log1mExp(-1e-20), Math.log(1e-20), 1e-13);
 * assertEquals(log1mExp(-100), -Math.exp(-100));
 * ```
 */
export function log1mExp(x: number): number {
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}
