import { logSigmoid, type Random, sigmoid, type Vector } from "../math/mod.ts";
import { requireEach, requireLength } from "./checks.ts";
import type { Distribution } from "./distribution.ts";

/** Independent coins, given by their logits. */
export interface Bernoulli extends Distribution<Vector> {
  /** Tells a Bernoulli from its kin. */
  readonly kind: "bernoulli";
  /** ln(p / (1 - p)), [dim]. */
  readonly logits: Vector;
  /** The probabilities of a 1, [dim]. */
  readonly mean: Vector;
  /** p (1 - p), [dim]. */
  readonly variance: Vector;
  /** In nats. */
  entropy(): number;
}

/**
 * Makes independent Bernoulli variables.
 *
 * `ln p(x) = sum_i [x_i ln s(l_i) + (1 - x_i) ln s(-l_i)]`, `s(l) = 1 / (1 + exp(-l))`.
 *
 * Its negative is the cross entropy. For x strictly between 0 and 1 (grey pixels)
 * the value is that cross entropy and no logarithm of a density
 * (arXiv 1907.06845). Infinite logits are certain outcomes: 0 ln 0 counts as 0.
 * With no dimensions logProb and entropy are 0.
 *
 * @param options.logits `[dim]`; infinite allowed, NaN not.
 * @returns The distribution, over vectors in [0, 1]^dim.
 * @throws {RangeError} If a logit is NaN; from `logProb`, if an x leaves [0, 1].
 *
 * @example A fair coin and one of 3 to 1
 * ```ts
 * import { bernoulli } from "elbo/distributions";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const p = bernoulli({ logits: [0, Math.log(3)] });
 * assertAlmostEquals(p.logProb([1, 0]), Math.log(1 / 2) + Math.log(1 / 4));
 * ```
 */
export function bernoulli({ logits }: { logits: Vector }): Bernoulli {
  requireEach(logits, (l) => !Number.isNaN(l), {
    act: "make a Bernoulli distribution",
    name: "logits",
    must: "be numbers",
  });
  return new IndependentBernoulli(logits);
}

class IndependentBernoulli implements Bernoulli {
  readonly kind = "bernoulli";
  readonly dim: number;

  constructor(readonly logits: Vector) {
    this.dim = logits.length;
  }

  get mean(): Vector {
    return this.logits.map(sigmoid);
  }

  get variance(): Vector {
    return this.logits.map((l) => sigmoid(l) * sigmoid(-l));
  }

  logProb(x: Vector): number {
    const act = "evaluate a Bernoulli logProb";
    requireLength(x, this.dim, act);
    requireEach(x, (value) => value >= 0 && value <= 1, {
      act,
      name: "x",
      must: "lie in [0, 1]",
    });
    let sum = 0;
    for (let i = 0; i < this.dim; i++) {
      // Skipping a zero weight makes 0 ln 0 = 0.
      if (x[i] > 0) sum += x[i] * logSigmoid(this.logits[i]);
      if (x[i] < 1) sum += (1 - x[i]) * logSigmoid(-this.logits[i]);
    }
    return sum;
  }

  sample(random: Random): number[] {
    return this.logits.map((l) => random.uniform() < sigmoid(l) ? 1 : 0);
  }

  entropy(): number {
    return this.logits.reduce((sum, l) => {
      // Symmetric in l, and without 0 * Infinity where the outcome is certain.
      const rare = sigmoid(-Math.abs(l));
      const surprise = rare === 0 ? 0 : -rare * logSigmoid(-Math.abs(l));
      return sum + surprise - (1 - rare) * logSigmoid(Math.abs(l));
    }, 0);
  }
}
