import type { Recipe } from "elbo/training";
import type { NetworkSpec } from "elbo/networks";

/** A mistake that somebody could make in this library, as one small edit of it. */
export interface Mutant {
  /** Unique, in kebab-case. */
  readonly id: string;
  /** What is wrong, in a sentence. */
  readonly mistake: string;
  /** The file that holds it, from the repository's root. */
  readonly file: string;
  /** The right code: it stands in the file once. */
  readonly from: string;
  /** The wrong code. */
  readonly to: string;
  /** Set where the mistake touches training: how to train with it. */
  readonly trains?: Training;
}

/** A training that uses the mistake; the rest is as in `training.ts`. */
export interface Training {
  /** What computes; "tfjs" unless told. */
  readonly engine?: "tfjs" | "simd";
  /** The decoder's likelihood; a Bernoulli unless told. */
  readonly likelihood?:
    | "bernoulli"
    | "continuous-bernoulli"
    | "gaussian"
    | "logistic-mixture";
  /** What the network has besides. */
  readonly network?: Partial<
    Pick<NetworkSpec, "latentDim" | "samples" | "encoderGradient" | "freeBits">
  >;
  /** What the training has besides. */
  readonly recipe?: Recipe;
  /** Stop after the first epoch and resume for the second. */
  readonly resumed?: boolean;
}

/**
 * The text of a file with the mistake in it.
 *
 * @throws {Error} If the right code does not stand in the text exactly once: the
 * library has changed, and the mutant must follow it.
 */
export function applyMutant({ id, file, from, to }: Mutant, text: string): string {
  const places = text.split(from).length - 1;
  if (places !== 1) {
    throw new Error(
      `Cannot apply the mutant ${id} as its code must stand in ${file} once: it ` +
        `stands there ${places} times; adapt the mutant to the file`,
    );
  }
  return text.replace(from, () => to);
}
