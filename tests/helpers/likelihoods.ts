import type { Random } from "elbo/math";
import type { LikelihoodSpec } from "elbo/networks";

/** One of each kind: what every face of the likelihoods is held to. */
export const LIKELIHOOD_CASES: readonly LikelihoodSpec[] = [
  { kind: "bernoulli" },
  { kind: "gaussian", variance: "pixel" },
  { kind: "gaussian", variance: "shared" },
  { kind: "gaussian", variance: 0.1 },
  { kind: "gaussian", variance: "optimal" },
  { kind: "continuous-bernoulli" },
  { kind: "gaussian-mixture", components: 3 },
  { kind: "gaussian-mixture", components: 1 },
  { kind: "logistic-mixture", components: 2 },
  { kind: "logistic-mixture", components: 4 },
];

/** A pixel that the likelihood has a logarithm for; the ends of a byte among them. */
export function drawPixel({ kind }: LikelihoodSpec, random: Random): number {
  switch (kind) {
    case "bernoulli":
      return random.integer(2);
    case "logistic-mixture": {
      const ends = [0, 255];
      const byte = random.uniform() < 0.5
        ? ends[random.integer(2)]
        : random.integer(256);
      return byte / 255;
    }
    default:
      return random.uniform();
  }
}
