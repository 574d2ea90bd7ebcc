import { logSumExp, type Random, type Vector } from "../math/mod.ts";
import { requireEach } from "./checks.ts";
import type { Distribution } from "./distribution.ts";

/** One of finitely many outcomes, known by its index. */
export interface Categorical extends Distribution<number> {
  /** Tells a categorical from its kin. */
  readonly kind: "categorical";
  /** Normalised: ln probs, [outcomes]. */
  readonly logits: Vector;
  /** The probability of each index; they sum to 1, [outcomes]. */
  readonly probs: Vector;
  /** In nats. */
  entropy(): number;
}

/**
 * Makes a distribution over the indices 0, 1, ..., logits.length - 1.
 *
 * `ln p(k) = l_k - ln sum_j exp(l_j)`
 *
 * @param options.logits Unnormalised log probabilities, at least one; -Infinity is an
 * outcome that never comes.
 * @returns The distribution; its `logits` are normalised.
 * @throws {RangeError} If there is no outcome, none is possible, or a logit is NaN or
 * Infinity; from `logProb`, if x is no index.
 *
 * @example Odds of 3 to 1
 * ```ts
 * import { categorical } from "elbo/distributions";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const p = categorical({ logits: [0, Math.log(3)] });
 * assertAlmostEquals(p.probs[1], 3 / 4);
 * assertAlmostEquals(p.logProb(0), Math.log(1 / 4));
 * ```
 */
export function categorical({ logits }: { logits: Vector }): Categorical {
  const act = "make a categorical distribution";
  requireEach(logits, (l) => l < Infinity, {
    act,
    name: "logits",
    must: "be finite or -Infinity",
  });
  const logNormalizer = logSumExp(logits);
  if (logNormalizer === -Infinity) {
    throw new RangeError(
      `Cannot ${act} as some outcome must be possible: logits are [${logits}]`,
    );
  }
  return new IndexCategorical(logits.map((l) => l - logNormalizer));
}

class IndexCategorical implements Categorical {
  readonly kind = "categorical";
  readonly dim = 1;
  readonly probs: Vector;

  constructor(readonly logits: Vector) {
    this.probs = logits.map(Math.exp);
  }

  logProb(x: number): number {
    const value = this.logits[x];
    if (value === undefined) {
      throw new RangeError(
        `Cannot evaluate a categorical logProb as x must be an index below ${this.logits.length}: ${x}`,
      );
    }
    return value;
  }

  sample(random: Random): number {
    let remaining = random.uniform();
    for (const [index, prob] of this.probs.entries()) {
      remaining -= prob;
      if (remaining < 0) return index;
    }
    // Rounding may leave a crumb: it belongs to the last possible outcome.
    return this.probs.findLastIndex((prob) => prob > 0);
  }

  entropy(): number {
    // Subtracted one by one: minus a sum of 0 would be -0.
    return this.probs.reduce(
      (rest, prob, k) => prob === 0 ? rest : rest - prob * this.logits[k],
      0,
    );
  }
}
