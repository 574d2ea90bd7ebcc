/** Relative tolerance of a printed number. */
export const RELATIVE_TOLERANCE = 1e-6;

/** A unit of the last digit is let pass up to this share of the number. */
const LARGEST_UNIT = 1e-3;

// deno-lint-ignore no-control-regex
const ANSI_STYLE = /\x1b\[[0-9;]*m/g;
const NUMBER =
  /(?<![\p{L}\p{N}_.])[-+\u2212]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/gu;

/** How texts are compared. */
export interface CompareTextOptions {
  /** Compare only the words between the numbers. */
  readonly ignoreNumbers?: boolean;
}

/**
 * Compares two texts, number by number.
 *
 * Words must be equal; white space counts as one space. Whole numbers must be equal; a
 * number with decimals or an exponent may differ by 1e-6 of the larger magnitude, or,
 * where it shows four digits or more, by one unit of the last: a difference in the last
 * bit can turn a rounding.
 *
 * @param stored The text that is stored.
 * @param fresh The text of this run.
 * @param options What to leave out.
 * @returns What differs first, in one line; `undefined` when nothing does.
 *
 * @example A last digit that turned, and one that did not
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { compareText } from "./compare_text.ts";
 *
 * assertEquals(compareText("KL = 0.1235 nats", "KL = 0.1234 nats"), undefined);
 * assertEquals(
 *   compareText("KL = 0.1235 nats", "KL = 0.1335 nats"),
 *   "the number 0.1235 became 0.1335",
 * );
 * ```
 */
export function compareText(
  stored: string,
  fresh: string,
  { ignoreNumbers = false }: CompareTextOptions = {},
): string | undefined {
  const [left, right] = [split(stored), split(fresh)];
  for (let i = 0; i < Math.max(left.words.length, right.words.length); i++) {
    if (left.words[i] !== right.words[i]) {
      return `the text ${quote(left.words[i])} became ${quote(right.words[i])}`;
    }
    if (i >= left.numbers.length || i >= right.numbers.length) continue;
    if (!ignoreNumbers && !near(left.numbers[i], right.numbers[i])) {
      return `the number ${left.numbers[i]} became ${right.numbers[i]}`;
    }
  }
  return undefined;
}

function near(stored: string, fresh: string): boolean {
  const [left, right] = [stored, fresh].map((text) =>
    Number(text.replace("\u2212", "-"))
  );
  if (left === right) return true;
  const larger = Math.max(Math.abs(left), Math.abs(right));
  const [unit, other] = [lastDigit(stored), lastDigit(fresh)];
  if (unit === 0 && other === 0) return false; // whole numbers
  const turned = unit === other && unit <= LARGEST_UNIT * larger;
  // 1.001: the unit itself is rounded
  const tolerance = Math.max(RELATIVE_TOLERANCE * larger, turned ? 1.001 * unit : 0);
  return Math.abs(left - right) <= tolerance;
}

/** One unit of the last printed digit; 0 for a whole number. */
function lastDigit(text: string): number {
  const [mantissa, exponent] = text.toLowerCase().split("e");
  const decimals = mantissa.split(".")[1]?.length ?? 0;
  if (decimals === 0 && exponent === undefined) return 0;
  return 10 ** (Number(exponent ?? 0) - decimals);
}

function split(text: string): { words: string[]; numbers: string[] } {
  const plain = text.replace(ANSI_STYLE, "");
  return {
    words: plain.split(NUMBER).map((word) => word.replace(/\s+/g, " ").trim()),
    numbers: plain.match(NUMBER) ?? [],
  };
}

function quote(text: string | undefined): string {
  if (text === undefined) return "(nothing)";
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
