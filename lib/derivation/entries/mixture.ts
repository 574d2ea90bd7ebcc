/**
 * What a Gaussian decoder makes of a continuous latent.
 *
 * @module
 */
import { mixture, normal } from "../../distributions/mod.ts";
import { gaussHermite, type Vector } from "../../math/mod.ts";
import { logAverage } from "../draws.ts";
import { entry } from "../entry.ts";
import type { LatentLibrary } from "../models/faces.ts";
import { curveSetting, lineSetting, planeSetting } from "../models/settings.ts";

/** Nodes an axis; the grid of a plane has their square. */
function countsOf(library: LatentLibrary): number[] {
  return dimOf(library) === 1 ? [16, 32, 64, 128, 256] : [4, 8, 16, 32, 64];
}

function dimOf(library: LatentLibrary): number {
  return library.probes[0].length;
}

/** ln of the density at x of the mixture that decodes some latents. */
function logMixture(
  library: LatentLibrary,
  { latents, weights }: { latents: readonly Vector[]; weights: Vector },
): number {
  return mixture({
    logits: weights.map(Math.log),
    components: latents.map((z) => normal(library.decode(z))),
  }).logProb(library.x);
}

/** n nodes an axis of the prior, with the masses of Gauss and Hermite. */
function nodesOfPrior(dim: number, count: number) {
  const { nodes, weights } = gaussHermite(count);
  if (dim === 1) return { latents: nodes.map((z) => [z]), weights };
  return {
    latents: nodes.flatMap((first) => nodes.map((second) => [first, second])),
    weights: weights.flatMap((first) => weights.map((second) => first * second)),
  };
}

export const decoderMakesAMixture = entry({
  id: "gaussian-decoder-makes-a-mixture",
  statement: String.raw`p(x) = \int N(x; \mu(z), s^2 I)\, p(z)\, dz
    = \lim_{n \to \infty} \sum_{j=1}^n \pi_j\, N(x; \mu(z_j), s^2 I)`,
  short: "sum_j pi_j N(x; mu(z_j), s^2) -> p(x)",
  essay: { page: "essay", line: "模型精神: 透過GMM產生圖像" },
  claim: "limit",
  note:
    "Any finite number of components is an approximation: the VAE's is a continuum.",
  settings: [lineSetting, planeSetting, curveSetting],
  left: (library) =>
    countsOf(library).map((count) =>
      logMixture(library, nodesOfPrior(dimOf(library), count))
    ),
  right: (witness) => witness.logMarginal(),
  precision: {
    relative: 1e-4,
    reason: "256 nodes on the line, 64 an axis in the plane",
  },
  draws: {
    // Thirty-two latents of the prior make a mixture whose mean density is p(x).
    estimate: (library, options) => {
      const weights = Array(32).fill(1 / 32);
      return logAverage(options, (random) => {
        const latents = weights.map(() => library.drawPrior(random));
        return logMixture(library, { latents, weights });
      });
    },
    resolution: 0.02,
    finiteVariance: "a mixture of bounded densities is bounded",
    effort: 0.1,
  },
  planted: [
    {
      error: "equal weights on the nodes",
      left: (library) =>
        countsOf(library).map((count) => {
          const { latents } = nodesOfPrior(dimOf(library), count);
          return logMixture(library, { latents, weights: latents.map(() => 1) });
        }),
    },
    {
      error: "one component at the mean of the prior",
      right: (witness) => witness.logLikelihood(witness.probes[0].map(() => 0)),
    },
    {
      error: "the average of the logs of the components",
      estimate: (library, options) =>
        logAverage(options, (random) => {
          const logs = Array.from({ length: 32 }, () =>
            library.logLikelihood(library.drawPrior(random)));
          return logs.reduce((sum, value) =>
            sum + value / 32, 0);
        }),
    },
  ],
});
