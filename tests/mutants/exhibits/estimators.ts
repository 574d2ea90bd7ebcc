import type { Mutant } from "../mutant.ts";

const boundGradients = "lib/estimators/bound_gradients.ts";
const elbo = "lib/estimators/elbo.ts";
const gradients = "lib/estimators/gradients.ts";
const hamiltonian = "lib/estimators/hamiltonian.ts";
const iwae = "lib/estimators/iwae.ts";
const logWeight = "lib/estimators/log_weight.ts";

/** Wrong bounds, wrong signs and wrong gradients. */
export const estimatorMutants: readonly Mutant[] = [
  {
    id: "elbo-plus-kl",
    mistake: "ELBO = reconstruction + KL: the sign that prose gets wrong.",
    file: elbo,
    from: ": logLikelihoods[i] - klTerms[i];",
    to: ": logLikelihoods[i] + klTerms[i];",
  },
  {
    id: "kl-of-the-other-sign",
    mistake: "A variable named KL holds ln p - ln q.",
    file: elbo,
    from: "closedKl : logApprox - logPrior;",
    to: "closedKl : logPrior - logApprox;",
  },
  {
    id: "prior-left-out",
    mistake: "The log weight forgets the prior.",
    file: logWeight,
    from: "return model.prior.logProb(z) + model.likelihood(z).logProb(x) -",
    to: "return model.likelihood(z).logProb(x) -",
  },
  {
    id: "iwae-mean-of-logs",
    mistake: "The K-sample bound averages log weights: K never matters.",
    file: iwae,
    from: "values[i][repeat] = logMeanExp(logWeights.subarray(0, count));",
    to:
      "values[i][repeat] = logWeights.subarray(0, count).reduce((sum, w) => sum + w) / count;",
  },
  {
    id: "iwae-with-the-kl-inside",
    mistake: "The weights of the K-sample bound hold -ln q twice.",
    file: logWeight,
    from: "    approxPosterior.logProb(z);\n}",
    to: "    2 * approxPosterior.logProb(z);\n}",
  },
  {
    id: "gains-not-paired",
    mistake: "The gain from K to K + 1 is measured from the wrong bound.",
    file: iwae,
    from: "pairedDifference(value, values[i])",
    to: "pairedDifference(value, values[0])",
  },
  {
    id: "bias-of-the-wrong-sign",
    mistake: "The bias of ln of a mean is said to be upward.",
    file: "lib/estimators/importance_log_marginal.ts",
    from: "bias: -0.5 * estimate.standardError ** 2 }",
    to: "bias: 0.5 * estimate.standardError ** 2 }",
  },
  {
    id: "score-of-the-scale-without-its-one",
    mistake: "The score function of a normal's scale misses its -1.",
    file: gradients,
    from: "value * (e * e - 1) / q.scale[i]",
    to: "value * (e * e) / q.scale[i]",
  },
  {
    id: "score-not-standardised",
    mistake: "The score of the mean is not divided by the scale.",
    file: gradients,
    from: "mean: eps.map((e, i) => value * e / q.scale[i]),",
    to: "mean: eps.map((e) => value * e),",
  },
  {
    id: "gradient-by-the-log-scale",
    mistake: "The pathwise gradient by the scale is that by its logarithm.",
    file: gradients,
    from: "scale: slope.map((value, i) => value * eps[i])",
    to: "scale: slope.map((value, i) => value * eps[i] * q.scale[i])",
  },
  {
    id: "annealing-that-accepts-all",
    mistake: "Annealing takes every proposal: no station is left invariant.",
    file: hamiltonian,
    from: "if (walk.random.uniform() >= probability) continue;",
    to: "if (walk.random.uniform() >= 1) continue;",
  },
  {
    id: "leapfrog-ends-with-a-full-kick",
    mistake: "The last half kick of the leapfrog is a whole one: it is not reversible.",
    file: hamiltonian,
    from: "kick(end, step < leapfrogSteps ? 1 : 0.5);",
    to: "kick(end, 1);",
  },
  {
    id: "energy-without-the-momentum",
    mistake: "The energy forgets the momentum: the test accepts by the place alone.",
    file: hamiltonian,
    from: "squares += points[j] ** 2 + momenta[j] ** 2;",
    to: "squares += points[j] ** 2 + 0 * momenta[j];",
  },
  {
    id: "baseline-that-knows-its-draw",
    mistake: "The baseline of a draw is the mean of all draws, its own too.",
    file: boundGradients,
    from: "others[k] = (sum - own) / (count - 1);",
    to: "others[k] = sum / count + 0 * own;",
  },
  {
    id: "doubly-reparameterized-once",
    mistake: "The doubly reparameterised gradient is weighted once, not twice.",
    file: boundGradients,
    from: "columns[j][at] += v * v * (slope + e / s);",
    to: "columns[j][at] += v * (slope + e / s);",
  },
  {
    id: "posterior-without-the-prior",
    mistake: "The exact posterior's precision leaves out the prior's 1.",
    file: "lib/exact/linear_gaussian.ts",
    from: "plusDiagonal(matMul(toLatent, weight), weight[0].map(() => 1));",
    to: "plusDiagonal(matMul(toLatent, weight), weight[0].map(() => 1e-9));",
  },
  {
    id: "marginal-without-the-noise",
    mistake: "The exact marginal takes the scale of the noise for its variance.",
    file: "lib/exact/linear_gaussian.ts",
    from: "scales.map((s) => s * s),",
    to: "scales.map((s) => s),",
  },
];
