import { EigenvalueDecomposition, Matrix as Dense } from "ml-matrix";
import type { Matrix } from "../math/mod.ts";

/** The principal axes of a cloud of points, and the points on them. */
export interface PrincipalComponents {
  /** The mean of the points, [dim]. */
  readonly mean: readonly number[];
  /** Orthonormal axes, [numComponents, dim], the one of most variance first. */
  readonly components: Matrix;
  /** The variance along each axis (divisor n - 1), [numComponents]. */
  readonly variances: readonly number[];
  /** The share of the total variance along each axis, [numComponents]. */
  readonly explained: readonly number[];
  /** The centred points on those axes, [numPoints, numComponents]. */
  readonly scores: Matrix;
}

/**
 * Finds the principal components of points, by the eigenvectors of their covariance.
 *
 * Each axis points the way its largest coordinate is positive, so that a picture does
 * not flip from run to run.
 *
 * @param points The points, `[numPoints, dim]`, two or more.
 * @param numComponents How many axes to keep, at most dim.
 * @returns Mean, axes, variances and the points on the axes.
 * @throws {RangeError} If there are fewer than two points or too many axes are wanted.
 *
 * @example Points on a diagonal
 * ```ts
 * import { pca } from "elbo/figures";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { components, explained } = pca([[0, 0], [1, 1], [2, 2]], 1);
 * assertAlmostEquals(components[0][0], Math.SQRT1_2);
 * assertAlmostEquals(explained[0], 1);
 * ```
 */
export function pca(points: Matrix, numComponents: number): PrincipalComponents {
  const dim = points[0]?.length ?? 0;
  if (points.length < 2) {
    throw new RangeError(
      `Cannot find principal components as points must number two or more: ${points.length}`,
    );
  }
  if (!Number.isInteger(numComponents) || numComponents < 1 || numComponents > dim) {
    throw new RangeError(
      `Cannot find principal components as numComponents must be within 1 and ${dim}: ${numComponents}`,
    );
  }
  const cloud = new Dense(points.map((point) => [...point]));
  const mean = cloud.mean("column");
  const centred = cloud.subRowVector(mean);
  const size = Math.max(centred.max(), -centred.min());
  const { values, axes } = decreasing(covarianceOf(centred, size));
  const total = values.reduce((sum, value) => sum + value, 0);
  const kept = new Dense(axes.slice(0, numComponents));
  const variances = values.slice(0, numComponents);
  return {
    mean,
    components: kept.to2DArray(),
    variances: variances.map((variance) => variance * size * size),
    explained: variances.map((variance) => total > 0 ? variance / total : 0),
    scores: centred.mmul(kept.transpose()).to2DArray(),
  };
}

/** Entries below this are nothing beside the largest, which is about 1. */
const NOTHING = 1e-30;

/**
 * The covariance of the points divided by their size.
 *
 * The eigenvalue solver gives NaN where squares of entries underflow, so the points are
 * brought to size 1 and what is nothing beside that becomes 0.
 */
function covarianceOf(centred: Dense, size: number): Dense {
  const scaled = Dense.div(centred, size || 1);
  const covariance = scaled.transpose().mmul(scaled).div(centred.rows - 1);
  return covariance.apply((row, column) => {
    if (Math.abs(covariance.get(row, column)) < NOTHING) covariance.set(row, column, 0);
  });
}

/** Eigenvalues from large to small, none negative, with their signed eigenvectors. */
function decreasing(covariance: Dense): { values: number[]; axes: number[][] } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    covariance,
    { assumeSymmetric: true },
  );
  const order = realEigenvalues.map((_, i) => i)
    .sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  return {
    values: order.map((i) => Math.max(0, realEigenvalues[i])),
    axes: order.map((i) => largestPositive(eigenvectorMatrix.getColumn(i))),
  };
}

function largestPositive(axis: number[]): number[] {
  const largest = axis.reduce((a, b) => Math.abs(b) > Math.abs(a) ? b : a);
  return largest < 0 ? axis.map((value) => -value) : axis;
}
