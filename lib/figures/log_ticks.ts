/** Pixels of a digit at the size of the labels, and the least gap between two. */
const DIGIT = 7;
const GAP = 6;

const EVERY_DIGIT = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/**
 * Chooses ticks of a logarithmic axis whose labels leave each other room.
 *
 * The values themselves where they fit, else as many round numbers as do: all digits,
 * 1, 2 and 5, the powers of ten, every second one and so on.
 *
 * @param values The numbers on the axis; those that are not positive are left out.
 * @param options.width The length of the axis in pixels.
 * @returns Ticks in ascending order; undefined where no round numbers lie between the
 * ends or fit there.
 *
 * @example The values themselves, or round numbers in their place
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { logTicks } from "./log_ticks.ts";
 *
 * assertEquals(logTicks([8, 32, 128], { width: 400 }), [8, 32, 128]);
 * const epochs = Array.from({ length: 50 }, (_, i) => i + 1);
 * assertEquals(logTicks(epochs, { width: 400 }), [1, 2, 5, 10, 20, 50]);
 * ```
 */
export function logTicks(
  values: readonly number[],
  { width }: { width: number },
): number[] | undefined {
  const distinct = [...new Set(values)].filter((x) => x > 0 && x < Infinity)
    .toSorted((a, b) => a - b);
  if (distinct.length === 0) return undefined;
  const [low, high] = [distinct[0], distinct[distinct.length - 1]];
  const decades = Math.log10(high) - Math.log10(low);
  // Nothing to leave room for where all values are one.
  const pixels = decades > 0 ? width / decades : 0;
  if (haveRoom(distinct, pixels)) return distinct;
  for (const digits of [EVERY_DIGIT, [1, 2, 5]]) {
    const ticks = roundNumbers(low, high, { digits, every: 1 });
    if (haveRoom(ticks, pixels)) return ticks.length > 1 ? ticks : undefined;
  }
  for (let every = 1;; every++) {
    const ticks = roundNumbers(low, high, { digits: [1], every });
    if (haveRoom(ticks, pixels)) return ticks.length > 0 ? ticks : undefined;
  }
}

/** The numbers digit * 10^k from low to high, k a multiple of `every`. */
function roundNumbers(
  low: number,
  high: number,
  { digits, every }: { digits: readonly number[]; every: number },
): number[] {
  const ticks: number[] = [];
  const first = every * Math.floor(Math.log10(low) / every);
  for (let k = first; k <= Math.log10(high); k += every) {
    // Number reads 1e-3 exactly, where a product would not be it.
    ticks.push(...digits.map((digit) => Number(`${digit}e${k}`)));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

function haveRoom(ticks: readonly number[], pixelsPerDecade: number): boolean {
  return ticks.every((tick, i) => {
    if (i === 0) return true;
    const distance = pixelsPerDecade * Math.log10(tick / ticks[i - 1]);
    return distance >= (labelWidth(tick) + labelWidth(ticks[i - 1])) / 2 + GAP;
  });
}

function labelWidth(tick: number): number {
  return DIGIT * tick.toLocaleString("en", { maximumFractionDigits: 20 }).length;
}
