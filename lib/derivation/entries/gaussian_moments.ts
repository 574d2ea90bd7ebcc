/**
 * The integrals that the closed form is put together from.
 *
 * @module
 */
import { average } from "../draws.ts";
import { entry } from "../entry.ts";
import { type PairLibrary, pairSettings } from "../models/normal_pairs.ts";

const POLYNOMIAL = "polynomials under a normal: every moment is finite";

/** m_i, s_i^2 and s_i^2 + (m_i - c_i)^2, an axis each. */
function moments({ q, p }: PairLibrary): number[] {
  return [
    ...q.mean,
    ...q.variance,
    ...q.variance.map((v, i) => v + (q.mean[i] - p.mean[i]) ** 2),
  ];
}

export const momentsOfANormal = entry({
  id: "moments-of-a-normal",
  statement: String.raw`E_q z = m, \quad E_q (z - m)^2 = s^2, \quad
    E_q (z - m_2)^2 = s^2 + (m - m_2)^2`,
  short: "E z = m, E(z-m)^2 = s^2, E(z-m2)^2 = s^2 + (m-m2)^2",
  essay: { page: "closed-form KL page", line: "the moments used on the way" },
  claim: "identity",
  settings: pairSettings,
  left: moments,
  right: ({ q, p, expectQ }) => [
    ...q.mean.map((_, i) => expectQ((z) => z[i])),
    ...q.mean.map((m, i) => expectQ((z) => (z[i] - m) ** 2)),
    ...p.mean.map((c, i) => expectQ((z) => (z[i] - c) ** 2)),
  ],
  draws: {
    estimate: ({ q, p, drawQ }, options) => {
      // Three passes over draws of their own.
      const each = (f: (z: number, i: number) => number) =>
        q.mean.map((_, i) => average(options, (random) => f(drawQ(random)[i], i)));
      return [
        ...each((z) => z),
        ...each((z, i) => (z - q.mean[i]) ** 2),
        ...each((z, i) => (z - p.mean[i]) ** 2),
      ];
    },
    resolution: 0.05,
    finiteVariance: POLYNOMIAL,
  },
  planted: [
    {
      error: "the scale taken for the variance",
      left: ({ q, p }) => [
        ...q.mean,
        ...q.scale,
        ...q.scale.map((s, i) => s + (q.mean[i] - p.mean[i]) ** 2),
      ],
    },
    {
      error: "the shift forgotten",
      right: ({ q, expectQ }) => [
        ...q.mean.map((_, i) => expectQ((z) => z[i])),
        ...q.mean.map((m, i) => expectQ((z) => (z[i] - m) ** 2)),
        ...q.mean.map((m, i) => expectQ((z) => (z[i] - m) ** 2)),
      ],
    },
    {
      error: "draws with the variance for the scale",
      estimate: ({ q, p }, options) => {
        const each = (f: (z: number, i: number) => number) =>
          q.mean.map((m, i) =>
            average(options, (random) => f(m + q.variance[i] * random.normal(), i))
          );
        return [
          ...each((z) => z),
          ...each((z, i) => (z - q.mean[i]) ** 2),
          ...each((z, i) => (z - p.mean[i]) ** 2),
        ];
      },
    },
  ],
});

export const entropyOfANormal = entry({
  id: "entropy-of-a-normal",
  statement: String.raw`-\int q \ln q\, dz = \sum_i \tfrac12 \ln (2 \pi e\, s_i^2)`,
  short: "H(q) = sum_i 1/2 ln(2 pi e s^2)",
  essay: { page: "closed-form KL page", line: "the second integral" },
  claim: "identity",
  note: "It may be negative: a density above 1 is no error.",
  settings: pairSettings,
  left: ({ q }) => q.entropy(),
  right: (witness) => -witness.expectQ(witness.logQ),
  draws: {
    estimate: ({ q, drawQ }, options) =>
      average(options, (random) => -q.logProb(drawQ(random))),
    resolution: 0.05,
    finiteVariance: POLYNOMIAL,
  },
  planted: [
    {
      error: "the normaliser counted once too often",
      left: ({ q }) => q.entropy() + q.dim * Math.log(2 * Math.PI) / 2,
    },
    {
      error: "s in the place of s^2",
      left: ({ q }) => q.scale.reduce((sum, s) => sum - Math.log(s) / 2, q.entropy()),
    },
    {
      error: "the sign",
      right: (witness) => witness.expectQ(witness.logQ),
    },
    {
      error: "draws of p",
      estimate: ({ q, p }, options) =>
        average(options, (random) => -q.logProb(p.sample(random))),
    },
  ],
});

export const crossEntropyOfTwoNormals = entry({
  id: "cross-entropy-of-two-normals",
  statement: String.raw`-\int q \ln p\, dz = \sum_i \left[ \tfrac12 \ln (2 \pi s_{2i}^2)
    + \frac{s_{1i}^2 + (m_{1i} - m_{2i})^2}{2 s_{2i}^2} \right]`,
  short: "H(q,p) = ln(2 pi s2^2)/2 + (s1^2 + (m1-m2)^2)/(2 s2^2)",
  essay: { page: "closed-form KL page", line: "the first integral" },
  claim: "identity",
  settings: pairSettings,
  left: (library) => library.kl() + library.q.entropy(),
  right: (witness) => -witness.expectQ(witness.logP),
  draws: {
    estimate: ({ p, drawQ }, options) =>
      average(options, (random) => -p.logProb(drawQ(random))),
    resolution: 0.05,
    finiteVariance: POLYNOMIAL,
  },
  planted: [
    {
      error: "only the mean of q put into ln p",
      left: ({ q, p }) => -p.logProb(q.mean),
    },
    {
      error: "q and p exchanged",
      right: (witness) => -witness.expectP(witness.logQ),
    },
    {
      error: "the normaliser of p left out",
      right: (witness) => witness.logP(witness.p.mean) - witness.expectQ(witness.logP),
    },
    {
      error: "draws of p",
      estimate: ({ p }, options) =>
        average(options, (random) => -p.logProb(p.sample(random))),
    },
  ],
});
