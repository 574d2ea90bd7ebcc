import {
  type Categorical,
  categorical,
  type Distribution,
  type ExactModel,
} from "../distributions/mod.ts";
import { logSumExp } from "../math/mod.ts";

/** A model whose latent takes finitely many values: every integral is a sum. */
export interface DiscreteLatent<X> extends ExactModel<number, X> {
  /** p(z). */
  readonly prior: Categorical;
  /** p(x|z) for each z. */
  readonly components: readonly Distribution<X>[];
  /** p(z|x). */
  exactPosterior(x: X): Categorical;
}

/**
 * Makes a model with a discrete latent, solved by enumeration.
 *
 * `p(x) = sum_k p(k) p(x|k)`, `p(k|x) = p(k) p(x|k) / p(x)`.
 *
 * @param options.prior p(z), over the indices of the components.
 * @param options.components p(x|z), one for each z, of one dimension.
 * @returns The model; the posterior of an x that no component can give is refused.
 * @throws {RangeError} If there is not one component for each outcome of the prior, or
 * their dimensions differ.
 *
 * @example Which coin was it?
 * ```ts
 * import { bernoulli, categorical } from "elbo/distributions";
 * import { discreteLatent } from "elbo/exact";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // A fair coin and one with heads at 3 to 1, chosen blindly.
 * const model = discreteLatent({
 *   prior: categorical({ logits: [0, 0] }),
 *   components: [bernoulli({ logits: [0] }), bernoulli({ logits: [Math.log(3)] })],
 * });
 * assertAlmostEquals(model.logMarginal([1]), Math.log(5 / 8));
 * assertAlmostEquals(model.exactPosterior([1]).probs[1], 3 / 5);
 * ```
 */
export function discreteLatent<X>(
  { prior, components }: { prior: Categorical; components: readonly Distribution<X>[] },
): DiscreteLatent<X> {
  if (components.length !== prior.probs.length) {
    throw new RangeError(
      `Cannot make a discrete latent as each of ${prior.probs.length} outcomes must have ` +
        `a component: there are ${components.length}`,
    );
  }
  const dataDim = components[0].dim;
  const other = components.find((component) => component.dim !== dataDim);
  if (other) {
    throw new RangeError(
      `Cannot make a discrete latent as its components must have one dimension: ` +
        `${dataDim} and ${other.dim}`,
    );
  }
  const logJoints = (x: X) =>
    components.map((component, k) => prior.logits[k] + component.logProb(x));
  return {
    latentDim: 1,
    dataDim,
    prior,
    components,
    likelihood: (z) => componentAt(components, z),
    logMarginal: (x) => logSumExp(logJoints(x)),
    exactPosterior: (x) => categorical({ logits: logJoints(x) }),
  };
}

function componentAt<X>(
  components: readonly Distribution<X>[],
  z: number,
): Distribution<X> {
  const component = components[z];
  if (!component) {
    throw new RangeError(
      `Cannot evaluate p(x|z) as z must be an index below ${components.length}: ${z}`,
    );
  }
  return component;
}
