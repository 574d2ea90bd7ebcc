/**
 * What ln p(x) is: a sum over the data, an integral over z, and the same at every z.
 *
 * @module
 */
import { average, logAverage, total } from "../draws.ts";
import { entry } from "../entry.ts";
import { everyObservation, mean, sum } from "../models/faces.ts";
import { latentSettings } from "../models/settings.ts";

const BOUNDED_LIKELIHOOD =
  "p(x|z) is bounded (a fixed noise scale, or a mass), so it has every moment";

export const logOfProduct = entry({
  id: "log-of-product-is-sum-of-logs",
  statement: String.raw`L = \ln \prod_x p(x) = \sum_x \ln p(x)`,
  short: "ln prod_x p(x) = sum_x ln p(x)",
  essay: { page: "essay", line: "理論推演, first display" },
  claim: "identity",
  settings: latentSettings,
  left: (library) => sum(everyObservation(library).map((face) => face.logMarginal())),
  right: (witness) =>
    Math.log(
      everyObservation(witness).map((face) => Math.exp(face.logMarginal()))
        .reduce((product, density) => product * density, 1),
    ),
  draws: {
    // x by x, from independent draws of the prior.
    estimate: (library, options) =>
      total(
        everyObservation(library).map((face) =>
          logAverage(options, (random) => face.logLikelihood(face.drawPrior(random)))
        ),
      ),
    resolution: 0.05,
    finiteVariance: BOUNDED_LIKELIHOOD,
  },
  planted: [
    {
      error: "the mean over x in the place of the sum",
      left: (library) =>
        mean(everyObservation(library).map((face) => face.logMarginal())),
    },
    {
      error: "the log of the sum in the place of the product",
      right: (witness) =>
        Math.log(
          sum(everyObservation(witness).map((face) => Math.exp(face.logMarginal()))),
        ),
    },
    {
      error: "one z for all of the data",
      estimate: (library, options) => {
        const faces = everyObservation(library);
        return logAverage(options, (random) => {
          const z = library.drawPrior(random);
          return sum(faces.map((face) => face.logLikelihood(z)));
        });
      },
    },
  ],
});

export const marginalIsAnIntegral = entry({
  id: "marginal-is-an-integral",
  statement: String.raw`p(x) = \int_z p(x \mid z)\, p(z)\, dz`,
  short: "ln p(x) = ln int p(x|z) p(z) dz",
  essay: { page: "essay", line: "架構: X is data, Z is hidden and standard normal" },
  claim: "identity",
  settings: latentSettings,
  left: (library) => library.logMarginal(),
  right: (witness) => Math.log(witness.integrate((z) => Math.exp(witness.logJoint(z)))),
  draws: {
    estimate: (library, options) =>
      logAverage(options, (random) => library.logLikelihood(library.drawPrior(random))),
    resolution: 0.02,
    finiteVariance: BOUNDED_LIKELIHOOD,
  },
  planted: [
    {
      error: "the average of the logs in the place of the log of the average",
      left: (library) => library.expectPrior(library.logLikelihood),
    },
    {
      error: "the prior left out",
      right: (witness) =>
        Math.log(witness.integrate((z) => Math.exp(witness.logLikelihood(z)))),
    },
    {
      error: "z from q, unweighted",
      estimate: (library, options) =>
        logAverage(
          options,
          (random) => library.logLikelihood(library.drawApprox(random)),
        ),
    },
  ],
});

export const averageOfAConstant = entry({
  id: "average-of-a-constant",
  statement: String.raw`\ln p(x) = \int_z q(z \mid x) \ln p(x)\, dz
    = E_q[\ln p(x)] \text{ for any } q`,
  short: "ln p(x) = E_q ln p(x)",
  essay: { page: "essay", line: "理論推演, second display, line 1" },
  claim: "identity",
  note: "ln p(x) does not depend on z, and q integrates to 1: nothing else is used.",
  settings: latentSettings,
  left: (library) => library.logMarginal(),
  right: (witness) => witness.expect(() => witness.logMarginal()),
  draws: {
    // From the prior and weighted: under q itself a constant has no spread to show.
    estimate: (library, options) =>
      average(options, (random) => {
        const z = library.drawPrior(random);
        const ratio = Math.exp(library.logApprox(z) - library.logPrior(z));
        return ratio * library.logMarginal();
      }),
    resolution: 0.05,
    finiteVariance: "q is narrower than the prior, so q / prior is bounded",
  },
  planted: [
    {
      error: "ln p(x|z) taken for ln p(x)",
      left: (library) => library.expect(library.logLikelihood),
    },
    {
      error: "q without its normaliser",
      right: (witness) => {
        const top = Math.max(
          ...witness.massesOfApprox().latents.map(witness.logApprox),
        );
        return witness.integrate((z) =>
          Math.exp(witness.logApprox(z) - top) * witness.logMarginal()
        );
      },
    },
    {
      error: "the weight q / prior upside down",
      estimate: (library, options) =>
        average(options, (random) => {
          const z = library.drawApprox(random);
          const ratio = Math.exp(library.logApprox(z) - library.logPrior(z));
          return ratio * library.logMarginal();
        }),
    },
  ],
});

export const jointFactorises = entry({
  id: "joint-factorises-both-ways",
  statement: String.raw`p(z, x) = p(x \mid z)\, p(z) = p(z \mid x)\, p(x)`,
  short: "p(x|z) p(z) = p(z|x) p(x), at every z",
  essay: { page: "essay", line: "理論推演, third display, line 1" },
  claim: "identity",
  settings: latentSettings,
  left: (library) =>
    library.probes.map((z) => library.logPosterior(z) + library.logMarginal()),
  right: (witness) =>
    witness.probes.map((z) => witness.logLikelihood(z) + witness.logPrior(z)),
  draws: {
    // The joint's mean of a function of z: by the prior here, by the posterior there.
    estimate: (library, options) =>
      average(options, (random) => {
        const z = library.drawPrior(random);
        return statistic(z) * Math.exp(library.logLikelihood(z));
      }),
    target: (witness) => {
      const posteriorMean = witness.integrate((z) =>
        statistic(z) * Math.exp(witness.logPosterior(z))
      );
      return posteriorMean * Math.exp(witness.logMarginal());
    },
    resolution: 0.005,
    finiteVariance: "a bounded function of z times a bounded p(x|z)",
  },
  planted: [
    {
      error: "the posterior alone taken for the joint",
      left: (library) => library.probes.map(library.logPosterior),
    },
    {
      error: "the prior left out",
      right: (witness) => witness.probes.map(witness.logLikelihood),
    },
    {
      error: "z from q in the place of the prior",
      estimate: (library, options) =>
        average(options, (random) => {
          const z = library.drawApprox(random);
          return statistic(z) * Math.exp(library.logLikelihood(z));
        }),
    },
  ],
});

export const bayesAtEveryLatent = entry({
  id: "bayes-at-every-latent",
  statement: String.raw`p(x) = \frac{p(z, x)}{p(z \mid x)} \text{ at every } z`,
  short: "ln p(x) = ln p(z,x) - ln p(z|x), at every z",
  essay: { page: "essay", line: "理論推演, second display, line 2" },
  claim: "identity",
  settings: latentSettings,
  left: (library) =>
    library.probes.map((z) =>
      library.logPrior(z) + library.logLikelihood(z) - library.logPosterior(z)
    ),
  right: (witness) => witness.logMarginal(),
  draws: {
    // The library's draws of p(z|x) against the joint that the witness integrates.
    estimate: (library, options) =>
      average(options, (random) => statistic(library.drawPosterior(random))),
    target: (witness) =>
      witness.integrate((z) => statistic(z) * Math.exp(witness.logJoint(z))) /
      witness.integrate((z) => Math.exp(witness.logJoint(z))),
    resolution: 0.01,
    finiteVariance: "the function of z is bounded",
  },
  planted: [
    {
      error: "q taken for the posterior",
      left: (library) =>
        library.probes.map((z) =>
          library.logPrior(z) + library.logLikelihood(z) - library.logApprox(z)
        ),
    },
    {
      error: "the likelihood integrated without the prior",
      right: (witness) => witness.logIntegrate(witness.logLikelihood),
    },
    {
      error: "draws of the prior for draws of the posterior",
      estimate: (library, options) =>
        average(options, (random) => statistic(library.drawPrior(random))),
    },
  ],
});

/** A bounded function of z whose mean is a sharp test of a distribution of z. */
function statistic(z: readonly number[]): number {
  return Math.tanh(z[0] + 0.5);
}
