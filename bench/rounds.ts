import { median } from "./statistics.ts";
import type { Variant } from "./variant.ts";

/** The times of one variant. */
export interface StepTiming {
  readonly name: string;
  /** Milliseconds a step of each round. */
  readonly rounds: readonly number[];
  readonly least: number;
  readonly median: number;
  /** The loss an image at the first and the last step of the warm-up. */
  readonly losses: readonly [number, number];
  readonly detail?: string;
}

/** Two variants compared: the time of the first over that of the second. */
export interface Ratio {
  readonly name: string;
  readonly against: string;
  /** Of their least times. */
  readonly least: number;
  /** The middle of the ratios of each round. */
  readonly median: number;
}

const MILLISECONDS_IN_BLOCK = 200;
const MOST_STEPS = 40;
/** Threads that spin after their work must be at rest before the next one starts. */
const PAUSE_MS = 40;

/** Runs all variants in turn, a block each, round after round. */
export async function alternate(
  variants: readonly Variant[],
  { rounds, onRound }: { rounds: number; onRound: (done: number) => void },
): Promise<StepTiming[]> {
  const times = variants.map(() => [] as number[]);
  const steps = variants.map(({ warmUp: { ms } }) =>
    Math.max(1, Math.min(MOST_STEPS, Math.round(MILLISECONDS_IN_BLOCK / ms)))
  );
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < variants.length; turn++) {
      // Another one begins each round, so that none always follows the same one.
      const i = (turn + round) % variants.length;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      times[i].push(await variants[i].block(steps[i]));
    }
    onRound(round + 1);
  }
  return variants.map(({ name, warmUp: { losses, detail } }, i) => ({
    name,
    rounds: times[i],
    least: Math.min(...times[i]),
    median: median(times[i]),
    losses,
    detail,
  }));
}

/** The comparisons of those pairs of which both were timed. */
export function ratiosOf(
  timings: readonly StepTiming[],
  pairs: readonly (readonly [name: string, against: string])[],
): Ratio[] {
  return pairs.flatMap(([name, against]) => {
    const one = timings.find((timing) => timing.name === name);
    const other = timings.find((timing) => timing.name === against);
    if (!one || !other) return [];
    return [{
      name,
      against,
      least: one.least / other.least,
      median: median(one.rounds.map((ms, round) => ms / other.rounds[round])),
    }];
  });
}
