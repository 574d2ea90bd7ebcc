/**
 * Noise from outside: the same expectation, the same gradient.
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
  oscillations,
} from "../models/integrands.ts";
import { pathTerms, scoreTerms } from "../models/gradient_terms.ts";
import type { Precision } from "../types.ts";

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
  essay: { page: "essay", line: "模型精神: 透過加入noise(N(0,1))" },
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
  essay: { page: "essay", line: "模型精神: the noise that is added" },
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

export const reparameterizedGradient = entry({
  id: "reparameterised-gradient",
  statement: String.raw`\nabla_{m,s}\, E_q f(z)
    = E_\varepsilon \left[ f'(m + s\,\varepsilon)\, (1, \varepsilon) \right]`,
  short: "grad E_q f = E_eps [f'(m + s eps) (1, eps)]",
  essay: { page: "essay", line: "模型精神: what the added noise makes possible" },
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
  essay: { page: "essay", line: "the other way to the same gradient, without f'" },
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
