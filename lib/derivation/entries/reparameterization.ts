/**
 * Noise from outside: the same expectation, the same gradient, another variance.
 *
 * @module
 */
import {
  reparameterizationGradient,
  scoreFunctionGradient,
} from "../../estimators/mod.ts";
import { average } from "../draws.ts";
import { entry } from "../entry.ts";
import {
  type DensityWitness,
  modelIntegrands,
  type NoiseLibrary,
  oscillations,
} from "../models/integrands.ts";
import type { DrawOptions, Precision } from "../types.ts";

const everyIntegrand = [...modelIntegrands, ...oscillations];
const POLYNOMIAL = "a polynomial or a bounded function under a normal";

const DIFFERENCES: Precision = {
  relative: 1e-8,
  reason: "differences of fourth order, step 1e-3, of integrals good to 1e-12",
};

export const noiseIsScaled = entry({
  id: "noise-is-scaled",
  statement: String.raw`z = m + s\,\varepsilon,\ \varepsilon \sim N(0, 1)
    \;\Rightarrow\; z \sim N(m, s^2)`,
  short: "z = m + s eps has the mean m and the variance s^2",
  place: { page: "essay", line: "模型精神: 透過加入noise(N(0,1))" },
  claim: "identity",
  note: "What is added is s eps, not N(0, 1).",
  settings: everyIntegrand,
  left: ({ q, expectNoise, latentOf }) => [
    expectNoise(latentOf),
    expectNoise((eps) => (latentOf(eps) - q.mean[0]) ** 2),
  ],
  right: (witness) => [
    witness.expect((z) => z),
    witness.expect((z) => (z - witness.mean) ** 2),
  ],
  draws: {
    estimate: ({ q, latentOf }, options) => [
      average(options, (random) => latentOf(random.normal())),
      average(options, (random) => (latentOf(random.normal()) - q.mean[0]) ** 2),
    ],
    resolution: 0.01,
    finiteVariance: POLYNOMIAL,
  },
  planted: [
    {
      error: "N(0, 1) added as it is",
      left: ({ q, expectNoise }) => [
        expectNoise((eps) => q.mean[0] + eps),
        expectNoise((eps) => eps ** 2),
      ],
    },
    {
      error: "the scale taken for the variance",
      right: (witness) => [witness.mean, witness.scale],
    },
    {
      error: "the variance for the scale",
      estimate: ({ q }, options) => [
        average(options, (random) => q.mean[0] + q.variance[0] * random.normal()),
        average(options, (random) => (q.variance[0] * random.normal()) ** 2),
      ],
    },
  ],
});

export const reparameterizedExpectation = entry({
  id: "reparameterised-expectation",
  statement: String.raw`E_{z \sim N(m, s^2)} f(z)
    = E_{\varepsilon \sim N(0, 1)} f(m + s\,\varepsilon)`,
  short: "E_q f(z) = E_eps f(m + s eps)",
  place: { page: "essay", line: "模型精神: the noise that is added" },
  claim: "identity",
  settings: everyIntegrand,
  left: ({ f, expectNoise, latentOf }) => expectNoise((eps) => f(latentOf(eps))),
  right: (witness) => witness.expect(witness.f),
  draws: {
    estimate: ({ f, latentOf }, options) =>
      average(options, (random) => f(latentOf(random.normal()))),
    resolution: 0.05,
    finiteVariance: POLYNOMIAL,
  },
  planted: [
    {
      error: "the variance for the scale",
      left: ({ q, f, expectNoise }) =>
        expectNoise((eps) => f(q.mean[0] + q.variance[0] * eps)),
    },
    {
      error: "f at the mean",
      right: (witness) => witness.f(witness.mean),
    },
    {
      error: "uniform noise of the same variance",
      on: ["ln p(x,z), curve", "sin 6z", "cos 7z + z/2"],
      estimate: ({ f, latentOf }, options) =>
        average(
          options,
          (random) => f(latentOf(Math.sqrt(12) * (random.uniform() - 0.5))),
        ),
    },
    {
      error: "noise of one sign: |eps|",
      estimate: ({ f, latentOf }, options) =>
        average(options, (random) => f(latentOf(Math.abs(random.normal())))),
    },
  ],
});

/** d/dm and d/ds of E_q f, by differences of integrals over the density. */
function differentiated(witness: DensityWitness): number[] {
  const h = 1e-3;
  const along = (at: (step: number) => number) =>
    (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
  const { mean, scale, f, expect } = witness;
  return [
    along((step) => expect(f, { mean: mean + step })),
    along((step) => expect(f, { scale: scale + step })),
  ];
}

function pathTerms({ slope, latentOf }: NoiseLibrary) {
  const meanTerm = (eps: number) => slope(latentOf(eps));
  return [meanTerm, (eps: number) => meanTerm(eps) * eps];
}

function scoreTerms({ f, latentOf, q }: NoiseLibrary) {
  const value = (eps: number) => f(latentOf(eps)) / q.scale[0];
  return [
    (eps: number) => value(eps) * eps,
    (eps: number) => value(eps) * (eps ** 2 - 1),
  ];
}

export const reparameterizedGradient = entry({
  id: "reparameterised-gradient",
  statement: String.raw`\nabla_{m,s}\, E_q f(z)
    = E_\varepsilon \left[ f'(m + s\,\varepsilon)\, (1, \varepsilon) \right]`,
  short: "grad E_q f = E_eps [f'(m + s eps) (1, eps)]",
  place: { page: "essay", line: "模型精神: what the added noise makes possible" },
  claim: "identity",
  settings: everyIntegrand,
  left: (library) => pathTerms(library).map(library.expectNoise),
  right: differentiated,
  precision: DIFFERENCES,
  draws: {
    estimate: (library, options) => {
      const { q, slope } = library;
      const { mean, scale } = reparameterizationGradient(
        q,
        ([z]) => [slope(z)],
        options,
      );
      return [...mean, ...scale];
    },
    resolution: 0.2,
    finiteVariance: POLYNOMIAL,
  },
  planted: [
    {
      error: "eps left out of the gradient by the scale",
      left: (library) => {
        const [meanTerm] = pathTerms(library);
        return [meanTerm, meanTerm].map(library.expectNoise);
      },
    },
    {
      error: "the gradient by logVar for that by the scale",
      right: (witness) => {
        const [byMean, byScale] = differentiated(witness);
        return [byMean, byScale * witness.scale / 2];
      },
    },
    {
      error: "the slope at the mean: the noise stopped before f",
      estimate: ({ q, slope }, options) => [
        average(options, () => slope(q.mean[0])),
        average(options, (random) => slope(q.mean[0]) * random.normal()),
      ],
    },
  ],
});

export const scoreGradient = entry({
  id: "score-function-gradient",
  statement: String.raw`\nabla_{m,s}\, E_q f(z)
    = E_q \left[ f(z)\, \nabla_{m,s} \ln q(z) \right]`,
  short: "grad E_q f = E_q [f grad ln q]",
  place: { page: "essay", line: "the other way to the same gradient, without f'" },
  claim: "identity",
  settings: everyIntegrand,
  left: (library) => scoreTerms(library).map(library.expectNoise),
  right: differentiated,
  precision: DIFFERENCES,
  draws: {
    estimate: ({ q, f }, options) => {
      const { mean, scale } = scoreFunctionGradient(q, ([z]) => f(z), options);
      return [...mean, ...scale];
    },
    resolution: 0.3,
    finiteVariance: POLYNOMIAL,
  },
  planted: [
    {
      error: "the -1 of eps^2 - 1 forgotten",
      left: (library) => {
        const [meanTerm] = scoreTerms(library);
        return [meanTerm, (eps: number) => meanTerm(eps) * eps].map(
          library.expectNoise,
        );
      },
    },
    {
      error: "ascent for descent",
      right: (witness) => differentiated(witness).map((value) => -value),
    },
    {
      error: "the score of the gradient with its sign turned",
      estimate: ({ q, f }, options) => {
        const { mean, scale } = scoreFunctionGradient(q, ([z]) => -f(z), options);
        return [...mean, ...scale];
      },
    },
  ],
});

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

/** The same of the score function, each with the constant baseline that is best for it. */
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
  place: { page: "essay", line: "模型精神: why the noise enters this way" },
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
  place: { page: "essay", line: "a caution beside the noise that is added" },
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
