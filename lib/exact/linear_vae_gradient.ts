import type { Matrix } from "../math/mod.ts";
import { type NetworkSpec, VARIANCE_FLOOR } from "../networks/mod.ts";

/** The exact objective of a linear VAE over its data, with its gradient. */
export interface LinearVaeGradient {
  /** -(E_q ln p(x|z) - beta KL), the mean over the data, in nats. */
  readonly objective: number;
  /** By name, in the layout of the weights. */
  readonly gradient: ReadonlyMap<string, Float64Array>;
  /** Of q(z|x), a row for each x. */
  readonly means: readonly Float64Array[];
  /** Of q(z|x), a row for each x. */
  readonly logVars: readonly Float64Array[];
}

/**
 * Computes the exact objective of a linear VAE, with the mean over eps in closed form.
 *
 * With z = mean + exp(logVar / 2) eps and a decoder W of rows w_j,
 *
 * `E |x - z W - b|^2 = |x - mean W - b|^2 + sum_j exp(logVar_j) |w_j|^2`
 *
 * @param spec A vae without hidden layers, of a Gaussian decoder with one variance.
 * @param weights By name, in the layout of `weightShapes`.
 * @param points The data, `[count, dataDim]`.
 * @returns The objective, its gradient, and the parameters of q.
 */
export function linearVaeGradient(
  { dataDim, latentDim, beta, likelihood }: NetworkSpec,
  weights: ReadonlyMap<string, Float64Array>,
  points: Matrix,
): LinearVaeGradient {
  const of = (name: string) => weights.get(name)!;
  const gradient = new Map(
    [...weights].map(([name, values]) => [name, new Float64Array(values.length)]),
  );
  const decoder = of("decoder.output.weight"), bias = of("decoder.output.bias");
  const dDecoder = gradient.get("decoder.output.weight")!;
  const dBias = gradient.get("decoder.output.bias")!;
  const logVariance = weights.get("decoder.logVar")?.[0];
  const s2 = logVariance === undefined
    ? varianceOf(likelihood)
    : VARIANCE_FLOOR + Math.exp(logVariance);
  const share = 1 / points.length;
  const means: Float64Array[] = [], logVars: Float64Array[] = [];
  let squaredError = 0, kl = 0;
  for (const x of points) {
    const mean = affine(x, of("encoder.mean.weight"), of("encoder.mean.bias"));
    const logVar = affine(x, of("encoder.logVar.weight"), of("encoder.logVar.bias"));
    means.push(mean);
    logVars.push(logVar);
    const error = affine(mean, decoder, bias);
    for (let k = 0; k < dataDim; k++) {
      error[k] -= x[k];
      squaredError += share * error[k] ** 2;
      dBias[k] += share * error[k] / s2;
    }
    const dMean = new Float64Array(latentDim), dLogVar = new Float64Array(latentDim);
    for (let j = 0; j < latentDim; j++) {
      const variance = Math.exp(logVar[j]);
      let along = 0, length = 0;
      for (let k = 0, at = j * dataDim; k < dataDim; k++, at++) {
        along += error[k] * decoder[at];
        length += decoder[at] ** 2;
        dDecoder[at] += share * (mean[j] * error[k] + variance * decoder[at]) / s2;
      }
      squaredError += share * variance * length;
      kl += share * (mean[j] ** 2 + variance - 1 - logVar[j]) / 2;
      dMean[j] = share * (along / s2 + beta * mean[j]);
      dLogVar[j] = share * (variance * length / s2 + beta * (variance - 1)) / 2;
    }
    addOuter(gradient, "encoder.mean", { x, dy: dMean });
    addOuter(gradient, "encoder.logVar", { x, dy: dLogVar });
  }
  if (logVariance !== undefined) {
    const byVariance = (dataDim - squaredError / s2) / (2 * s2);
    gradient.get("decoder.logVar")![0] = byVariance * Math.exp(logVariance);
  }
  const constant = dataDim * Math.log(2 * Math.PI * s2);
  const objective = (constant + squaredError / s2) / 2 + beta * kl;
  return { objective, gradient, means, logVars };
}

// y = x W + b, W row-major [inputs, outputs].
function affine(
  x: ArrayLike<number>,
  weight: Float64Array,
  bias: Float64Array,
): Float64Array {
  const y = bias.slice();
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < y.length; j++) y[j] += x[i] * weight[i * y.length + j];
  }
  return y;
}

function addOuter(
  gradient: ReadonlyMap<string, Float64Array>,
  layer: string,
  { x, dy }: { x: readonly number[]; dy: Float64Array },
): void {
  const weight = gradient.get(`${layer}.weight`)!,
    bias = gradient.get(`${layer}.bias`)!;
  for (let j = 0; j < dy.length; j++) bias[j] += dy[j];
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < dy.length; j++) weight[i * dy.length + j] += x[i] * dy[j];
  }
}

function varianceOf(likelihood: NetworkSpec["likelihood"]): number {
  if (likelihood.kind === "gaussian" && typeof likelihood.variance === "number") {
    return likelihood.variance;
  }
  throw new TypeError(
    `Cannot compute the objective of a linear VAE as its likelihood must be a gaussian ` +
      `of one variance: ${JSON.stringify(likelihood)}`,
  );
}
