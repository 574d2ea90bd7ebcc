/**
 * The weights themselves: their mean is p(x), their variance what the bound lacks.
 *
 * @module
 */
import type { Vector } from "../../math/mod.ts";
import { average, logAverage } from "../draws.ts";
import { entry } from "../entry.ts";
import { kSampleBound } from "../k_sample_bound.ts";
import { analyticWeight } from "./mistakes.ts";
import { logWeightOf } from "../models/faces.ts";
import {
  coinsSetting,
  latentSettings,
  lineSetting,
  planeSetting,
} from "../models/settings.ts";

const WIDE_ENOUGH = "q is wider than half the posterior's variance: E_q w^2 is finite";

export const gapFallsAsOneOverK = entry({
  id: "k-sample-gap-falls-as-one-over-k",
  statement: String.raw`\lim_{K \to \infty} K \left( \ln p(x) - \mathcal{L}_K \right)
    = \frac{\mathrm{Var}_q\, w}{2\, p(x)^2}`,
  short: "K (ln p(x) - L_K) -> Var(w) / (2 p(x)^2)",
  essay: { page: "essay", line: "逼近: how fast" },
  claim: "limit",
  note: "The delta method: also the bias of -ln p(x) by importance sampling.",
  settings: [lineSetting, planeSetting, coinsSetting],
  left: (library) => {
    const { latents, weights } = library.rule();
    const logs = latents.map(library.logWeight);
    return [16, 64, 256, 1024].map((count) =>
      count * (library.logMarginal() - kSampleBound(weights, logs, count))
    );
  },
  right: (witness) => {
    const logWeight = logWeightOf(witness);
    const relative = (z: Vector) => Math.exp(logWeight(z) - witness.logMarginal());
    return witness.expect((z) => (relative(z) - 1) ** 2) / 2;
  },
  precision: { relative: 0.005, reason: "at K = 1024 the next term is of order 1/K" },
  draws: {
    estimate: (library, options) =>
      average(options, (random) => {
        const z = library.drawApprox(random);
        return Math.expm1(library.logWeight(z) - library.logMarginal()) ** 2 / 2;
      }),
    resolution: 0.15,
    finiteVariance:
      "q is wider than 3/4 of the posterior's variance: E_q w^4 is finite",
  },
  planted: [
    {
      error: "the 2 of the second derivative forgotten",
      left: (library) => {
        const { latents, weights } = library.rule();
        const logs = latents.map(library.logWeight);
        return [16, 64, 256, 1024].map((count) =>
          2 * count * (library.logMarginal() - kSampleBound(weights, logs, count))
        );
      },
    },
    {
      error: "the variance of w as it is, not relative to p(x)",
      right: (witness) => {
        const weight = (z: Vector) => Math.exp(logWeightOf(witness)(z));
        const marginal = Math.exp(witness.logMarginal());
        return witness.expect((z) => (weight(z) - marginal) ** 2) / 2;
      },
    },
    {
      error: "the variance of the log weights",
      estimate: (library, options) =>
        average(options, (random) => {
          const z = library.drawApprox(random);
          return (library.logWeight(z) - library.logMarginal()) ** 2 / 2;
        }),
    },
  ],
});

export const weightsAverageToTheMarginal = entry({
  id: "weights-average-to-the-marginal",
  statement: String.raw`E_q \frac{p(z, x)}{q(z \mid x)} = p(x)`,
  short: "ln E_q w = ln p(x)",
  essay: { page: "essay", line: "理論推演, second display, line 3: the first factor" },
  claim: "identity",
  note: "This, and not -ELBO, is what a negative log-likelihood is estimated by.",
  settings: latentSettings,
  left: (library) => Math.log(library.expect((z) => Math.exp(library.logWeight(z)))),
  right: (witness) => witness.logMarginal(),
  draws: {
    estimate: (library, options) => library.importanceLogMarginal(options),
    resolution: 0.03,
    finiteVariance: WIDE_ENOUGH,
  },
  planted: [
    {
      error: "-ELBO printed as the negative log-likelihood",
      left: (library) => library.expect(library.logWeight),
    },
    {
      error: "E_q p(x|z), the prior and q left out",
      right: (witness) => witness.expect((z) => Math.exp(witness.logLikelihood(z))),
    },
    {
      error: "-ELBO printed as the negative log-likelihood, by draws",
      estimate: (library, options) => library.elbo(options).elbo,
    },
    {
      error: "the analytic KL inside the weight",
      // On the line E_q p(x|z) exp(-KL) happens to lie near p(x).
      on: latentSettings.filter((setting) => setting !== lineSetting)
        .map(({ name }) => name),
      estimate: (library, options) => {
        const logWeight = analyticWeight(library);
        return logAverage(options, (random) => logWeight(library.drawApprox(random)));
      },
    },
  ],
});
