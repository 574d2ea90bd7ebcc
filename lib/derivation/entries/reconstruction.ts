/**
 * Which likelihood the essay's cross entropy belongs to, and which the squared error.
 *
 * @module
 */
import type { Vector } from "../../math/mod.ts";
import { average } from "../draws.ts";
import { entry } from "../entry.ts";
import { pixelSettings } from "../models/pixels.ts";
import {
  coinsSetting,
  curveSetting,
  lineSetting,
  mnistSetting,
  planeSetting,
  smallNetworkSetting,
} from "../models/settings.ts";
import type { LatentLibrary, LatentWitness } from "../models/faces.ts";

const CROSS_ENTROPY_LINE = "模型精神: 圖像與原圖比較(算cross-entropy)";
const POLYNOMIAL = "a polynomial in z under a normal, or finitely many values";

export const crossEntropyIsBernoulli = entry({
  id: "cross-entropy-is-bernoulli",
  statement: String.raw`-E_q \ln p(x \mid z) = E_q \sum_i
    \left[ -x_i \ln \pi_i(z) - (1 - x_i) \ln (1 - \pi_i(z)) \right]`,
  short: "-E_q ln p(x|z) = E_q cross entropy, Bernoulli pixels",
  essay: { page: "essay", line: CROSS_ENTROPY_LINE },
  claim: "identity",
  note:
    "The essay does not say which likelihood: this one, for pixels that are 0 or 1.",
  settings: [coinsSetting, smallNetworkSetting, mnistSetting],
  left: (library) => -library.expect(library.logLikelihood),
  right: (witness) => expectedPixelLoss(witness, (x, p) => crossEntropy(x, p)),
  draws: {
    estimate: (library, options) =>
      average(options, (random) => -library.logLikelihood(library.drawApprox(random))),
    resolution: 0.05,
    finiteVariance: "ln of a sigmoid grows like its argument, which tanh units bound",
  },
  planted: [
    {
      error: "the mean over pixels in the place of their sum: a silent beta",
      left: (library) => -library.expect(library.logLikelihood) / library.x.length,
    },
    {
      error: "+ln p under the name of a loss",
      left: (library) => library.expect(library.logLikelihood),
    },
    {
      error: "only the pixels that are 1",
      right: (witness) => expectedPixelLoss(witness, (x, p) => -x * Math.log(p)),
    },
    {
      error: "squared error in the place of the cross entropy",
      right: (witness) => expectedPixelLoss(witness, (x, p) => (x - p) ** 2),
    },
    {
      error: "the decoder's answer to the mean of q alone",
      on: [smallNetworkSetting.name, mnistSetting.name],
      estimate: (library, options) =>
        average(options, () => -library.logLikelihood(library.center)),
    },
    {
      error: "z from the prior",
      estimate: (library, options) =>
        average(options, (random) => -library.logLikelihood(library.drawPrior(random))),
    },
  ],
});

function crossEntropy(x: number, p: number): number {
  return -x * Math.log(p) - (1 - x) * Math.log(1 - p);
}

function expectedPixelLoss(
  witness: LatentWitness,
  loss: (x: number, p: number) => number,
): number {
  return witness.expect((z) =>
    witness.pixelProbs(z).reduce((sum, p, i) => sum + loss(witness.x[i], p), 0)
  );
}

export const crossEntropyHasAFloor = entry({
  id: "cross-entropy-has-a-floor",
  statement: String.raw`-\sum_i \left[ x_i \ln \pi_i + (1 - x_i) \ln (1 - \pi_i) \right]
    \;\ge\; \sum_i H(x_i), \text{ with equality at } \pi = x`,
  short: "H(x) <= cross entropy(x, pi), = at pi = x",
  essay: { page: "essay", line: CROSS_ENTROPY_LINE },
  claim: "inequality",
  note:
    "On grey pixels a perfect decoder still pays H(x): a loss above 0 is no fault, and " +
    "the number is no log-likelihood.",
  settings: pixelSettings,
  left: ({ ideal }) => ideal.entropy(),
  right: ({ crossEntropy, probs }) => crossEntropy(probs),
  margin: 0.03,
  equality: {
    at: "pi = x",
    left: ({ ideal }) => ideal.entropy(),
    right: ({ crossEntropy, x }) => crossEntropy(x),
  },
  draws: {
    // Pixels drawn as coins: -ln of the probability of what was drawn.
    estimate: ({ ideal }, options) =>
      average(options, (random) => -ideal.logProb(ideal.sample(random))),
    resolution: 0.01,
    finiteVariance: "finitely many values",
  },
  planted: [
    {
      error: "the entropy in bits",
      left: ({ ideal }) => ideal.entropy() / Math.LN2,
    },
    {
      error: "the mean over pixels",
      right: ({ crossEntropy, probs, x }) => crossEntropy(probs) / x.length,
    },
    {
      error: "a perfect reconstruction taken to cost nothing",
      part: "equality",
      right: () => 0,
    },
    {
      error: "entropy in bits, by draws",
      estimate: ({ ideal }, options) =>
        average(options, (random) => -ideal.logProb(ideal.sample(random)) / Math.LN2),
    },
  ],
});

function squaredError(x: Vector, mean: Vector): number {
  return x.reduce((sum, value, i) => sum + (value - mean[i]) ** 2, 0);
}

export const squaredErrorIsGaussian = entry({
  id: "squared-error-is-gaussian",
  statement: String.raw`-E_q \ln p(x \mid z)
    = \frac{E_q \lVert x - \mu(z) \rVert^2}{2 s^2} + \frac{D}{2} \ln (2 \pi s^2)`,
  short: "-E_q ln p(x|z) = E|x-mu|^2/(2 s^2) + D ln(2 pi s^2)/2",
  essay: { page: "essay", line: "架構: the decoder's N(mean2, var2)" },
  claim: "identity",
  settings: [lineSetting, planeSetting, curveSetting],
  left: (library) => -library.expect(library.logLikelihood),
  right: (witness) => gaussianLoss(witness, { precision: 1 / 2, constants: true }),
  draws: {
    estimate: (library, options) =>
      average(options, (random) => -library.logLikelihood(library.drawApprox(random))),
    resolution: 0.05,
    finiteVariance: POLYNOMIAL,
  },
  planted: [
    {
      error: "the normaliser counted D times in every dimension",
      on: [planeSetting.name],
      left: (library) => {
        const { scale } = library.decode(library.center);
        const extra = scale.length * (scale.length - 1) *
          Math.log(2 * Math.PI * scale[0] ** 2) / 2;
        return extra - library.expect(library.logLikelihood);
      },
    },
    {
      error: "the noise variance taken for its scale",
      left: (library) => {
        const [scale] = library.decode(library.center).scale;
        const other = library.at({ noise: scale ** 2 });
        return -other.expect(other.logLikelihood);
      },
    },
    {
      error: "the constant dropped",
      right: (witness) => gaussianLoss(witness, { precision: 1 / 2, constants: false }),
    },
    {
      error: "the 2 of 2 s^2 forgotten",
      right: (witness) => gaussianLoss(witness, { precision: 1, constants: true }),
    },
    {
      error: "z from the prior",
      estimate: (library, options) =>
        average(options, (random) => -library.logLikelihood(library.drawPrior(random))),
    },
  ],
});

function gaussianLoss(
  witness: LatentWitness,
  { precision, constants }: { precision: number; constants: boolean },
): number {
  const { x } = witness;
  return witness.expect((z) => {
    const { mean, scale } = witness.decode(z);
    const constant = x.length * Math.log(2 * Math.PI * scale ** 2) / 2;
    return precision * squaredError(x, mean) / scale ** 2 + (constants ? constant : 0);
  });
}

/** E_q of the squared error, a dimension. */
function meanSquaredError(library: LatentLibrary): number {
  const { x } = library;
  return library.expect((z) => squaredError(x, library.decode(z).mean)) / x.length;
}

export const bestNoiseTakesTheLog = entry({
  id: "best-noise-turns-error-into-its-log",
  statement: String.raw`\max_s E_q \ln N(x; \mu(z), s^2 I)
    = -\frac{D}{2} \ln \left( 2 \pi e \, \mathrm{MSE} \right), \quad
    \mathrm{MSE} = \frac1D E_q \lVert x - \mu(z) \rVert^2`,
  short: "max_s E_q ln N(x; mu, s^2) = -D/2 ln(2 pi e MSE)",
  essay: { page: "essay", line: "架構: var2, which a squared error leaves out" },
  claim: "identity",
  note: "The constant matters: without it the best noise scale is infinite.",
  settings: [lineSetting, planeSetting, curveSetting],
  left: (library) => {
    const best = library.at({ noise: Math.sqrt(meanSquaredError(library)) });
    return best.expect(best.logLikelihood);
  },
  right: (witness) => highest((noise) => expectedAt(witness, noise)),
  precision: {
    relative: 1e-10,
    reason: "golden section to 1e-7 of s: the maximum is flat, so to 1e-14",
  },
  draws: {
    estimate: (library, options) => {
      const best = library.at({ noise: Math.sqrt(meanSquaredError(library)) });
      return average(options, (random) => best.logLikelihood(best.drawApprox(random)));
    },
    resolution: 0.05,
    finiteVariance: POLYNOMIAL,
  },
  planted: [
    {
      error: "the mean squared error taken for the scale",
      left: (library) => {
        const best = library.at({ noise: meanSquaredError(library) });
        return best.expect(best.logLikelihood);
      },
    },
    {
      error: "the noise left as it was",
      left: (library) => library.expect(library.logLikelihood),
    },
    {
      error: "ln s left out: then the largest s on offer wins",
      right: (witness) =>
        highest((noise) =>
          expectedAt(witness, noise) + witness.x.length * Math.log(noise)
        ),
    },
    {
      error: "half the mean squared error for the variance",
      estimate: (library, options) => {
        const half = library.at({ noise: Math.sqrt(meanSquaredError(library) / 2) });
        return average(
          options,
          (random) => half.logLikelihood(half.drawApprox(random)),
        );
      },
    },
  ],
});

function expectedAt(witness: LatentWitness, noise: number): number {
  const face = witness.at({ noise });
  return face.expect(face.logLikelihood);
}

/** The largest value of f over scales from 0.2 to 5, by golden section in ln s. */
function highest(f: (scale: number) => number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(0.2), Math.log(5)];
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)];
  let [atLeft, atRight] = [f(Math.exp(left)), f(Math.exp(right))];
  while (high - low > 1e-7) {
    if (atLeft > atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - golden * (high - low);
      atLeft = f(Math.exp(left));
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + golden * (high - low);
      atRight = f(Math.exp(right));
    }
  }
  return f(Math.exp((low + high) / 2));
}
