/**
 * From ln p(x) to the bound and what it leaves out: multiply by q/q, split the log.
 *
 * @module
 */
import { average, scaled, total } from "../draws.ts";
import { entry } from "../entry.ts";
import type { LatentLibrary } from "../models/faces.ts";
import { latentSettings, withNetwork } from "../models/settings.ts";

const LOGS_OF_TAILS = "logarithms grow like a power of z, and q has every moment of z";
const NO_SPREAD = "every draw has the same value: the variance is 0";

/** The bound by the library's rule for E_q. */
function elboOf(library: LatentLibrary): number {
  return library.expect(library.logWeight);
}

/** ln q(z|x) - ln p(z|x): how far q is off at one z. */
function excess(library: LatentLibrary) {
  return (z: readonly number[]) => library.logApprox(z) - library.logPosterior(z);
}

export const multiplyByOne = entry({
  id: "multiply-by-q-over-q",
  statement: String.raw`\frac{p(z, x)}{p(z \mid x)}
    = \frac{p(z, x)}{q(z \mid x)} \, \frac{q(z \mid x)}{p(z \mid x)}`,
  short: "p(z,x)/p(z|x) = p(z,x)/q * q/p(z|x), at every z",
  essay: { page: "essay", line: "理論推演, second display, line 3" },
  claim: "identity",
  note: "Both factors vary with z; their product is p(x) at every draw.",
  settings: latentSettings,
  left: (library) =>
    library.probes.map((z) => library.logWeight(z) + excess(library)(z)),
  right: (witness) =>
    witness.probes.map((z) => witness.logJoint(z) - witness.logPosterior(z)),
  draws: {
    estimate: (library, options) =>
      average(options, (random) => {
        const z = library.drawApprox(random);
        return library.logWeight(z) + excess(library)(z);
      }),
    target: (witness) => witness.logMarginal(),
    resolution: 1e-9,
    finiteVariance: NO_SPREAD,
  },
  planted: [
    {
      error: "the second factor upside down",
      left: (library) =>
        library.probes.map((z) => library.logWeight(z) - excess(library)(z)),
    },
    {
      error: "the prior taken for the posterior",
      right: (witness) =>
        witness.probes.map((z) => witness.logJoint(z) - witness.logPrior(z)),
    },
    {
      error: "q left in one factor only",
      estimate: (library, options) =>
        average(options, (random) => library.logWeight(library.drawApprox(random))),
    },
  ],
});

export const splitTheLog = entry({
  id: "split-the-log",
  statement: String.raw`E_q \ln \left( \frac{p(z, x)}{q(z \mid x)}
    \frac{q(z \mid x)}{p(z \mid x)} \right) = E_q \ln \frac{p(z, x)}{q(z \mid x)}
    + E_q \ln \frac{q(z \mid x)}{p(z \mid x)}`,
  short: "E_q ln(a b) = E_q ln a + E_q ln b",
  essay: { page: "essay", line: "理論推演, second display, line 4" },
  claim: "identity",
  settings: latentSettings,
  left: (library) =>
    library.expect((z) =>
      Math.log(Math.exp(library.logWeight(z) + excess(library)(z)))
    ),
  right: (witness) =>
    witness.expect((z) => witness.logJoint(z) - witness.logApprox(z)) +
    witness.expect((z) => witness.logApprox(z) - witness.logPosterior(z)),
  draws: {
    // Each term from draws of its own: shared draws would cancel exactly.
    estimate: (library, options) =>
      total([
        average(options, (random) => library.logWeight(library.drawApprox(random))),
        average(options, (random) => excess(library)(library.drawApprox(random))),
      ]),
    resolution: 0.05,
    finiteVariance: LOGS_OF_TAILS,
  },
  planted: [
    {
      error: "the log of the average in the place of the average of the log",
      left: (library) =>
        Math.log(library.expect((z) => Math.exp(library.logWeight(z)))) +
        library.expect(excess(library)),
    },
    {
      error: "a product of the integrals in the place of their sum",
      right: (witness) =>
        witness.expect((z) => witness.logJoint(z) - witness.logApprox(z)) *
        witness.expect((z) => witness.logApprox(z) - witness.logPosterior(z)),
    },
    {
      error: "the second term counted twice",
      estimate: (library, options) =>
        average(options, (random) => {
          const z = library.drawApprox(random);
          return library.logWeight(z) + 2 * excess(library)(z);
        }),
    },
  ],
});

export const elboPlusKl = entry({
  id: "log-marginal-is-elbo-plus-kl",
  statement: String.raw`\ln p(x) = \underbrace{E_q \ln \frac{p(z, x)}{q(z \mid x)}}_{
    \mathrm{ELBO}} + \mathrm{KL}(q(z \mid x) \,\|\, p(z \mid x))`,
  short: "ln p(x) = ELBO + KL(q || p(z|x))",
  essay: { page: "essay", line: "理論推演, second display, line 5" },
  claim: "identity",
  settings: withNetwork,
  left: (library) => elboOf(library) + library.klToPosterior(),
  right: (witness) => witness.logMarginal(),
  draws: {
    estimate: (library, options) =>
      scaled(library.elbo(options).elbo, { plus: library.klToPosterior() }),
    resolution: 0.05,
    finiteVariance: LOGS_OF_TAILS,
  },
  planted: [
    {
      error: "the KL subtracted",
      left: (library) => elboOf(library) - library.klToPosterior(),
    },
    {
      error: "the KL to the prior",
      left: (library) => elboOf(library) + library.klToPrior(),
    },
    {
      error: "the entropy of q dropped from the ELBO",
      left: (library) =>
        library.expect((z) => library.logPrior(z) + library.logLikelihood(z)) +
        library.klToPosterior(),
    },
    {
      error: "the likelihood at the prior's centre for the marginal",
      right: (witness) => witness.logLikelihood(witness.probes[0].map(() => 0)),
    },
    {
      error: "z from the prior",
      estimate: (library, options) =>
        scaled(
          average(options, (random) => library.logWeight(library.drawPrior(random))),
          { plus: library.klToPosterior() },
        ),
    },
  ],
});
