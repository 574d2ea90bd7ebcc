/**
 * What is climbed: the bound's slope in the decoder's weights is not that of ln p(x).
 *
 * @module
 */
import type { Vector } from "../../math/mod.ts";
import { average } from "../draws.ts";
import { entry } from "../entry.ts";
import type { LatentLibrary, LatentWitness } from "../models/faces.ts";
import { latentSettings } from "../models/settings.ts";
import type { Precision } from "../types.ts";

const DIFFERENCES: Precision = {
  relative: 1e-8,
  reason: "differences of fourth order, step 1e-3, of integrals good to 1e-11",
};
const POLYNOMIAL =
  "a polynomial or a bounded function of z, under a distribution of z " +
  "with every moment";

const STEP = 1e-3;
/** Gains around 1 and what their values count: a difference of fourth order. */
const STENCIL = [[-2, 1], [-1, -8], [1, 8], [2, -1]]
  .map(([place, count]) => ({ gain: 1 + place * STEP, weight: count / (12 * STEP) }));

/** d/dg at g = 1, where g multiplies the decoder's weights. */
function slope(f: (gain: number) => number): number {
  return STENCIL.reduce((sum, { gain, weight }) => sum + weight * f(gain), 0);
}

/** d ln p(x|z) / dg at one z, by the library's likelihood. */
function slopeOfLogLikelihood(library: LatentLibrary): (z: Vector) => number {
  const faces = new Map(STENCIL.map(({ gain }) => [gain, library.at({ gain })]));
  return (z) => slope((gain) => faces.get(gain)!.logLikelihood(z));
}

const slopeOfElbo = (library: LatentLibrary) =>
  slope((gain) => {
    const face = library.at({ gain });
    return face.expect(face.logWeight);
  });

const slopeOfLogMarginal = (witness: LatentWitness) =>
  slope((gain) => witness.at({ gain }).logMarginal());

const slopeOfGap = (witness: LatentWitness) =>
  slope((gain) => {
    const face = witness.at({ gain });
    return face.expect((z) => face.logApprox(z) - face.logPosterior(z));
  });

export const climbsDifferently = entry({
  id: "bound-and-log-marginal-climb-differently",
  statement: String.raw`\nabla_\theta \mathrm{ELBO} = \nabla_\theta \ln p_\theta(x)
    - \nabla_\theta \mathrm{KL}(q(z \mid x) \,\|\, p_\theta(z \mid x))`,
  short: "d ELBO = d ln p(x) - d KL(q || p(z|x)), decoder weights",
  essay: {
    page: "essay",
    line: "所以要最大化log-liklihood，等價於最大化上面的理論下界",
  },
  claim: "identity",
  note:
    "Not equivalent: the decoder's weights move the gap too. The essay's sentence is " +
    "among the planted errors.",
  settings: latentSettings,
  left: slopeOfElbo,
  right: (witness) => slopeOfLogMarginal(witness) - slopeOfGap(witness),
  precision: DIFFERENCES,
  draws: {
    // q and the prior do not depend on the decoder: only ln p(x|z) moves.
    estimate: (library, options) => {
      const term = slopeOfLogLikelihood(library);
      return average(options, (random) => term(library.drawApprox(random)));
    },
    resolution: 0.1,
    finiteVariance: POLYNOMIAL,
  },
  planted: [
    {
      error: "maximising the bound taken for maximising ln p(x)",
      right: slopeOfLogMarginal,
    },
    {
      error: "the gap's slope added",
      right: (witness) => slopeOfLogMarginal(witness) + slopeOfGap(witness),
    },
    {
      error: "the slope at the posterior in the place of that at q",
      left: (library) =>
        library.at({ q: "posterior" }).expect(slopeOfLogLikelihood(library)),
    },
    {
      error: "z from the prior",
      estimate: (library, options) => {
        const term = slopeOfLogLikelihood(library);
        return average(options, (random) => term(library.drawPrior(random)));
      },
    },
  ],
});

export const fisherIdentity = entry({
  id: "they-climb-together-at-the-posterior",
  statement: String.raw`q = p_\theta(z \mid x) \;\Rightarrow\;
    \nabla_\theta \ln p_\theta(x) = E_q \nabla_\theta \ln p_\theta(x, z)`,
  short: "q = p(z|x): d ln p(x) = E_q d ln p(x,z)",
  essay: { page: "essay", line: "等價於最大化上面的理論下界: where it is true" },
  claim: "identity",
  note: "Fisher's identity: the step that expectation maximisation takes.",
  settings: latentSettings,
  left: (library) =>
    library.at({ q: "posterior" }).expect(slopeOfLogLikelihood(library)),
  right: slopeOfLogMarginal,
  precision: DIFFERENCES,
  draws: {
    estimate: (library, options) => {
      const term = slopeOfLogLikelihood(library);
      return average(options, (random) => term(library.drawPosterior(random)));
    },
    resolution: 0.1,
    finiteVariance: POLYNOMIAL,
  },
  planted: [
    {
      error: "q in the place of the posterior",
      left: (library) => library.expect(slopeOfLogLikelihood(library)),
    },
    {
      error: "p(x) for ln p(x)",
      right: (witness) => slope((gain) => Math.exp(witness.at({ gain }).logMarginal())),
    },
    {
      error: "draws of q",
      estimate: (library, options) => {
        const term = slopeOfLogLikelihood(library);
        return average(options, (random) => term(library.drawApprox(random)));
      },
    },
  ],
});
