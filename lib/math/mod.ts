/**
 * Float64 mathematics on plain arrays: special functions, quadrature, small linear
 * algebra, addressed random numbers and Monte Carlo statistics.
 *
 * @module
 */
export type { Matrix, Vector } from "./types.ts";
export { logMeanExp, logSumExp } from "./log_sum_exp.ts";
export { log1mExp, logit, logSigmoid, sigmoid, softplus } from "./logistic.ts";
export { philox4x32 } from "./philox.ts";
export { type RandomAddress, type RandomBlock, STREAMS } from "./random_address.ts";
export {
  fillNormals,
  fillUniforms,
  normalAt,
  normals,
  uniformAt,
  uniforms,
} from "./random.ts";
export { createRandom, type Random } from "./random_reader.ts";
export { permutation } from "./permutation.ts";
export { expectNormal, gaussHermite, type QuadratureRule } from "./gauss_hermite.ts";
export { integrate, type IntegrateOptions } from "./gauss_kronrod.ts";
export { integratePlane, logIntegratePlane, type PlaneGrid } from "./plane.ts";
export { dot, identity, matMul, matVec, transpose } from "./matrix.ts";
export { cholesky, inverse, logDet, solve, symmetricEigen } from "./linear_algebra.ts";
export {
  effectiveSampleSize,
  type Estimate,
  pairedDifference,
  summarize,
  zScore,
} from "./monte_carlo.ts";
export { logLogSlope, signalToNoise } from "./signal_to_noise.ts";
