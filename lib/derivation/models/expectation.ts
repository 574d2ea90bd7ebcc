import type {
  Categorical,
  Distribution,
  MultivariateNormal,
  Normal,
} from "../../distributions/mod.ts";
import type { QuadraturePosterior } from "../../exact/mod.ts";
import { gaussHermite, matVec, type Vector } from "../../math/mod.ts";
import type { Rule } from "./faces.ts";

/**
 * The library face's rule for expectations: under a normal the trapezoid rule in the
 * noise on a line and Gauss-Hermite in a plane, enumeration of a categorical, a grid
 * over a posterior that is known by quadrature.
 */
export function ruleOf<Z>(distribution: Distribution<Z>): Rule {
  const known = distribution as unknown as Known;
  switch (known.kind) {
    case "normal":
      return normalRule(known.mean, known.scale.map((s, i) => unit(known, i, s)));
    case "multivariateNormal":
      return normalRule(known.mean, known.cholesky);
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
function normalRule(mean: Vector, factor: readonly Vector[]): Rule {
  const { nodes, weights } = mean.length === 1 ? lineRule() : gaussHermite(23);
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

/** The trapezoid rule for N(0, 1), its odd number of nodes with the mean among them. */
function lineRule(): { nodes: number[]; weights: number[] } {
  const spacing = 1 / 25;
  const nodes = Array.from({ length: 501 }, (_, i) => (i - 250) * spacing);
  const weights = nodes.map((eps) =>
    spacing * Math.exp(-eps * eps / 2) / Math.sqrt(2 * Math.PI)
  );
  return { nodes, weights };
}

const NODES_OF_A_GRID = { 1: 1201, 2: 41 } as const;

/** The trapezoid rule, with weights that sum to 1. */
function gridRule(posterior: QuadraturePosterior): Rule {
  const dim = posterior.dim as 1 | 2;
  const count = NODES_OF_A_GRID[dim];
  const axes = posterior.mean.map((middle, i) => {
    // On a line there are nodes enough to cover the prior, whose tails a posterior of
    // pixels keeps; in the plane they are kept for the peak.
    const [center, half] = dim === 1
      ? [0, 9]
      : [middle, 9 * Math.sqrt(posterior.variance[i])];
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
