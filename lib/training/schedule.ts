/** How beta rises from 0 to its value at the start of a training. */
export interface WarmUp {
  /** How many epochs it takes in all; a fraction is fine. */
  readonly epochs: number;
  /**
   * 1: beta rises all the way. More: the time is cut into so many cycles, and in each
   * beta rises from 0 during the first half and stays for the second.
   */
  readonly cycles: number;
}

/** A learning rate from some epoch on. */
export interface RateStage {
  /** So many epochs are done when it begins. */
  readonly fromEpoch: number;
  /** Of Adam. */
  readonly learningRate: number;
}

/** What a training may have besides one rate and one beta; none of it unless told. */
export interface Recipe {
  /** How beta begins. */
  readonly warmUp?: WarmUp;
  /** Later learning rates, in order of their epochs. */
  readonly rateStages?: readonly RateStage[];
  /** What Adam adds to the root of its second moment; 1e-8 unless told. */
  readonly adamEpsilon?: number;
  /** `mean`: the decoder's first output bias is the logit of the mean image. */
  readonly outputBias?: "mean";
}

/**
 * The weight of the KL in one update.
 *
 * Linear (Bowman et al. 2016, arXiv 1511.06349) or cyclical (Fu et al. 2019, arXiv
 * 1903.10145, with half of each cycle rising). It depends on the number of the update
 * alone, so a resumed run goes on with the same.
 *
 * @param schedule `beta`, its value in the end; `warmUp`, if there is one.
 * @param at `step`, updates made before; `stepsAnEpoch`.
 * @returns From 0 to beta.
 *
 * @example Two epochs of four steps, once and in two cycles
 * ```ts
 * import { betaAt } from "elbo/training";
 * import { assertEquals } from "@std/assert";
 *
 * const first = [0, 1, 2, 3, 4, 8];
 * const along = (cycles: number) =>
 *   first.map((step) =>
 *     betaAt({ beta: 1, warmUp: { epochs: 2, cycles } }, { step, stepsAnEpoch: 4 })
 *   );
 * assertEquals(along(1), [0, 0.125, 0.25, 0.375, 0.5, 1]);
 * assertEquals(along(2), [0, 0.5, 1, 1, 0, 1]);
 * ```
 */
export function betaAt(
  { beta, warmUp }: { readonly beta: number; readonly warmUp?: WarmUp },
  { step, stepsAnEpoch }: { readonly step: number; readonly stepsAnEpoch: number },
): number {
  if (warmUp === undefined) return beta;
  const { epochs, cycles } = warmUp;
  const total = epochs * stepsAnEpoch;
  if (step >= total) return beta;
  const cycle = total / cycles;
  const done = step % cycle / cycle;
  return beta * Math.min(1, cycles === 1 ? done : 2 * done);
}

/**
 * The learning rate of one epoch.
 *
 * @param recipe The first rate and the later ones.
 * @param epoch How many epochs are done.
 * @returns The rate of the last stage that has begun.
 *
 * @example From the third epoch on a tenth
 * ```ts
 * import { learningRateAt } from "elbo/training";
 * import { assertEquals } from "@std/assert";
 *
 * const rateStages = [{ fromEpoch: 2, learningRate: 1e-4 }];
 * const rates = [0, 1, 2, 3].map((epoch) =>
 *   learningRateAt({ learningRate: 1e-3, rateStages }, epoch)
 * );
 * assertEquals(rates, [1e-3, 1e-3, 1e-4, 1e-4]);
 * ```
 */
export function learningRateAt(
  { learningRate, rateStages = [] }: {
    readonly learningRate: number;
    readonly rateStages?: readonly RateStage[];
  },
  epoch: number,
): number {
  const begun = rateStages.filter(({ fromEpoch }) => fromEpoch <= epoch);
  return begun.at(-1)?.learningRate ?? learningRate;
}
