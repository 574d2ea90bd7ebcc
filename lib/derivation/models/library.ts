import {
  type Distribution,
  type ExactModel,
  kl,
  type Normal,
} from "../../distributions/mod.ts";
import { elbo, importanceLogMarginal, iwaeSeries } from "../../estimators/mod.ts";
import type { Vector } from "../../math/mod.ts";
import { once } from "../once.ts";
import { ruleOf } from "./expectation.ts";
import { type Choice, FIRST, type LatentLibrary } from "./faces.ts";

/** What the library has of a model, for one choice of x, q and decoder. */
export interface LibraryModel<Z> {
  readonly model: ExactModel<Z, Vector> & {
    klToPosterior?(q: Normal, x: Vector): number;
  };
  readonly x: Vector;
  readonly q: Distribution<Z>;
  /** From a vector to the latent of the model, and back. */
  toLatent(z: Vector): Z;
  fromLatent(z: Z): Vector;
}

/** The library's face of a model: all numbers by distributions, exact or estimators. */
export function libraryFace<Z>(
  make: (choice: Choice) => LibraryModel<Z>,
  options: {
    numObservations: number;
    numApprox: number;
    probes: readonly Vector[];
  },
  choice: Choice = FIRST,
): LatentLibrary {
  const { model, x, q, toLatent, fromLatent } = make(choice);
  const posterior = once(() => model.exactPosterior(x) as Distribution<Z>);
  const approx = choice.q === "posterior" ? posterior() : q;
  const rule = once(() => ruleOf(approx));
  const priorRule = once(() => ruleOf(model.prior));
  const average = ({ latents, weights }: ReturnType<typeof rule>, f: Expectand) =>
    latents.reduce((sum, z, i) => sum + weights[i] * f(z), 0);

  const logPrior = (z: Vector) => model.prior.logProb(toLatent(z));
  const logLikelihood = (z: Vector) => model.likelihood(toLatent(z)).logProb(x);
  const logApprox = (z: Vector) => approx.logProb(toLatent(z));
  const logPosterior = (z: Vector) => posterior().logProb(toLatent(z));
  const expect = (f: Expectand) => average(rule(), f);

  return {
    ...options,
    x,
    get center() {
      return rule().latents[likeliest(rule().weights)];
    },
    at: (change) => libraryFace(make, options, { ...choice, ...change }),
    logPrior,
    logLikelihood,
    logApprox,
    logPosterior,
    logMarginal: () => model.logMarginal(x),
    logWeight: (z) => logPrior(z) + logLikelihood(z) - logApprox(z),
    expect,
    rule,
    expectPrior: (f) => average(priorRule(), f),
    klToPrior: () =>
      hasClosedKl(approx)
        ? kl(approx, model.prior)
        : expect((z) => logApprox(z) - logPrior(z)),
    klToPosterior: once(() => {
      if (choice.q === "posterior") {
        return expect((z) => logApprox(z) - logPosterior(z));
      }
      if (hasClosedKl(posterior())) return kl(approx, posterior());
      return model.klToPosterior!(approx as unknown as Normal, x);
    }),
    drawPrior: (random) => fromLatent(model.prior.sample(random)),
    drawApprox: (random) => fromLatent(approx.sample(random)),
    drawPosterior: (random) => fromLatent(posterior().sample(random)),
    elbo: (options) => elbo(model, approx, x, options),
    importanceLogMarginal: (options) =>
      importanceLogMarginal(model, approx, x, options),
    iwaeSeries: ({ counts, numSamples, random }) =>
      iwaeSeries(model, approx, x, { counts, repeats: numSamples, random }),
    decode: (z) => {
      const { mean, scale } = model.likelihood(toLatent(z)) as unknown as Normal;
      return { mean, scale };
    },
  };
}

type Expectand = (z: Vector) => number;

function hasClosedKl({ kind }: { kind: string }): boolean {
  return kind === "normal" || kind === "multivariateNormal" || kind === "categorical";
}

function likeliest(weights: Vector): number {
  return weights.reduce((best, weight, i) => (weight > weights[best] ? i : best), 0);
}
