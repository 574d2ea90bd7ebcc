import { createRandom, type Matrix, STREAMS } from "elbo/math";
import { VARIANCE_FLOOR, type Weights } from "elbo/networks";
import type { LinearVaeOptimum } from "elbo/exact";

/** Orthonormal rows [size, size]: Gram-Schmidt on normal draws. */
export function randomBasis(size: number, seed: number): number[][] {
  const random = createRandom({ seed, stream: STREAMS.test });
  const basis: number[][] = [];
  while (basis.length < size) {
    let row = Array.from({ length: size }, () => random.normal());
    for (const other of basis) {
      const along = row.reduce((sum, v, i) => sum + v * other[i], 0);
      row = row.map((v, i) => v - along * other[i]);
    }
    const length = Math.hypot(...row);
    basis.push(row.map((v) => v / length));
  }
  return basis;
}

/**
 * Points +-sqrt(size variance_i) along each row of a basis: 2 size of them, with mean
 * 0 and exactly these variances along the rows.
 */
export function crossPoints(basis: Matrix, variances: readonly number[]): number[][] {
  return basis.flatMap((row, i) => {
    const reach = Math.sqrt(basis.length * variances[i]);
    return [1, -1].map((sign) => row.map((v) => sign * reach * v));
  });
}

/**
 * Every x with every eps of a cross whose mean is 0 and whose covariance is I: what is
 * quadratic in eps, as the ELBO of a linear decoder is, has its exact mean over them.
 */
export function exactBatch(
  points: Matrix,
  latentDim: number,
): { images: Matrix; eps: Matrix } {
  const axes = Array.from(
    { length: latentDim },
    (_, i) => Array.from({ length: latentDim }, (_, j) => i === j ? 1 : 0),
  );
  const noise = crossPoints(axes, axes.map(() => 1));
  return {
    images: points.flatMap((x) => noise.map(() => x)),
    eps: points.flatMap(() => noise),
  };
}

/** The weights of an optimum whose data have `basis` for their eigenvectors. */
export function optimalWeights(
  { dimensions, variance }: LinearVaeOptimum,
  { basis, shared }: { basis: Matrix; shared: boolean },
): Weights {
  const dataDim = basis.length, latentDim = dimensions.length;
  const tensor = (shape: number[], values: number[]) => ({
    shape,
    values: Float64Array.from(values),
  });
  const directions = dimensions.map((_, i) => basis[i] ?? basis[0].map(() => 0));
  const weights = new Map([
    [
      "encoder.mean.weight",
      tensor(
        [dataDim, latentDim],
        basis.flatMap((_, row) =>
          dimensions.map(({ encoderGain }, i) => encoderGain * directions[i][row])
        ),
      ),
    ],
    ["encoder.mean.bias", tensor([latentDim], dimensions.map(() => 0))],
    [
      "encoder.logVar.weight",
      tensor([dataDim, latentDim], Array(dataDim * latentDim).fill(0)),
    ],
    [
      "encoder.logVar.bias",
      tensor(
        [latentDim],
        dimensions.map(({ posteriorVariance }) => Math.log(posteriorVariance)),
      ),
    ],
    [
      "decoder.output.weight",
      tensor(
        [latentDim, dataDim],
        dimensions.flatMap(({ decoderGain }, i) =>
          directions[i].map((v) => decoderGain * v)
        ),
      ),
    ],
    ["decoder.output.bias", tensor([dataDim], Array(dataDim).fill(0))],
  ]);
  if (shared) {
    weights.set("decoder.logVar", tensor([1], [Math.log(variance - VARIANCE_FLOOR)]));
  }
  return weights;
}
