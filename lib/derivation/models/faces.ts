import type { DrawOptions } from "../types.ts";
import type {
  ElboEstimate,
  ElboForm,
  LogMarginalEstimate,
} from "../../estimators/mod.ts";
import type { Estimate, Random, Vector } from "../../math/mod.ts";
import type { NormalParameters } from "./parameters.ts";

/** Latents and the weights of a rule: `E f(z) ~= sum_i weights_i f(latents_i)`. */
export interface Rule {
  readonly latents: readonly Vector[];
  readonly weights: Vector;
}

/** Which of a model's observations, of its q, and which decoder. */
export interface Choice {
  /** Index of the observation. */
  readonly x: number;
  /** Index of q, or the exact posterior in its place. */
  readonly q: number | "posterior";
  /** What the decoder's weights are multiplied by. */
  readonly gain: number;
  /** A noise scale in the place of the decoder's own (Gaussian decoders). */
  readonly noise: number | undefined;
}

/** The choice that every face starts with. */
export const FIRST: Choice = { x: 0, q: 0, gain: 1, noise: undefined };

/**
 * A latent model at one observation x with one q: what both faces can say.
 *
 * Latents are vectors; a discrete one is its index, `[k]`. Densities are in nats.
 */
export interface Latent {
  readonly numObservations: number;
  readonly numApprox: number;
  readonly probes: readonly Vector[];
  logPrior(z: Vector): number;
  logLikelihood(z: Vector): number;
  /** ln q(z|x). */
  logApprox(z: Vector): number;
  /** ln p(z|x). */
  logPosterior(z: Vector): number;
  /** ln p(x). */
  logMarginal(): number;
  /** E_q f(z). */
  expect(f: (z: Vector) => number): number;
}

/** The face of the claim: distributions, exact and estimators. */
export interface LatentLibrary extends Latent {
  at(choice: Partial<Choice>): LatentLibrary;
  /** The mean of q, or its likeliest value. */
  readonly center: Vector;
  /** ln p(z) + ln p(x|z) - ln q(z|x). */
  logWeight(z: Vector): number;
  /** Latents and weights that E_q is summed over. */
  rule(): Rule;
  /** KL(q(z|x) || p(z)), closed where it is known. */
  klToPrior(): number;
  /** KL(q(z|x) || p(z|x)). */
  klToPosterior(): number;
  /** E f(z) under the prior. */
  expectPrior(f: (z: Vector) => number): number;
  drawPrior(random: Random): Vector;
  drawApprox(random: Random): Vector;
  drawPosterior(random: Random): Vector;
  elbo(options: DrawOptions & { form?: ElboForm }): ElboEstimate;
  importanceLogMarginal(options: DrawOptions): LogMarginalEstimate;
  iwaeSeries(
    options: DrawOptions & { counts: readonly number[] },
  ): { bounds: Estimate[]; gains: Estimate[] };
  /** Mean and scale of the decoder's Gaussian at z, [dataDim]. */
  decode(z: Vector): NormalParameters;
  readonly x: Vector;
}

/** The face of the witness: densities written out, and rules of integration. */
export interface LatentWitness extends Latent {
  at(choice: Partial<Choice>): LatentWitness;
  /** ln p(x,z) = ln p(z) + ln p(x|z). */
  logJoint(z: Vector): number;
  /** The integral over z, or the sum. */
  integrate(f: (z: Vector) => number): number;
  /** ln of the integral of exp(logF). */
  logIntegrate(logF: (z: Vector) => number): number;
  /** q and a latent each with its mass: for functions of E_q. */
  massesOfApprox(): { readonly masses: Vector; readonly latents: readonly Vector[] };
  /** Of a Gaussian decoder: its mean at z and the scale of its noise. */
  decode(z: Vector): { readonly mean: Vector; readonly scale: number };
  /** Of decoders by logits: the probability of each pixel at z. */
  pixelProbs(z: Vector): Vector;
  readonly x: Vector;
}

/** ln w = ln p(x,z) - ln q(z|x), by the witness's densities. */
export function logWeightOf(witness: LatentWitness): (z: Vector) => number {
  return (z) => witness.logJoint(z) - witness.logApprox(z);
}

interface Chooses<Face> {
  readonly numObservations: number;
  readonly numApprox: number;
  at(choice: Partial<Choice>): Face;
}

/** The model at its first observation with each q in turn. */
export function everyApprox<Face extends Chooses<Face>>(face: Face): Face[] {
  return Array.from({ length: face.numApprox }, (_, q) => face.at({ q }));
}

/** The model at each observation in turn, each with its own q. */
export function everyObservation<Face extends Chooses<Face>>(face: Face): Face[] {
  return Array.from(
    { length: face.numObservations },
    (_, i) => face.at({ x: i, q: i }),
  );
}

/** The sum of some numbers. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The mean of some numbers. */
export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
