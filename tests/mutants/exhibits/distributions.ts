import type { Mutant } from "../mutant.ts";

const normal = "lib/distributions/normal.ts";
const bernoulli = "lib/distributions/bernoulli.ts";
const kl = "lib/distributions/kl.ts";
const mixture = "lib/distributions/mixture.ts";

/** Wrong densities, entropies and divergences. */
export const distributionMutants: readonly Mutant[] = [
  {
    id: "normaliser-once-per-dimension",
    mistake:
      "The normaliser of all dimensions is added once for each of them; it cancels " +
      "in a KL, so training hides it.",
    file: normal,
    from: "this.dim * LOG_TWO_PI / 2;",
    to: "this.dim * this.dim * LOG_TWO_PI / 2;",
  },
  {
    id: "variance-for-scale-in-density",
    mistake: "The density divides by the variance where it should by the scale.",
    file: normal,
    from: "(x[i] - this.mean[i]) / this.scale[i]",
    to: "(x[i] - this.mean[i]) / this.variance[i]",
  },
  {
    id: "variance-for-scale-in-sample",
    mistake: "Samples spread by the variance instead of the scale.",
    file: normal,
    from: "m + this.scale[i] * random.normal()",
    to: "m + this.variance[i] * random.normal()",
  },
  {
    id: "entropy-without-its-half",
    mistake: "The entropy of a normal leaves out the 1/2 of each dimension.",
    file: normal,
    from: "return this.#logNormalizer + this.dim / 2;",
    to: "return this.#logNormalizer;",
  },
  {
    id: "reparameterize-by-variance",
    mistake: "z = mean + variance eps.",
    file: "lib/distributions/reparameterize.ts",
    from: "return mean.map((m, i) => m + scale[i] * eps[i]);",
    to: "return mean.map((m, i) => m + scale[i] * scale[i] * eps[i]);",
  },
  {
    id: "reverse-kl",
    mistake: "KL(p || q) where KL(q || p) is asked for.",
    file: kl,
    from: "return klDiagonal(q, p);",
    to: "return klDiagonal(p, q);",
  },
  {
    id: "kl-mean-over-dimensions",
    mistake: "The KL is averaged over the latent dimensions, not summed.",
    file: kl,
    from:
      "    sum += klOfScales(q.scale[i], p.scale[i]) + shift * shift / 2;\n  }\n  return sum;",
    to:
      "    sum += klOfScales(q.scale[i], p.scale[i]) + shift * shift / 2;\n  }\n  return sum / q.dim;",
  },
  {
    id: "kl-shift-not-halved",
    mistake: "The squared shift of the means enters the KL without its 1/2.",
    file: kl,
    from: "klOfScales(q.scale[i], p.scale[i]) + shift * shift / 2;",
    to: "klOfScales(q.scale[i], p.scale[i]) + shift * shift;",
  },
  {
    id: "full-kl-of-one-logarithm",
    mistake: "The log determinants of a full KL are those of the factors, not doubled.",
    file: kl,
    from: "      2 * (Math.log(pFactor[column][column])",
    to: "      1 * (Math.log(pFactor[column][column])",
  },
  {
    id: "cross-entropy-of-the-ones",
    mistake: "The Bernoulli density forgets the pixels that are 0.",
    file: bernoulli,
    from: "      if (x[i] < 1) sum += (1 - x[i]) * logSigmoid(-this.logits[i]);\n",
    to: "",
  },
  {
    id: "bernoulli-mean-over-pixels",
    mistake: "The Bernoulli density is averaged over the pixels: a silent beta.",
    file: bernoulli,
    from: "    return sum;\n",
    to: "    return sum / this.dim;\n",
  },
  {
    id: "mixture-of-equal-weights",
    mistake: "The density of a mixture leaves out its weights.",
    file: mixture,
    from:
      "this.components.map((component, k) => this.logits[k] + component.logProb(x)),",
    to: "this.components.map((component) => component.logProb(x)),",
  },
  {
    id: "mixture-variance-within-only",
    mistake: "The covariance of a mixture forgets the spread between its means.",
    file: mixture,
    from: "return covarianceOf(components[k], i, j) + between;",
    to: "return covarianceOf(components[k], i, j) + 0 * between;",
  },
  {
    id: "continuous-normaliser-inverted",
    mistake:
      "The normaliser of the continuous Bernoulli is divided by, not multiplied.",
    file: "lib/distributions/continuous_bernoulli.ts",
    from: "softplus(l) - logPartition(l)",
    to: "logPartition(l) - softplus(l)",
  },
  {
    id: "highest-level-as-any-other",
    mistake: "The highest level of a logistic mixture is cut on its open side.",
    file: "lib/distributions/logistic_mixture.ts",
    from: "    if (level === TOP) return above;\n",
    to: "",
  },
  {
    id: "pixel-component-without-its-scale",
    mistake: "The density of a pixel's component is not divided by its scale.",
    file: "lib/distributions/pixel_mixture.ts",
    from: "LOG_TWO_PI) / 2 - Math.log(scale);",
    to: "LOG_TWO_PI) / 2;",
  },
];
