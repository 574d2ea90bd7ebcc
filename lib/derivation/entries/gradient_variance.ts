/**
 * Two ways to one gradient differ in their variance: less on these models, and one
 * case in which it is more.
 *
 * @module
 */
import { average } from "../draws.ts";
import { entry } from "../entry.ts";
import { pathTerms, scoreTerms } from "../models/gradient_terms.ts";
import {
  type DensityWitness,
  modelIntegrands,
  type NoiseLibrary,
  oscillations,
} from "../models/integrands.ts";
import type { DrawOptions } from "../types.ts";

/** The mean of (term - its mean)^2, by draws. */
function sampledVariances(
  library: NoiseLibrary,
  terms: ((eps: number) => number)[],
  options: DrawOptions,
) {
  return terms.map((term) => {
    const mean = library.expectNoise(term);
    return average(options, (random) => (term(random.normal()) - mean) ** 2);
  });
}

function variances(
  library: NoiseLibrary,
  terms: ((eps: number) => number)[],
): number[] {
  return terms.map((term) => {
    const mean = library.expectNoise(term);
    return library.expectNoise((eps) => (term(eps) - mean) ** 2);
  });
}

/** Variances of the path gradient by m and by s, from the density. */
function pathVariances({ mean, scale, slope, expect }: DensityWitness): number[] {
  return [slope, (z: number) => slope(z) * (z - mean) / scale]
    .map((term) => expect((z) => term(z) ** 2) - expect(term) ** 2);
}

/** The same of the score function, each with the constant baseline best for it. */
function scoreVariances({ mean, scale, f, expect }: DensityWitness): number[] {
  const byMean = (z: number) => (z - mean) / scale ** 2;
  const byScale = (z: number) => ((z - mean) ** 2 / scale ** 2 - 1) / scale;
  return [byMean, byScale].map((score) => {
    const best = expect((z) => f(z) * score(z) ** 2) / expect((z) => score(z) ** 2);
    const term = (z: number) => (f(z) - best) * score(z);
    return expect((z) => term(z) ** 2) - expect(term) ** 2;
  });
}

export const pathVariesLess = entry({
  id: "reparameterisation-varies-less",
  statement: String.raw`\mathrm{Var}_\varepsilon
    \left[ f'(z)\,(1, \varepsilon) \right] < \mathrm{Var}_q
    \left[ (f(z) - b^\ast)\, \nabla \ln q(z) \right], \quad f = \ln p(x, z)`,
  short: "Var[f' (1, eps)] < Var[(f - b) grad ln q] on these f",
  essay: { page: "essay", line: "模型精神: why the noise enters this way" },
  claim: "inequality",
  note:
    "Even against the score function with the best constant baseline b. It is no law: " +
    "see oscillation-varies-more.",
  settings: modelIntegrands,
  left: (library) => variances(library, pathTerms(library)),
  right: scoreVariances,
  margin: 0.5,
  draws: {
    estimate: (library, options) =>
      sampledVariances(library, pathTerms(library), options),
    resolution: 20,
    finiteVariance: "fourth powers of polynomials under a normal",
  },
  planted: [
    {
      error: "the score function, without a baseline, sold as the other",
      left: (library) => variances(library, scoreTerms(library)),
    },
    {
      error: "the score's variance without its 1 / scale",
      right: (witness) =>
        scoreVariances(witness).map((value) => value * witness.scale ** 4),
    },
  ],
});

export const oscillationVariesMore = entry({
  id: "oscillation-varies-more",
  statement: String.raw`f = \sin \omega z,\ \omega s \gg 1: \quad \mathrm{Var}_q
    \left[ f(z)\, \nabla \ln q(z) \right] < \mathrm{Var}_\varepsilon
    \left[ f'(z)\,(1, \varepsilon) \right]`,
  short: "fast f: Var[f grad ln q] < Var[f' (1, eps)]",
  essay: { page: "essay", line: "a caution beside the noise that is added" },
  claim: "inequality",
  note: "The slope of a fast oscillation is large where the function is not.",
  settings: oscillations,
  left: (library) => variances(library, scoreTerms(library)),
  right: pathVariances,
  margin: 0.5,
  draws: {
    estimate: (library, options) =>
      sampledVariances(library, scoreTerms(library), options),
    resolution: 1.5,
    finiteVariance: "a bounded function, and a line, times polynomials under a normal",
  },
  planted: [
    {
      error: "the two exchanged",
      left: (library) => variances(library, pathTerms(library)).map((v) => v + 1),
    },
    {
      error: "the frequency forgotten in the slope",
      right: (witness) =>
        pathVariances({ ...witness, slope: (z) => witness.slope(z) / 9 }),
    },
  ],
});
