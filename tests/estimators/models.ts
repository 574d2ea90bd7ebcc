import { bernoulli, categorical, normal } from "elbo/distributions";
import { discreteLatent, linearGaussian } from "elbo/exact";
import { createRandom, STREAMS } from "elbo/math";
import { testSeed } from "../helpers/seed.ts";

/** x|z ~ N(1.2 z + 0.3, 0.8^2): all in closed form. */
export const line = linearGaussian({ weight: [[1.2]], bias: [0.3], scale: 0.8 });
export const lineX = [1.5];
/** Wider than half the posterior's variance (0.31), so E w^2 is finite. */
export const lineQ = normal({ mean: [0.2], scale: [0.6] });

/** Two latents, three data. */
export const plane = linearGaussian({
  weight: [[1, 0.4], [-0.3, 0.9], [0.5, 0.5]],
  bias: [0.2, -0.1, 0.4],
  scale: 0.8,
});
export const planeX = [1.3, 0.4, 0.9];
export const planeQ = normal({ mean: [0.4, 0.2], scale: [0.7, 0.6] });

/** Three values of z, three coins. */
export const coins = discreteLatent({
  prior: categorical({ logits: [0.2, -0.3, 0.5] }),
  components: [[1.5, -0.8, 0.4], [-1.1, 1.3, 0.9], [0.3, 0.6, -1.4]]
    .map((logits) => bernoulli({ logits })),
});
export const coinsX = [1, 0, 1];
export const coinsQ = categorical({ logits: [0.9, -0.2, -0.6] });

/** A reader of random numbers and the seed to report with it. */
export function seeded(defaultSeed: number) {
  const seed = testSeed(defaultSeed);
  return { seed, random: createRandom({ seed, stream: STREAMS.test }) };
}
