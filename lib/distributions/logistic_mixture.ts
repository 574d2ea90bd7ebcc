import {
  log1mExp,
  logit,
  logSigmoid,
  type Matrix,
  type Random,
  sigmoid,
  type Vector,
} from "../math/mod.ts";
import { requireEach } from "./checks.ts";
import {
  averageComponents,
  checkComponents,
  ComponentMixture,
  type ComponentParameters,
  drawComponent,
} from "./components.ts";
import type { Distribution } from "./distribution.ts";

/** The highest byte: x = byte / TOP. */
const TOP = 255;
/** How far x may be from byte / 255: float32 pixels are off by 6e-8. */
const OFF_GRID = 1e-5;

/** A mixture of logistics in each dimension, cut into 256 levels. */
export interface LogisticMixture extends Distribution<Vector> {
  /** Tells it from its kin: a mass on levels, not a density. */
  readonly kind: "logisticMixture";
  /** Normalised log weights, [components][dim]. */
  readonly logWeights: Matrix;
  /** ln w_k P_k(x), [components][dim]. */
  logJoint(x: Vector): number[][];
  /** The expectation over the levels, in [0, 1], [dim]. */
  readonly mean: Vector;
  /** Over the levels, [dim]. */
  readonly variance: Vector;
}

/**
 * Makes independent discretised mixtures of logistics on the 256 levels of a byte.
 *
 * `P(x_i = b / 255) = sum_k w_ki [s((c + 1/510 - mean_ki) / scale_ki) -
 * s((c - 1/510 - mean_ki) / scale_ki)]`, `c = b / 255`, s the logistic function, where
 * the lowest bin reaches down to -Infinity and the highest up to Infinity.
 *
 * A mass in nats: logProb is never above 0. After Salimans et al. 2017 (PixelCNN++,
 * arXiv 1701.05517), on [0, 1] in place of [-1, 1]. With a = (upper edge - mean) / scale
 * and b likewise, `ln(s(a) - s(b)) = ln s(a) + ln s(-b) + ln(1 - exp(b - a))` is exact in
 * every tail and needs no approximation for narrow bins.
 *
 * @param options.logits Unnormalised log weights, finite, `[components][dim]`.
 * @param options.mean Of the logistics, before they are cut: `[components][dim]`.
 * @param options.scale Of the logistics, finite and positive, `[components][dim]`.
 * @returns The distribution, over vectors of bytes / 255.
 * @throws {RangeError} If sizes differ, there is no component, or a parameter is out of
 * range; from `logProb`, if an x is no byte / 255.
 *
 * @example The 256 masses of a pixel add up to 1
 * ```ts
 * import { logisticMixture } from "elbo/distributions";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const p = logisticMixture({
 *   logits: [[0], [1]],
 *   mean: [[0], [0.7]],
 *   scale: [[0.01], [0.1]],
 * });
 * let total = 0;
 * for (let byte = 0; byte < 256; byte++) total += Math.exp(p.logProb([byte / 255]));
 * assertAlmostEquals(total, 1, 1e-12);
 * ```
 */
export function logisticMixture(options: ComponentParameters): LogisticMixture {
  checkComponents(options, "make a discretised mixture of logistics");
  return new IndependentLogistics(options);
}

class IndependentLogistics extends ComponentMixture implements LogisticMixture {
  readonly kind = "logisticMixture";

  get mean(): Vector {
    // E[level] = sum_j P(level >= j).
    return averageComponents(this.logWeights, (k, i) => {
      let sum = 0;
      for (let level = 1; level <= TOP; level++) {
        sum += sigmoid((this.means[k][i] - lowerEdge(level)) / this.scales[k][i]);
      }
      return sum / TOP;
    });
  }

  get variance(): Vector {
    const mean = this.mean;
    return averageComponents(this.logWeights, (k, i) => {
      let sum = 0;
      for (let level = 0; level <= TOP; level++) {
        const x = level / TOP;
        sum += Math.exp(this.logComponent(x, k, i)) * (x - mean[i]) ** 2;
      }
      return sum;
    });
  }

  override logJoint(x: Vector): number[][] {
    requireEach(x, isLevel, {
      act: "evaluate a discretised mixture",
      name: "x",
      must: "be bytes / 255",
    });
    return super.logJoint(x);
  }

  sample(random: Random): number[] {
    return Array.from({ length: this.dim }, (_, i) => {
      const k = drawComponent(this.logWeights, i, random);
      const logistic = logit(random.uniform());
      const level = Math.round(TOP * (this.means[k][i] + this.scales[k][i] * logistic));
      return Math.min(Math.max(level, 0), TOP) / TOP;
    });
  }

  protected logComponent(x: number, k: number, i: number): number {
    const level = Math.round(x * TOP);
    const mean = this.means[k][i], scale = this.scales[k][i];
    // The lowest bin has no lower edge, the highest no upper one.
    const below = logSigmoid((lowerEdge(level + 1) - mean) / scale);
    if (level === 0) return below;
    const above = logSigmoid((mean - lowerEdge(level)) / scale);
    if (level === TOP) return above;
    return below + above + log1mExp(-1 / (TOP * scale));
  }
}

function lowerEdge(level: number): number {
  return (level - 0.5) / TOP;
}

function isLevel(x: number): boolean {
  return x > -OFF_GRID && x < 1 + OFF_GRID &&
    Math.abs(x - Math.round(x * TOP) / TOP) <= OFF_GRID;
}
