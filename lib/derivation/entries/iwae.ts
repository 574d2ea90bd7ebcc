/**
 * Several draws in one bound: it rises with their number, to ln p(x).
 *
 * @module
 */
import { logMeanExp, type Vector } from "../../math/mod.ts";
import { average, scaled } from "../draws.ts";
import { entry } from "../entry.ts";
import { kSampleBound } from "../k_sample_bound.ts";
import {
  type LatentLibrary,
  type LatentWitness,
  logWeightOf,
} from "../models/faces.ts";
import { analyticWeight, softmaxedLosses } from "./mistakes.ts";
import { latentSettings } from "../models/settings.ts";
import type { DrawOptions, Precision } from "../types.ts";

const LOGS = "the log of a mean of weights has the moments of ln w";

/** L_K by the witness: Frullani's integral over its masses of q. */
function boundOf(witness: LatentWitness, numSamples: number): number {
  const { masses, latents } = witness.massesOfApprox();
  return kSampleBound(masses, latents.map(logWeightOf(witness)), numSamples);
}

/** E over two independent draws, by the product of the library's rule with itself. */
function expectPair(
  library: LatentLibrary,
  f: (first: number, second: number) => number,
  logWeight = library.logWeight,
): number {
  const { latents, weights } = library.rule();
  const kept = weights.map((_, i) => i).filter((i) => weights[i] > 1e-14);
  const logs = kept.map((i) => logWeight(latents[i]));
  let sum = 0;
  kept.forEach((i, a) =>
    kept.forEach((j, b) => sum += weights[i] * weights[j] * f(logs[a], logs[b]))
  );
  return sum;
}

/** ln of the mean of two weights, without an array: it is called a million times. */
function logMeanOfTwo(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))) - Math.LN2;
}

/** The mean over repeats of a function of K log weights. */
function overRepeats(
  library: LatentLibrary,
  options: DrawOptions & { count: number; logWeight?: (z: Vector) => number },
  f: (logWeights: number[]) => number,
) {
  const { count, logWeight = library.logWeight } = options;
  return average(
    options,
    (random) =>
      f(Array.from({ length: count }, () => logWeight(library.drawApprox(random)))),
  );
}

export const oneSampleIsTheElbo = entry({
  id: "one-sample-bound-is-the-elbo",
  statement: String.raw`\mathcal{L}_1 = E_q \ln w = \mathrm{ELBO}`,
  short: "L_1 = ELBO",
  essay: { page: "essay", line: "理論推演, second display, line 6, as a mean of ln w" },
  claim: "identity",
  settings: latentSettings,
  left: (library) => library.expect(library.logWeight),
  right: (witness) => boundOf(witness, 1),
  draws: {
    estimate: (library, options) =>
      library.iwaeSeries({ ...options, counts: [1] }).bounds,
    resolution: 0.05,
    finiteVariance: LOGS,
  },
  planted: [
    {
      error: "the log of the mean weight",
      left: (library) =>
        Math.log(library.expect((z) => Math.exp(library.logWeight(z)))),
    },
    {
      error: "two samples under the name of one",
      right: (witness) => boundOf(witness, 2),
    },
    {
      error: "the sum of two weights without 1/K",
      estimate: (library, options) =>
        overRepeats(
          library,
          { ...options, count: 2 },
          ([a, b]) => logMeanExp([a, b]) + Math.log(2),
        ),
    },
  ],
});

export const kSampleBoundRises = entry({
  id: "k-sample-bound-rises",
  statement: String.raw`\mathcal{L}_K = E \ln \frac1K \sum_{k=1}^K w_k
    \;\le\; \mathcal{L}_{K+1}`,
  short: "L_K <= L_(K+1)",
  essay: { page: "essay", line: "逼近: the bound drawn nearer without touching q" },
  claim: "inequality",
  note:
    "Drawn in pairs on common noise: the bound of K uses the first K draws of K + 1.",
  settings: latentSettings,
  left: (library) => [
    library.expect(library.logWeight),
    expectPair(library, logMeanOfTwo),
  ],
  right: (witness) => [boundOf(witness, 2), boundOf(witness, 3)],
  margin: 0.005,
  equality: {
    at: "at the posterior",
    left: (library) => expectPair(library.at({ q: "posterior" }), logMeanOfTwo),
    right: (witness) => boundOf(witness.at({ q: "posterior" }), 3),
  },
  draws: {
    // L_K - L_(K+1), which must be below 0.
    estimate: (library, options) =>
      library.iwaeSeries({ ...options, counts: [1, 2, 3, 4] }).gains
        .map((gain) => scaled(gain, { factor: -1 })),
    target: () => 0,
    resolution: 0.02,
    finiteVariance: LOGS,
  },
  planted: [
    {
      error: "the sum of the weights without 1/K",
      left: (library) => [
        library.expect(library.logWeight),
        expectPair(library, logMeanOfTwo) + Math.log(2),
      ],
    },
    {
      error: "losses softmaxed: the worst sample weighs most",
      right: (witness) => {
        const { masses, latents } = witness.massesOfApprox();
        const kept = masses.map((_, i) => i).filter((i) => masses[i] > 1e-7);
        const logs = kept.map((i) => logWeightOf(witness)(latents[i]));
        let two = 0;
        kept.forEach((i, a) =>
          kept.forEach((j, b) =>
            two += masses[i] * masses[j] * softmaxedLosses([logs[a], logs[b]])
          )
        );
        return [two, two];
      },
    },
    {
      error: "losses softmaxed: the worst sample weighs most",
      estimate: (library, options) =>
        overRepeats(
          library,
          { ...options, count: 2 },
          ([a, b]) => a - softmaxedLosses([a, b]),
        ),
    },
  ],
});

const IN_THE_LIMIT: Precision = {
  relative: 0.005,
  reason: "at K = 1024 the gap is about Var(w) / (2048 p(x)^2)",
};

const COUNTS = [1, 4, 16, 64, 256, 1024];

export const kSampleBoundReaches = entry({
  id: "k-sample-bound-reaches-log-marginal",
  statement: String.raw`\lim_{K \to \infty} \mathcal{L}_K = \ln p(x)`,
  short: "L_K -> ln p(x) as K grows",
  essay: { page: "essay", line: "逼近真實數據: what the bound comes near is ln p(x)" },
  claim: "limit",
  settings: latentSettings,
  left: (library) => {
    const { latents, weights } = library.rule();
    const logs = latents.map(library.logWeight);
    return COUNTS.map((count) => kSampleBound(weights, logs, count));
  },
  right: (witness) => witness.logMarginal(),
  precision: IN_THE_LIMIT,
  draws: {
    estimate: (library, options) =>
      library.iwaeSeries({ ...options, counts: [2, 8, 32] }).bounds,
    target: (witness) => [2, 8, 32].map((count) => boundOf(witness, count)),
    resolution: 0.05,
    finiteVariance: LOGS,
    effort: 0.1,
  },
  planted: [
    {
      error: "the analytic KL inside the logarithm",
      left: (library) => {
        const { latents, weights } = library.rule();
        const logs = latents.map(analyticWeight(library));
        return COUNTS.map((count) => kSampleBound(weights, logs, count));
      },
    },
    {
      error: "the ELBO taken for the limit",
      right: (witness) => witness.expect(logWeightOf(witness)),
    },
    {
      error: "the analytic KL inside the logarithm",
      estimate: (library, options) => {
        const logWeight = analyticWeight(library);
        return [2, 8, 32].map((count) =>
          overRepeats(library, { ...options, count, logWeight }, logMeanExp)
        );
      },
    },
  ],
});
