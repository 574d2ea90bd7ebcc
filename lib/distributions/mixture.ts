import { logSumExp, type Matrix, type Random, type Vector } from "../math/mod.ts";
import { categorical } from "./categorical.ts";
import type { Distribution } from "./distribution.ts";
import type { MultivariateNormal } from "./multivariate_normal.ts";
import type { Normal } from "./normal.ts";

/** A mixture of normal distributions. */
export interface Mixture extends Distribution<Vector> {
  /** Tells a mixture from its kin. */
  readonly kind: "mixture";
  /** Normalised log weights, [components]. */
  readonly logits: Vector;
  /** What is mixed, in the order of the weights. */
  readonly components: readonly (Normal | MultivariateNormal)[];
  /** sum_k w_k mean_k, [dim]. */
  readonly mean: Vector;
  /** The diagonal of the covariance, [dim]. */
  readonly variance: Vector;
  /** Within the components plus between their means, [dim, dim]. */
  readonly covariance: Matrix;
}

/**
 * Mixes normal distributions, diagonal or full.
 *
 * `ln p(x) = ln sum_k w_k N(x; mean_k, covariance_k)`, `w = softmax(logits)`.
 *
 * Its entropy and its KL to anything have no closed form.
 *
 * @param options.logits Unnormalised log weights, `[components]`; -Infinity leaves a
 * component out.
 * @param options.components At least one, all of one dimension.
 * @returns The distribution.
 * @throws {RangeError} If there is no component, lengths or dimensions differ, or a
 * logit is NaN or Infinity.
 *
 * @example Two bumps
 * ```ts
 * import { mixture, normal } from "elbo/distributions";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const p = mixture({
 *   logits: [0, 0],
 *   components: [-1, 1].map((m) => normal({ mean: [m], scale: [1] })),
 * });
 * assertAlmostEquals(p.mean[0], 0);
 * assertAlmostEquals(p.variance[0], 2); // within 1, between 1
 * ```
 */
export function mixture(
  { logits, components }: {
    logits: Vector;
    components: readonly (Normal | MultivariateNormal)[];
  },
): Mixture {
  if (components.length === 0 || logits.length !== components.length) {
    throw new RangeError(
      `Cannot make a mixture as each component must have a logit, and there must be one at least: ` +
        `${components.length} components, ${logits.length} logits`,
    );
  }
  const { dim } = components[0];
  const other = components.find((component) => component.dim !== dim);
  if (other) {
    throw new RangeError(
      `Cannot make a mixture as its components must have one dimension: ${dim} and ${other.dim}`,
    );
  }
  return new NormalMixture(logits, components);
}

class NormalMixture implements Mixture {
  readonly kind = "mixture";
  readonly dim: number;
  readonly logits: Vector;
  readonly mean: Vector;
  readonly #weights;

  constructor(
    logits: Vector,
    readonly components: readonly (Normal | MultivariateNormal)[],
  ) {
    this.dim = components[0].dim;
    this.#weights = categorical({ logits });
    this.logits = this.#weights.logits;
    this.mean = this.#average(this.dim, (k, i) => components[k].mean[i]);
  }

  get variance(): Vector {
    return this.covariance.map((row, i) => row[i]);
  }

  get covariance(): Matrix {
    const { components, mean, dim } = this;
    // Within plus between, both about the mean: no difference of large squares.
    return mean.map((_, i) =>
      this.#average(dim, (k, j) => {
        const between = (components[k].mean[i] - mean[i]) *
          (components[k].mean[j] - mean[j]);
        return covarianceOf(components[k], i, j) + between;
      })
    );
  }

  logProb(x: Vector): number {
    return logSumExp(
      this.components.map((component, k) => this.logits[k] + component.logProb(x)),
    );
  }

  sample(random: Random): Vector {
    return this.components[this.#weights.sample(random)].sample(random);
  }

  #average(
    length: number,
    term: (component: number, index: number) => number,
  ): number[] {
    return Array.from(
      { length },
      (_, i) => this.#weights.probs.reduce((sum, w, k) => sum + w * term(k, i), 0),
    );
  }
}

function covarianceOf(
  component: Normal | MultivariateNormal,
  row: number,
  column: number,
): number {
  if (component.kind === "multivariateNormal") return component.covariance[row][column];
  return row === column ? component.variance[row] : 0;
}
