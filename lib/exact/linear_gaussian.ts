import {
  type DifferentiableLogDensity,
  type ExactModel,
  type MultivariateNormal,
  multivariateNormal,
  type Normal,
  normal,
  standardNormal,
} from "../distributions/mod.ts";
import {
  dot,
  inverse,
  matMul,
  type Matrix,
  matVec,
  transpose,
  type Vector,
} from "../math/mod.ts";

/** A linear-Gaussian model: all of it in closed form. */
export interface LinearGaussian extends ExactModel<Vector, Vector> {
  /** [dataDim, latentDim]. */
  readonly weight: Matrix;
  /** The mean of x, `[dataDim]`. */
  readonly bias: Vector;
  /** Standard deviations of the noise, [dataDim]. */
  readonly scale: Vector;
  /** N(0, I). */
  readonly prior: Normal;
  /** p(x). */
  readonly marginal: MultivariateNormal;
  /** p(x|z). */
  likelihood(z: Vector): Normal;
  /** p(z|x). */
  exactPosterior(x: Vector): MultivariateNormal;
  /** ln p(x, z) as a function of z, with its gradient `-z + W^T S^-1 (x - mean)`. */
  logJoint(x: Vector): DifferentiableLogDensity;
  /** The diagonal normal q that makes KL(q || p(z|x)) least. */
  optimalDiagonal(x: Vector): Normal;
}

/**
 * Makes the model z ~ N(0, I), x given z ~ N(W z + bias, diag(scale^2)).
 *
 * `p(x) = N(bias, W W^T + S)`, `S = diag(scale^2)`;
 * `p(z|x) = N(m, C)`, `C = (I + W^T S^-1 W)^-1`, `m = C W^T S^-1 (x - bias)`
 * (Bishop 2006, equations 2.115 and 2.116). The best diagonal q has mean m and the
 * diagonal of the precision C^-1, not of the covariance C: its variances are the
 * smaller ones (Bishop 2006, section 10.1.2).
 *
 * @param options.weight W, `[dataDim, latentDim]`.
 * @param options.bias `[dataDim]`.
 * @param options.scale Standard deviations of the noise, positive: `[dataDim]`, or one
 * number for all.
 * @returns The model, its marginal and its posteriors.
 * @throws {RangeError} If shapes do not fit or a scale is not positive.
 *
 * @example A line in noise
 * ```ts
 * import { linearGaussian } from "elbo/exact";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // x = 2 z + 1 + noise: x has variance 4 + 1.
 * const model = linearGaussian({ weight: [[2]], bias: [1], scale: 1 });
 * assertAlmostEquals(model.logMarginal([1]), -Math.log(2 * Math.PI * 5) / 2);
 * assertAlmostEquals(model.exactPosterior([6]).mean[0], 2);
 * ```
 */
export function linearGaussian(
  { weight, bias, scale }: { weight: Matrix; bias: Vector; scale: Vector | number },
): LinearGaussian {
  const dataDim = bias.length, latentDim = weight[0]?.length ?? 0;
  const scales = typeof scale === "number" ? bias.map(() => scale) : scale;
  checkShapes(weight, bias, scales);
  const likelihood = (z: Vector) =>
    normal({ mean: matVec(weight, z).map((v, i) => v + bias[i]), scale: scales });
  likelihood(weight[0].map(() => 0)); // refuses what is no scale or no number
  const noise = normal({ mean: bias.map(() => 0), scale: scales });
  // W^T S^-1: from the space of x to that of z.
  const toLatent = transpose(weight).map((row) =>
    row.map((w, i) => w / scales[i] ** 2)
  );
  const precision = plusDiagonal(matMul(toLatent, weight), weight[0].map(() => 1));
  const covariance = symmetrized(inverse(precision));
  const marginal = multivariateNormal({
    mean: bias,
    covariance: plusDiagonal(
      matMul(weight, transpose(weight)),
      scales.map((s) => s * s),
    ),
  });
  const posteriorMean = (x: Vector) => {
    if (x.length !== dataDim) {
      throw new RangeError(
        `Cannot find p(z|x) as the length of x must be ${dataDim}: ${x.length}`,
      );
    }
    return matVec(covariance, matVec(toLatent, x.map((value, i) => value - bias[i])));
  };
  const prior = standardNormal(latentDim);
  const logJoint = (x: Vector): DifferentiableLogDensity => {
    noise.logProb(x); // refuses an x of another length
    return (points) => {
      const values = new Float64Array(points.length / latentDim);
      const gradients = new Float64Array(points.length);
      for (let row = 0, at = 0; row < values.length; row++, at += latentDim) {
        const z = prior.mean.map((_, j) => points[at + j]);
        const rest = x.map((value, i) => value - (dot(weight[i], z) + bias[i]));
        values[row] = prior.logProb(z) + noise.logProb(rest);
        for (let j = 0; j < latentDim; j++) {
          gradients[at + j] = dot(toLatent[j], rest) - z[j];
        }
      }
      return { values, gradients };
    };
  };
  const optimalScale = precision.map((row, i) => 1 / Math.sqrt(row[i]));

  return {
    weight,
    bias,
    scale: scales,
    latentDim,
    dataDim,
    prior,
    marginal,
    likelihood,
    logJoint,
    logMarginal: (x) => marginal.logProb(x),
    exactPosterior: (x) => multivariateNormal({ mean: posteriorMean(x), covariance }),
    optimalDiagonal: (x) => normal({ mean: posteriorMean(x), scale: optimalScale }),
  };
}

function plusDiagonal(matrix: Matrix, diagonal: Vector): number[][] {
  return matrix.map((row, i) => row.map((v, j) => i === j ? v + diagonal[i] : v));
}

/** A matrix that is symmetric but for rounding, made so. */
function symmetrized(matrix: Matrix): number[][] {
  return matrix.map((row, i) => row.map((value, j) => (value + matrix[j][i]) / 2));
}

function checkShapes(weight: Matrix, bias: Vector, scale: Vector): void {
  const latentDim = weight[0]?.length ?? 0;
  const fits = latentDim > 0 && weight.length === bias.length &&
    scale.length === bias.length && weight.every((row) => row.length === latentDim);
  if (!fits) {
    throw new RangeError(
      `Cannot make a linear-Gaussian model as weight must be [dataDim, latentDim] and ` +
        `bias and scale [dataDim]: they have ` +
        `[${weight.length}, ${weight.map((row) => row.length).join("/")}], ` +
        `[${bias.length}] and [${scale.length}]`,
    );
  }
}
