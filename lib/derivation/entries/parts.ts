/**
 * The bound in its two parts, and what each of them says about a model.
 *
 * @module
 */
import { average, total } from "../draws.ts";
import { entry } from "../entry.ts";
import {
  everyObservation,
  type LatentLibrary,
  type LatentWitness,
  mean,
} from "../models/faces.ts";
import { latentSettings, withNetwork } from "../models/settings.ts";

const LOGS_OF_TAILS = "logarithms grow like a power of z, and q has every moment of z";

/** ln q(z|x) - ln p(z), whose mean under q is the KL to the prior. */
function klTerm(library: LatentLibrary) {
  return (z: readonly number[]) => library.logApprox(z) - library.logPrior(z);
}

/** E_q [ln q(z|x) - ln p(z)], by the witness. */
function klToPrior(witness: LatentWitness): number {
  return witness.expect((z) => witness.logApprox(z) - witness.logPrior(z));
}

export const reconstructionMinusKl = entry({
  id: "elbo-is-reconstruction-minus-kl",
  statement: String.raw`E_q \ln \frac{p(z, x)}{q(z \mid x)}
    = -\mathrm{KL}(q(z \mid x) \,\|\, p(z)) + E_q \ln p(x \mid z)`,
  short: "ELBO = -KL(q || p(z)) + E_q ln p(x|z)",
  essay: { page: "essay", line: "理論推演, third display, lines 1 to 3" },
  claim: "identity",
  note:
    "The KL must be small and its negative large: the essay's text has it the other " +
    "way round, its formula is right.",
  settings: withNetwork,
  left: (library) => -library.klToPrior() + library.expect(library.logLikelihood),
  right: (witness) => witness.expect((z) => witness.logJoint(z) - witness.logApprox(z)),
  draws: {
    estimate: (library, options) => [
      library.elbo({ ...options, form: "analyticKl" }).elbo,
      library.elbo({ ...options, form: "sampledKl" }).elbo,
      library.elbo({ ...options, form: "joint" }).elbo,
    ],
    resolution: 0.05,
    finiteVariance: LOGS_OF_TAILS,
  },
  planted: [
    {
      error: "the KL with the wrong sign",
      left: (library) => library.klToPrior() + library.expect(library.logLikelihood),
    },
    {
      error: "reconstruction error taken for the log-likelihood",
      left: (library) => -library.klToPrior() - library.expect(library.logLikelihood),
    },
    {
      error: "the KL reversed",
      left: (library) =>
        library.expectPrior(klTerm(library)) + library.expect(library.logLikelihood),
    },
    {
      error: "the entropy of q dropped",
      right: (witness) => witness.expect(witness.logJoint),
    },
    {
      error: "the KL halved, as a beta of 1/2",
      estimate: (library, options) =>
        average(options, (random) => {
          const z = library.drawApprox(random);
          return library.logLikelihood(z) - klTerm(library)(z) / 2;
        }),
    },
  ],
});

export const expectedLogLikelihood = entry({
  id: "reconstruction-is-an-expectation",
  statement: String.raw`\int_z q(z \mid x) \ln p(x \mid z)\, dz
    = E_{q(z \mid x)}[\ln p(x \mid z)]`,
  short: "int q ln p(x|z) dz = E_q ln p(x|z)",
  essay: { page: "essay", line: "理論推演, last display" },
  claim: "identity",
  settings: latentSettings,
  left: (library) => library.expect(library.logLikelihood),
  right: (witness) =>
    witness.integrate((z) => Math.exp(witness.logApprox(z)) * witness.logLikelihood(z)),
  draws: {
    estimate: (library, options) =>
      average(options, (random) => library.logLikelihood(library.drawApprox(random))),
    resolution: 0.05,
    finiteVariance: LOGS_OF_TAILS,
  },
  planted: [
    {
      error: "only the centre of q decoded",
      left: (library) => library.logLikelihood(library.center),
    },
    {
      error: "the log of the average in the place of the average of the log",
      right: (witness) =>
        Math.log(
          witness.integrate((z) =>
            Math.exp(witness.logApprox(z) + witness.logLikelihood(z))
          ),
        ),
    },
    {
      error: "z from the prior",
      estimate: (library, options) =>
        average(options, (random) => library.logLikelihood(library.drawPrior(random))),
    },
  ],
});

export const reconstructionIsNotTheMarginal = entry({
  id: "reconstruction-is-not-log-marginal",
  statement: String.raw`E_q \ln p(x \mid z) = \ln p(x)
    + \mathrm{KL}(q(z \mid x) \,\|\, p(z)) - \mathrm{KL}(q(z \mid x) \,\|\, p(z \mid x))`,
  short: "E_q ln p(x|z) = ln p(x) + KL(q||p(z)) - KL(q||p(z|x))",
  essay: { page: "essay", line: "讓我們的lnP(X|Z=z)越接近原始圖像越好!(也就是lnP(X))" },
  claim: "identity",
  note: "The essay puts ln p(x) for the left side; the two KLs are what lies between.",
  settings: withNetwork,
  left: (library) => library.expect(library.logLikelihood),
  right: (witness) =>
    witness.logMarginal() + klToPrior(witness) -
    witness.expect((z) => witness.logApprox(z) - witness.logPosterior(z)),
  draws: {
    estimate: (library, options) => library.elbo(options).expectedLogLikelihood,
    resolution: 0.05,
    finiteVariance: LOGS_OF_TAILS,
  },
  planted: [
    {
      error: "E_q ln p(x|z) taken for ln p(x)",
      right: (witness) => witness.logMarginal(),
    },
    {
      error: "the two KLs exchanged",
      right: (witness) =>
        witness.logMarginal() - klToPrior(witness) +
        witness.expect((z) => witness.logApprox(z) - witness.logPosterior(z)),
    },
    {
      error: "the ELBO under the reconstruction's name",
      left: (library) => library.expect(library.logWeight),
    },
    {
      error: "the KL left inside",
      estimate: (library, options) => library.elbo(options).elbo,
    },
  ],
});

/** ln of the aggregate (1/N) sum_x q(z|x). */
function logAggregate(faces: readonly LatentWitness[]) {
  return (z: readonly number[]) =>
    Math.log(mean(faces.map((face) => Math.exp(face.logApprox(z)))));
}

export const averageKlIsInformation = entry({
  id: "average-kl-is-information-plus-aggregate-kl",
  statement: String.raw`\frac1N \sum_x \mathrm{KL}(q(z \mid x) \,\|\, p(z))
    = I_q(x; z) + \mathrm{KL}(\bar q(z) \,\|\, p(z)), \quad
    \bar q(z) = \frac1N \sum_x q(z \mid x)`,
  short: "mean_x KL(q || p(z)) = I(x;z) + KL(mean q || p(z))",
  essay: {
    page: "essay",
    line: "根據輸入至Encoder所得到的輸出，要和標準常態分布越接近越好!!",
  },
  claim: "identity",
  note:
    "At 0 for every x the code says nothing about x: posterior collapse, not a goal. " +
    "What the prior asks for is the aggregate of all q.",
  settings: latentSettings,
  left: (library) => mean(everyObservation(library).map((face) => face.klToPrior())),
  right: (witness) => {
    const faces = everyObservation(witness);
    const logMean = logAggregate(faces);
    const information = mean(
      faces.map((face) => face.expect((z) => face.logApprox(z) - logMean(z))),
    );
    const aggregateKl = witness.integrate((z) =>
      Math.exp(logMean(z)) * (logMean(z) - witness.logPrior(z))
    );
    return information + aggregateKl;
  },
  draws: {
    estimate: (library, options) => {
      const faces = everyObservation(library);
      const share = { ...options, numSamples: Math.ceil(options.numSamples / 3) };
      const sum = total(
        faces.map((face) =>
          average(share, (random) => klTerm(face)(face.drawApprox(random)))
        ),
      );
      return {
        mean: sum.mean / faces.length,
        standardError: sum.standardError / faces.length,
        numSamples: options.numSamples,
      };
    },
    resolution: 0.05,
    finiteVariance: LOGS_OF_TAILS,
  },
  planted: [
    {
      error: "the KL of the first x for all",
      left: (library) => library.klToPrior(),
    },
    {
      error: "the information forgotten",
      right: (witness) => {
        const logMean = logAggregate(everyObservation(witness));
        return witness.integrate((z) =>
          Math.exp(logMean(z)) * (logMean(z) - witness.logPrior(z))
        );
      },
    },
    {
      error: "the sum over x for the mean",
      estimate: (library, options) =>
        total(
          everyObservation(library).map((face) =>
            average(options, (random) => klTerm(face)(face.drawApprox(random)))
          ),
        ),
    },
  ],
});
