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
export {
  createRandom,
  fillNormals,
  fillUniforms,
  normalAt,
  normals,
  permutation,
  type Random,
  type RandomAddress,
  type RandomBlock,
  STREAMS,
  uniformAt,
  uniforms,
} from "./random.ts";
export {
  expectNormal,
  gaussHermite,
  integratePlane,
  logIntegratePlane,
  type PlaneGrid,
  type QuadratureRule,
} from "./quadrature.ts";
export { integrate, type IntegrateOptions } from "./gauss_kronrod.ts";
export {
  cholesky,
  dot,
  identity,
  inverse,
  logDet,
  matMul,
  matVec,
  solve,
  symmetricEigen,
  transpose,
} from "./linear_algebra.ts";
export {
  effectiveSampleSize,
  type Estimate,
  pairedDifference,
  summarize,
  zScore,
} from "./monte_carlo.ts";
