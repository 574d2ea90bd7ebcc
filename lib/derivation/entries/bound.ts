/**
 * The bound: below ln p(x), equal to it at the posterior, and short of it by a KL.
 *
 * @module
 */
import { average, scaled } from "../draws.ts";
import { entry } from "../entry.ts";
import {
  everyApprox,
  type LatentLibrary,
  type LatentWitness,
} from "../models/faces.ts";
import { latentSettings, withNetwork } from "../models/settings.ts";

const LOGS_OF_TAILS = "logarithms grow like a power of z, and q has every moment of z";
const NO_SPREAD = "every draw has the same value: the variance is 0";

/** The bound by the library's rule for E_q. */
function elboOf(library: LatentLibrary): number {
  return library.expect(library.logWeight);
}

/** ln q(z|x) - ln p(z|x): how far q is off at one z. */
function excess(witness: LatentWitness) {
  return (z: readonly number[]) => witness.logApprox(z) - witness.logPosterior(z);
}

export const elboIsBelow = entry({
  id: "elbo-is-below-log-marginal",
  statement: String.raw`\mathrm{ELBO}(q) = E_q \ln \frac{p(z, x)}{q(z \mid x)}
    \le \ln p(x)`,
  short: "ELBO(q) <= ln p(x)",
  essay: { page: "essay", line: "理論推演, second display, line 6" },
  claim: "inequality",
  note:
    "The essay calls maximising ln p(x) equivalent to maximising this bound; it is " +
    "not, see bound-and-log-marginal-climb-differently.",
  settings: withNetwork,
  left: (library) => everyApprox(library).map(elboOf),
  right: (witness) => witness.logMarginal(),
  margin: 0.1,
  equality: {
    at: "at the posterior",
    left: (library) => elboOf(library.at({ q: "posterior" })),
    right: (witness) => witness.logMarginal(),
  },
  draws: {
    estimate: (library, options) =>
      everyApprox(library).map((face) => face.elbo(options).elbo),
    resolution: 0.05,
    finiteVariance: LOGS_OF_TAILS,
  },
  planted: [
    {
      error: "the KL to the prior with the wrong sign",
      left: (library) =>
        everyApprox(library).map((face) =>
          face.klToPrior() + face.expect(face.logLikelihood)
        ),
    },
    {
      error: "-ELBO sold as the bound",
      left: (library) => everyApprox(library).map((face) => -elboOf(face)),
    },
    {
      error: "the entropy of q counted twice",
      part: "equality",
      left: (library) => {
        const face = library.at({ q: "posterior" });
        return face.expect((z) => face.logWeight(z) - face.logApprox(z));
      },
    },
    {
      error: "the bound itself in the place of ln p(x)",
      right: (witness) =>
        everyApprox(witness).map((face) =>
          face.expect((z) => face.logJoint(z) - face.logApprox(z))
        ),
    },
    {
      error: "the KL to the prior with the wrong sign, by draws",
      estimate: (library, options) =>
        everyApprox(library).map((face) =>
          average(options, (random) => {
            const z = face.drawApprox(random);
            return face.logLikelihood(z) + face.logApprox(z) - face.logPrior(z);
          })
        ),
    },
  ],
});

export const equalAtThePosterior = entry({
  id: "equality-at-the-posterior",
  statement: String.raw`q(z \mid x) = p(z \mid x) \;\Rightarrow\;
    \mathrm{KL} = 0,\ \mathrm{ELBO} = \ln p(x)`,
  short: "q = p(z|x): KL = 0 and ELBO = ln p(x)",
  essay: { page: "essay", line: "當q(z|x)=p(z|x)時，我們得到的KLD會是0" },
  claim: "identity",
  note: "The bound comes near ln p(x), a number: not the data X, as the essay has it.",
  settings: withNetwork,
  left: (library) => {
    const face = library.at({ q: "posterior" });
    return [face.klToPosterior(), face.expect(face.logLikelihood) - face.klToPrior()];
  },
  right: (witness) => [0, witness.logMarginal()],
  draws: {
    estimate: (library, options) => library.at({ q: "posterior" }).elbo(options).elbo,
    target: (witness) => witness.logMarginal(),
    resolution: 1e-9,
    finiteVariance: NO_SPREAD,
  },
  planted: [
    {
      error: "q instead of the posterior",
      left: (library) => [library.klToPosterior(), elboOf(library)],
    },
    {
      error: "the likelihood's peak for ln p(x)",
      right: (witness) => [0, Math.max(...witness.probes.map(witness.logLikelihood))],
    },
    {
      error: "draws of q under the posterior's name",
      estimate: (library, options) => library.elbo(options).elbo,
    },
  ],
});

export const gapIsTheKl = entry({
  id: "gap-is-that-kl-and-nothing-else",
  statement: String.raw`\ln p(x) - \mathrm{ELBO}(q)
    = \mathrm{KL}(q(z \mid x) \,\|\, p(z \mid x)) \text{ for every } q`,
  short: "ln p(x) - ELBO(q) = KL(q || p(z|x)), every q",
  essay: { page: "essay", line: "調整q(z|x)可以讓我們的理論下界逼近" },
  claim: "identity",
  settings: withNetwork,
  left: (library) =>
    everyApprox(library).map((face) => library.logMarginal() - elboOf(face)),
  right: (witness) => everyApprox(witness).map((face) => face.expect(excess(face))),
  draws: {
    estimate: (library, options) =>
      everyApprox(library).map((face) =>
        scaled(face.elbo(options).elbo, { factor: -1, plus: face.logMarginal() })
      ),
    resolution: 0.05,
    finiteVariance: LOGS_OF_TAILS,
  },
  planted: [
    {
      error: "the gap with the wrong sign",
      left: (library) =>
        everyApprox(library).map((face) => elboOf(face) - library.logMarginal()),
    },
    {
      error: "the KL reversed",
      right: (witness) => {
        const posterior = witness.at({ q: "posterior" });
        return everyApprox(witness).map((face) =>
          posterior.expect((z) => -excess(face)(z))
        );
      },
    },
    {
      error: "the KL to the prior",
      right: (witness) =>
        everyApprox(witness).map((face) =>
          face.expect((z) => face.logApprox(z) - face.logPrior(z))
        ),
    },
    {
      error: "the gap of the reconstruction alone",
      estimate: (library, options) =>
        everyApprox(library).map((face) =>
          scaled(face.elbo(options).expectedLogLikelihood, {
            factor: -1,
            plus: face.logMarginal(),
          })
        ),
    },
  ],
});

export const jensen = entry({
  id: "jensen",
  statement: String.raw`E_q \ln w \le \ln E_q w, \quad w = \frac{p(z, x)}{q(z \mid x)}`,
  short: "E_q ln w <= ln E_q w",
  essay: { page: "essay", line: "理論推演, second display, line 6, without the KL" },
  claim: "inequality",
  note:
    "The other way to the bound: the logarithm is concave. It does not say what is lost.",
  settings: latentSettings,
  left: (library) => everyApprox(library).map(elboOf),
  right: (witness) =>
    everyApprox(witness).map((face) =>
      Math.log(face.expect((z) => Math.exp(face.logJoint(z) - face.logApprox(z))))
    ),
  margin: 0.1,
  equality: {
    at: "w constant",
    left: (library) => elboOf(library.at({ q: "posterior" })),
    right: (witness) => {
      const face = witness.at({ q: "posterior" });
      return Math.log(
        face.expect((z) => Math.exp(face.logJoint(z) - face.logApprox(z))),
      );
    },
  },
  draws: {
    estimate: (library, options) =>
      everyApprox(library).map((face) =>
        average(options, (random) => face.logWeight(face.drawApprox(random)))
      ),
    resolution: 0.05,
    finiteVariance: LOGS_OF_TAILS,
  },
  planted: [
    {
      error: "the logarithm taken for convex: the sides exchanged",
      left: (library) =>
        everyApprox(library).map((face) =>
          Math.log(face.expect((z) => Math.exp(face.logWeight(z))))
        ),
    },
    {
      error: "the average of the logs on both sides",
      right: (witness) =>
        everyApprox(witness).map((face) =>
          face.expect((z) => face.logJoint(z) - face.logApprox(z))
        ),
    },
  ],
});
