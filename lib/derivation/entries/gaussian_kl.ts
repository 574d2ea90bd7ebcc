/**
 * The closed form of the KL of two normals, and what it is made of.
 *
 * @module
 */
import { kl, normal, standardNormal } from "../../distributions/mod.ts";
import type { Estimate, Vector } from "../../math/mod.ts";
import { average } from "../draws.ts";
import { entry } from "../entry.ts";
import {
  type PairLibrary,
  pairSettings,
  type PairWitness,
  standardPairSettings,
} from "../models/normal_pairs.ts";
import type { DrawOptions } from "../types.ts";

const QUADRATIC = "a quadratic in z under a normal: every moment is finite";

/** E_q[ln q - ln p] by draws of q. */
function sampledKl(library: PairLibrary, options: DrawOptions): Estimate {
  return average(options, (random) => {
    const z = library.drawQ(random);
    return library.q.logProb(z) - library.p.logProb(z);
  });
}

function integratedKl(witness: PairWitness): number {
  return witness.expectQ((z) => witness.logQ(z) - witness.logP(z));
}

/** The formula of one axis with other numbers in it. */
function formula(
  { q, p }: PairLibrary,
  term: (m1: number, s1: number, m2: number, s2: number) => number,
): number {
  return q.mean.reduce(
    (sum, m1, i) => sum + term(m1, q.scale[i], p.mean[i], p.scale[i]),
    0,
  );
}

export const klOfTwoNormals = entry({
  id: "kl-of-two-normals",
  statement: String.raw`\mathrm{KL}(N(m_1, s_1^2) \,\|\, N(m_2, s_2^2))
    = \ln \frac{s_2}{s_1} + \frac{s_1^2 + (m_1 - m_2)^2}{2 s_2^2} - \frac12`,
  short: "KL = ln(s2/s1) + (s1^2 + (m1-m2)^2)/(2 s2^2) - 1/2",
  essay: { page: "closed-form KL page", line: "the result" },
  claim: "identity",
  settings: pairSettings,
  left: (library) => library.kl(),
  right: integratedKl,
  draws: { estimate: sampledKl, resolution: 0.05, finiteVariance: QUADRATIC },
  planted: [
    {
      error: "the logarithm upside down",
      left: (library) =>
        formula(
          library,
          (m1, s1, m2, s2) =>
            Math.log(s1 / s2) + (s1 ** 2 + (m1 - m2) ** 2) / (2 * s2 ** 2) - 1 / 2,
        ),
    },
    {
      error: "the variance taken for the scale",
      left: ({ q, p }) => {
        const squared = (scale: Vector) => scale.map((s) => s * s);
        return kl(
          normal({ mean: q.mean, scale: squared(q.scale) }),
          normal({ mean: p.mean, scale: squared(p.scale) }),
        );
      },
    },
    {
      error: "the sign: -KL under the name of KL",
      left: (library) => -library.kl(),
    },
    {
      error: "the KL reversed",
      right: (witness) => witness.expectP((z) => witness.logP(z) - witness.logQ(z)),
    },
    {
      error: "draws of p",
      estimate: (library, options) =>
        average(options, (random) => {
          const z = library.p.sample(random);
          return library.q.logProb(z) - library.p.logProb(z);
        }),
    },
  ],
});

export const klToStandardNormal = entry({
  id: "kl-to-standard-normal",
  statement: String.raw`\mathrm{KL}(N(m, s^2) \,\|\, N(0, I))
    = \frac12 \sum_i \left( m_i^2 + s_i^2 - 1 - \ln s_i^2 \right)`,
  short: "KL = 1/2 sum_i (m^2 + s^2 - 1 - ln s^2)",
  essay: { page: "closed-form KL page", line: "m2 = 0, s2 = 1" },
  claim: "identity",
  settings: standardPairSettings,
  left: ({ q }) => kl(q, standardNormal(q.dim)),
  right: integratedKl,
  draws: { estimate: sampledKl, resolution: 0.05, finiteVariance: QUADRATIC },
  planted: [
    {
      error: "ln s in the place of ln s^2",
      left: (library) =>
        formula(library, (m, s) => (m ** 2 + s ** 2 - 1 - Math.log(s)) / 2),
    },
    {
      error: "logVar taken for the scale",
      left: ({ q }) => {
        const scale = q.scale.map((s) => Math.abs(2 * Math.log(s)));
        return kl(normal({ mean: q.mean, scale }), standardNormal(q.dim));
      },
    },
    {
      error: "logVar exponentiated without the half: the variance for the scale",
      left: ({ q }) =>
        kl(normal({ mean: q.mean, scale: q.variance }), standardNormal(q.dim)),
    },
    {
      error: "the mean over the axes in the place of their sum, and no 1/2",
      right: (witness) => 2 * integratedKl(witness) / 3,
    },
    {
      error: "noise added without its scale",
      estimate: (library, options) =>
        average(options, (random) => {
          const z = library.q.mean.map((m) => m + random.normal());
          return library.q.logProb(z) - library.p.logProb(z);
        }),
    },
  ],
});

export const klIsCrossEntropyMinusEntropy = entry({
  id: "kl-is-cross-entropy-minus-entropy",
  statement: String.raw`\mathrm{KL}(q \,\|\, p) = -\int q \ln p\, dz
    - \left( -\int q \ln q\, dz \right)`,
  short: "KL(q || p) = H(q, p) - H(q)",
  essay: { page: "closed-form KL page", line: "the integral split in two" },
  claim: "identity",
  settings: pairSettings,
  left: (library) => library.kl(),
  right: (witness) =>
    witness.expectQ((z) => -witness.logP(z)) -
    witness.expectQ((z) => -witness.logQ(z)),
  draws: { estimate: sampledKl, resolution: 0.05, finiteVariance: QUADRATIC },
  planted: [
    {
      error: "the entropy dropped",
      left: (library) => library.kl() + library.q.entropy(),
    },
    {
      error: "the entropy added",
      right: (witness) =>
        witness.expectQ((z) => -witness.logP(z)) +
        witness.expectQ((z) => -witness.logQ(z)),
    },
    {
      error: "the entropy of p",
      right: (witness) =>
        witness.expectQ((z) => -witness.logP(z)) -
        witness.expectP((z) => -witness.logP(z)),
    },
    {
      error: "the cross entropy alone",
      estimate: (library, options) =>
        average(options, (random) => -library.p.logProb(library.drawQ(random))),
    },
  ],
});

export const klIsAdditive = entry({
  id: "kl-adds-over-dimensions",
  statement: String.raw`\mathrm{KL}\Bigl( \prod_i q_i \,\Big\|\, \prod_i p_i \Bigr)
    = \sum_i \mathrm{KL}(q_i \,\|\, p_i)`,
  short: "KL(prod q_i || prod p_i) = sum_i KL(q_i || p_i)",
  essay: {
    page: "closed-form KL page",
    line: "one axis at a time: the result, summed",
  },
  claim: "identity",
  settings: [pairSettings[2], standardPairSettings[1]],
  left: ({ q, p }) => klsByAxis(q, p).reduce((sum, value) => sum + value, 0),
  right: integratedKl,
  draws: { estimate: sampledKl, resolution: 0.05, finiteVariance: QUADRATIC },
  planted: [
    {
      error: "the mean over the axes",
      left: ({ q, p }) =>
        klsByAxis(q, p).reduce((sum, value) => sum + value, 0) / q.dim,
    },
    {
      error: "the constant 1/2 once in the place of once an axis",
      left: ({ q, p }) =>
        klsByAxis(q, p).reduce((sum, value) => sum + value, 0) + (q.dim - 1) / 2,
    },
    {
      error: "the axes of q correlated",
      right: (witness) => {
        const logCorrelated = correlate(witness, 0.6);
        return witness.integrate((z) =>
          Math.exp(logCorrelated(z)) * (logCorrelated(z) - witness.logP(z))
        );
      },
    },
    {
      error: "the first axis alone",
      estimate: (library, options) =>
        average(options, (random) => {
          const { q, p } = library;
          const [z] = q.sample(random);
          return axis(q, 0).logProb([z]) - axis(p, 0).logProb([z]);
        }),
    },
  ],
});

function axis({ mean, scale }: PairLibrary["q"], i: number) {
  return normal({ mean: [mean[i]], scale: [scale[i]] });
}

function klsByAxis(q: PairLibrary["q"], p: PairLibrary["p"]): number[] {
  return q.mean.map((_, i) => kl(axis(q, i), axis(p, i)));
}

/** q with the same axes and a correlation between them. */
function correlate({ q }: PairWitness, correlation: number) {
  const rest = 1 - correlation ** 2;
  const logNormaliser = Math.log(
    2 * Math.PI * q.scale[0] * q.scale[1] * Math.sqrt(rest),
  );
  return (z: Vector) => {
    const [a, b] = z.map((value, i) => (value - q.mean[i]) / q.scale[i]);
    return -(a * a - 2 * correlation * a * b + b * b) / (2 * rest) - logNormaliser;
  };
}

export const klIsNotNegative = entry({
  id: "kl-is-never-negative",
  statement: String.raw`\int q \ln p\, dz \le \int q \ln q\, dz
    \;\Leftrightarrow\; \mathrm{KL}(q \,\|\, p) \ge 0`,
  short: "E_q ln p <= E_q ln q, that is KL(q || p) >= 0",
  essay: {
    page: "essay",
    line: "理論推演, second display, lines 5 to 6: the KL dropped",
  },
  claim: "inequality",
  settings: pairSettings,
  left: ({ q, p }) => -kl(q, p) - q.entropy(),
  right: (witness) => witness.expectQ(witness.logQ),
  margin: 0.1,
  equality: {
    at: "p = q",
    left: ({ q }) => -kl(q, q) - q.entropy(),
    right: (witness) => witness.expectQ(witness.logQ),
  },
  draws: {
    estimate: (library, options) =>
      average(options, (random) => library.p.logProb(library.drawQ(random))),
    resolution: 0.05,
    finiteVariance: QUADRATIC,
  },
  planted: [
    {
      error: "-KL under the name of KL",
      left: ({ q, p }) => kl(q, p) - q.entropy(),
    },
    {
      error: "the KL of q to itself with the constant -1/2 forgotten",
      part: "equality",
      left: ({ q }) => -kl(q, q) - q.dim / 2 - q.entropy(),
    },
    {
      error: "the cross entropy on both sides",
      right: (witness) => witness.expectQ(witness.logP),
    },
    {
      error: "ln q averaged in the place of ln p",
      estimate: (library, options) =>
        average(options, (random) => library.q.logProb(library.drawQ(random))),
    },
  ],
});
