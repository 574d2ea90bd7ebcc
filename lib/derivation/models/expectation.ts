import type {
  Categorical,
  Distribution,
  MultivariateNormal,
  Normal,
} from "../../distributions/mod.ts";
import type { QuadraturePosterior } from "../../exact/mod.ts";
import { gaussHermite, matVec, type Vector } from "../../math/mod.ts";

/** Latents and the weights of a rule: `E f(z) ~= sum_i weights_i f(latents_i)`. */
export interface Rule {
  readonly latents: readonly Vector[];
  readonly weights: Vector;
}

/**
 * The library face's rule for expectations: Gauss-Hermite under a normal, enumeration
 * of a categorical, a grid over a posterior that is known by quadrature.
 *
 * @param numNodes Nodes an axis of the Gauss-Hermite rules.
 */
export function ruleOf<Z>(distribution: Distribution<Z>, numNodes: number): Rule {
  const known = distribution as unknown as Known;
  switch (known.kind) {
    case "normal":
      return normalRule(
        known.mean,
        known.scale.map((s, i) => unit(known, i, s)),
        numNodes,
      );
    case "multivariateNormal":
      return normalRule(known.mean, known.cholesky, numNodes);
    case "categorical":
      return { latents: known.probs.map((_, k) => [k]), weights: known.probs };
    case "quadraturePosterior":
      return gridRule(known);
  }
  throw new TypeError(
    `Cannot take an expectation as its distribution must have a rule: ${distribution.kind}`,
  );
}

type Known = Normal | MultivariateNormal | Categorical | QuadraturePosterior;

function unit({ dim }: { dim: number }, axis: number, length: number): Vector {
  return Array.from({ length: dim }, (_, i) => (i === axis ? length : 0));
}

/** z = mean + factor eps, with a product rule for eps. */
function normalRule(mean: Vector, factor: readonly Vector[], numNodes: number): Rule {
  const { nodes, weights } = gaussHermite(numNodes);
  let product: { eps: Vector; weight: number }[] = [{ eps: [], weight: 1 }];
  for (let axis = 0; axis < mean.length; axis++) {
    product = product.flatMap(({ eps, weight }) =>
      nodes.map((node, i) => ({ eps: [...eps, node], weight: weight * weights[i] }))
    );
  }
  return {
    latents: product.map(({ eps }) => matVec(factor, eps).map((v, i) => mean[i] + v)),
    weights: product.map(({ weight }) => weight),
  };
}

const NODES_OF_A_GRID = { 1: 4001, 2: 121 } as const;

/** The trapezoid rule, with weights that sum to 1. */
function gridRule(posterior: QuadraturePosterior): Rule {
  const dim = posterior.dim as 1 | 2;
  const count = NODES_OF_A_GRID[dim];
  const axes = posterior.mean.map((middle, i) => {
    // On a line there are nodes enough to cover the prior, whose tails a posterior of
    // pixels keeps; in the plane they are kept for the peak.
    const [center, half] = dim === 1
      ? [0, 9]
      : [middle, 12 * Math.sqrt(posterior.variance[i])];
    return Array.from(
      { length: count },
      (_, k) => center + half * (2 * k / (count - 1) - 1),
    );
  });
  const latents = dim === 1
    ? axes[0].map((z) => [z])
    : axes[0].flatMap((first) => axes[1].map((second) => [first, second]));
  const densities = latents.map((z) => Math.exp(posterior.logProb(z)));
  const total = densities.reduce((sum, density) => sum + density, 0);
  return { latents, weights: densities.map((density) => density / total) };
}
