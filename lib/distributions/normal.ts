import type { Random, Vector } from "../math/mod.ts";
import { requireEach, requireLength } from "./checks.ts";
import type { Distribution } from "./distribution.ts";

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** A normal distribution with a diagonal covariance. */
export interface Normal extends Distribution<Vector> {
  /** Tells a diagonal covariance from a full one. */
  readonly kind: "normal";
  /** The mean, which is the mode too, [dim]. */
  readonly mean: Vector;
  /** Standard deviations, [dim]. */
  readonly scale: Vector;
  /** scale^2, [dim]. */
  readonly variance: Vector;
  /** The differential entropy, in nats; it may be negative. */
  entropy(): number;
}

/**
 * Makes a normal distribution with independent dimensions.
 *
 * `ln p(x) = -sum_i [(x_i - mean_i)^2 / (2 scale_i^2) + ln scale_i + ln(2 pi) / 2]`
 *
 * The normaliser counts once for every dimension. An infinite x has logProb
 * -Infinity; NaN gives NaN. With no dimensions logProb and entropy are 0.
 *
 * @param options.mean Finite, `[dim]`.
 * @param options.scale Standard deviations (neither variances nor their logarithms),
 * finite and positive, `[dim]`. Zero is refused: a point mass has no density.
 * @returns The distribution.
 * @throws {RangeError} If the lengths differ or a parameter is out of range.
 *
 * @example Two dimensions at the mean
 * ```ts
 * import { normal } from "elbo/distributions";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const p = normal({ mean: [0, 0], scale: [1, 2] });
 * assertAlmostEquals(p.logProb([0, 0]), -Math.log(2 * Math.PI) - Math.log(2));
 * ```
 */
export function normal({ mean, scale }: { mean: Vector; scale: Vector }): Normal {
  const act = "make a normal distribution";
  if (scale.length !== mean.length) {
    throw new RangeError(
      `Cannot ${act} as mean and scale must have one length: ${mean.length} and ${scale.length}`,
    );
  }
  requireEach(mean, Number.isFinite, { act, name: "mean", must: "be finite" });
  requireEach(scale, (s) => s > 0 && s < Infinity, {
    act,
    name: "scale",
    must: "be finite and positive",
  });
  return new DiagonalNormal(mean, scale);
}

/**
 * Makes the standard normal distribution N(0, I), the usual prior.
 *
 * @param dim The number of dimensions.
 * @returns The distribution.
 * @throws {RangeError} If dim is not an integer of at least 0.
 *
 * @example The usual prior
 * ```ts
 * import { standardNormal } from "elbo/distributions";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(standardNormal(2).logProb([0, 0]), -Math.log(2 * Math.PI));
 * ```
 */
export function standardNormal(dim: number): Normal {
  if (!Number.isSafeInteger(dim) || dim < 0) {
    throw new RangeError(
      `Cannot make a standard normal as dim must be an integer of at least 0: ${dim}`,
    );
  }
  return normal({ mean: Array(dim).fill(0), scale: Array(dim).fill(1) });
}

class DiagonalNormal implements Normal {
  readonly kind = "normal";
  readonly dim: number;
  readonly #logNormalizer: number;

  constructor(readonly mean: Vector, readonly scale: Vector) {
    this.dim = mean.length;
    this.#logNormalizer = scale.reduce((sum, s) => sum + Math.log(s), 0) +
      this.dim * LOG_TWO_PI / 2;
  }

  get variance(): Vector {
    return this.scale.map((s) => s * s);
  }

  logProb(x: Vector): number {
    requireLength(x, this.dim, "evaluate a normal logProb");
    let sumOfSquares = 0;
    for (let i = 0; i < this.dim; i++) {
      // Dividing before squaring: scale^2 underflows long before scale does.
      const standardized = (x[i] - this.mean[i]) / this.scale[i];
      sumOfSquares += standardized * standardized;
    }
    return -0.5 * sumOfSquares - this.#logNormalizer;
  }

  sample(random: Random): number[] {
    return this.mean.map((m, i) => m + this.scale[i] * random.normal());
  }

  entropy(): number {
    return this.#logNormalizer + this.dim / 2;
  }
}
