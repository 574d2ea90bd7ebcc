import type { Matrix, Random, Vector } from "../math/mod.ts";
import {
  averageComponents,
  checkComponents,
  ComponentMixture,
  type ComponentParameters,
  drawComponent,
} from "./components.ts";
import type { Distribution } from "./distribution.ts";

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** A mixture of normals in each dimension, the dimensions independent. */
export interface PixelMixture extends Distribution<Vector> {
  /** Tells it from a `mixture`, which draws one component for all dimensions. */
  readonly kind: "pixelMixture";
  /** Normalised log weights, [components][dim]. */
  readonly logWeights: Matrix;
  /** ln w_k N(x; mean_k, scale_k^2), [components][dim]. */
  logJoint(x: Vector): number[][];
  /** sum_k w_k mean_k, [dim]. */
  readonly mean: Vector;
  /** Within the components plus between their means, [dim]. */
  readonly variance: Vector;
}

/**
 * Makes independent mixtures of normals, one in each dimension.
 *
 * `ln p(x) = sum_i ln sum_k w_ki N(x_i; mean_ki, scale_ki^2)`, `w = softmax_k(logits)`.
 *
 * Each dimension draws its own component. In a `mixture` one draw holds for the whole
 * vector: that is what the marginal p(x) of a Gaussian decoder is a limit of, and not
 * this.
 *
 * @param options.logits Unnormalised log weights, finite, `[components][dim]`.
 * @param options.mean Finite, `[components][dim]`.
 * @param options.scale Standard deviations, finite and positive, `[components][dim]`.
 * @returns The distribution.
 * @throws {RangeError} If sizes differ, there is no component, or a parameter is out of
 * range.
 *
 * @example Two peaks a pixel
 * ```ts
 * import { pixelMixture } from "elbo/distributions";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const p = pixelMixture({
 *   logits: [[0, 0], [0, Math.log(3)]],
 *   mean: [[0, 0], [1, 1]],
 *   scale: [[0.1, 0.1], [0.1, 0.1]],
 * });
 * assertAlmostEquals(p.mean[0], 1 / 2);
 * assertAlmostEquals(p.mean[1], 3 / 4);
 * assertAlmostEquals(p.variance[0], 0.01 + 1 / 4); // within, between
 * ```
 */
export function pixelMixture(options: ComponentParameters): PixelMixture {
  checkComponents(options, "make a mixture of normals in each dimension");
  return new IndependentMixtures(options);
}

class IndependentMixtures extends ComponentMixture implements PixelMixture {
  readonly kind = "pixelMixture";

  get mean(): Vector {
    return averageComponents(this.logWeights, (k, i) => this.means[k][i]);
  }

  get variance(): Vector {
    const mean = this.mean;
    // Within plus between, both about the mean: no difference of large squares.
    return averageComponents(
      this.logWeights,
      (k, i) => this.scales[k][i] ** 2 + (this.means[k][i] - mean[i]) ** 2,
    );
  }

  sample(random: Random): number[] {
    return Array.from({ length: this.dim }, (_, i) => {
      const k = drawComponent(this.logWeights, i, random);
      return this.means[k][i] + this.scales[k][i] * random.normal();
    });
  }

  protected logComponent(x: number, k: number, i: number): number {
    const scale = this.scales[k][i];
    const standardized = (x - this.means[k][i]) / scale;
    return -(standardized * standardized + LOG_TWO_PI) / 2 - Math.log(scale);
  }
}
