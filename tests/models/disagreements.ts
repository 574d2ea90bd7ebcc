import { elboAndGradient } from "elbo/networks";
import { float32Tolerance } from "../helpers/tolerance.ts";
import type { RandomNetwork } from "./random_network.ts";

/** Batch means of the parts, and the gradient, in whatever precision. */
export interface Numbers {
  readonly expectedLogLikelihood: number;
  readonly kl: number;
  readonly objective: number;
  readonly gradient: Map<string, Float32Array | Float64Array>;
}

/** Where `found` is off the float64 network by more than float32 explains. */
export function disagreements(network: RandomNetwork, found: Numbers): string[] {
  const { spec, images } = network;
  const exact = elboAndGradient(spec, network.weights, network);
  // The longest chain of sums that an error can run through, there and back.
  const hidden = spec.hidden.reduce((sum, width) => sum + width, 0);
  const length = images.length + 2 * (2 * hidden + spec.dataDim + spec.latentDim);
  const faults: string[] = [];
  const compare = (
    name: string,
    values: [found: number, exact: number],
    magnitude: number,
  ) => {
    const tolerance = float32Tolerance(length, magnitude);
    const [left, right] = values;
    if (Math.abs(left - right) <= tolerance) return;
    faults.push(`${name}: ${left} must be ${right} within ${tolerance}`);
  };

  // A dimension adds terms of about a nat, of either sign.
  for (
    const [part, terms] of [["expectedLogLikelihood", spec.dataDim], [
      "kl",
      spec.latentDim,
    ]] as const
  ) {
    compare(part, [found[part], exact[part]], Math.abs(exact[part]) + terms);
  }
  const terms = spec.dataDim + spec.beta * spec.latentDim;
  compare(
    "objective",
    [found.objective, exact.objective],
    Math.abs(exact.objective) + terms,
  );
  const magnitudes = gradientMagnitudes(network);
  for (const [name, values] of exact.gradient) {
    values.forEach((value, i) => {
      compare(
        `${name}[${i}]`,
        [found.gradient.get(name)![i], value],
        magnitudes.get(name)!,
      );
    });
  }
  return faults;
}

/** Per weight, the sizes of the terms that a gradient sums: the likelihood's and the
 * KL's, image by image. They may cancel, and the rounding of each stays. */
function gradientMagnitudes(
  { spec, weights, images, eps }: RandomNetwork,
): Map<string, number> {
  const magnitudes = new Map<string, number>();
  images.forEach((image, row) => {
    const batch = { images: [image], eps: [eps[row]] };
    const whole = elboAndGradient(spec, weights, batch).gradient;
    const likelihood = elboAndGradient({ ...spec, beta: 0 }, weights, batch).gradient;
    for (const [name, values] of whole) {
      const byLikelihood = likelihood.get(name)!;
      const byKl = values.map((value, i) => value - byLikelihood[i]);
      const terms = largest(byLikelihood) + largest(byKl);
      magnitudes.set(name, (magnitudes.get(name) ?? 0) + terms / images.length);
    }
  });
  return magnitudes;
}

/** The largest magnitude. */
export function largest(values: Float32Array | Float64Array): number {
  return Math.max(...Array.from(values, Math.abs));
}
