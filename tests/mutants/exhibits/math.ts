import type { Mutant } from "../mutant.ts";

const monteCarlo = "lib/math/monte_carlo.ts";

/** Wrong numerics and wrong statistics. */
export const mathMutants: readonly Mutant[] = [
  {
    id: "softplus-that-overflows",
    mistake: "ln(exp(x) + 1), which is infinite from x = 710 on.",
    file: "lib/math/logistic.ts",
    from: "return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));",
    to: "return Math.log(Math.exp(x) + 1);",
  },
  {
    id: "log-mean-without-the-count",
    mistake: "The log of the sum where the log of the mean is meant: ln K too large.",
    file: "lib/math/log_sum_exp.ts",
    from: "return logSumExp(values) - Math.log(values.length);",
    to: "return logSumExp(values);",
  },
  {
    id: "spread-for-standard-error",
    mistake: "The standard deviation of the draws is printed as that of their mean.",
    file: monteCarlo,
    from: "standardError: Math.sqrt(variance / n),",
    to: "standardError: Math.sqrt(variance),",
  },
  {
    id: "biased-variance",
    mistake: "The variance divides by n instead of n - 1.",
    file: monteCarlo,
    from: "(squares - rest * rest / n) / (n - 1);",
    to: "(squares - rest * rest / n) / n;",
  },
  {
    id: "effective-size-of-logs",
    mistake: "The effective sample size misses the square in its denominator.",
    file: monteCarlo,
    from: "    squares += weight * weight;\n  }\n  return sum * sum / squares;",
    to: "    squares += weight;\n  }\n  return sum * sum / squares;",
  },
  {
    id: "nine-rounds",
    mistake: "Philox runs one round too few: its numbers look as random as before.",
    file: "lib/math/philox.ts",
    from: "round < ROUNDS;",
    to: "round < ROUNDS - 1;",
  },
  {
    id: "normals-of-half-the-variance",
    mistake: "Box-Muller without its 2: the noise of every model is too small.",
    file: "lib/math/random_block.ts",
    from: "Math.sqrt(-2 * Math.log(toUniform(words[i])))",
    to: "Math.sqrt(-Math.log(toUniform(words[i])))",
    trains: {},
  },
  {
    id: "shuffle-without-fixed-points",
    mistake: "An off-by-one in the shuffle: no image can keep its place.",
    file: "lib/math/permutation.ts",
    from: "random.integer(last + 1)",
    to: "random.integer(last)",
    trains: {},
  },
];
