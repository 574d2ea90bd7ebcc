import { closest } from "fastest-levenshtein";

import { UsageError } from "./errors.ts";
import type { Limits, OptionSpec } from "./options.ts";

/** Who asks for the value: the verb and the option, for the error messages. */
export interface Asker {
  readonly act: string;
  readonly name: string;
}

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads the text of one option as its kind asks.
 *
 * @param text What was typed; empty if nothing was.
 * @param spec What the option takes.
 * @param asker The verb and the dashed name, for the messages.
 * @returns A boolean, string, number or list of numbers.
 * @throws {UsageError} If the text is no such value or is out of range.
 */
export function readValue(text: string, spec: OptionSpec, asker: Asker): unknown {
  if (spec.kind === "flag") return true;
  switch (spec.kind) {
    case "string":
      return text;
    case "choice":
      return readChoice(text, spec.choices, asker);
    case "integer":
      return readNumber(text, { ...spec, whole: true }, asker);
    case "number":
      return readNumber(text, { ...spec, whole: false }, asker);
    case "integers":
      return text.split(",").map((part) =>
        readNumber(part.trim(), { ...spec, whole: true, listed: text }, asker)
      );
  }
}

/**
 * Reads a decimal number within limits.
 *
 * @param text What was typed.
 * @param limits The limits; `whole` for integers; `listed` is the list that `text`
 * is an item of.
 * @param asker The verb and the dashed name, for the messages.
 * @returns The number.
 * @throws {UsageError} If the text is no number within the limits.
 */
export function readNumber(
  text: string,
  limits: Limits & { readonly whole: boolean; readonly listed?: string },
  asker: Asker,
): number {
  const value = decimal.test(text) ? Number(text) : NaN;
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } =
    limits;
  const inRange = value >= min && value <= max && Number.isFinite(value) &&
    (value > above || above === -Infinity) && (value < below || below === Infinity);
  if (inRange && (!limits.whole || Number.isSafeInteger(value))) return value;
  const kind = limits.whole ? "whole number" : "number";
  const rule = limits.listed === undefined
    ? `be a ${kind}${rangeText(limits)}`
    : `be ${kind}s${rangeText(limits)} with commas between them`;
  refuse(asker, rule, `it is ${JSON.stringify(limits.listed ?? text)}`);
}

/** Says the limits in words, with a leading space; empty if there are none. */
function rangeText({ min, max, above, below }: Limits): string {
  const parts: string[] = [];
  if (min !== undefined && max !== undefined) parts.push(`from ${min} to ${max}`);
  else if (min !== undefined) parts.push(`of at least ${min}`);
  else if (max !== undefined) parts.push(`of at most ${max}`);
  if (above !== undefined) parts.push(`above ${above}`);
  if (below !== undefined) parts.push(`below ${below}`);
  return parts.length === 0 ? "" : ` ${parts.join(" and ")}`;
}

function readChoice(text: string, choices: readonly string[], asker: Asker): string {
  if (choices.includes(text)) return text;
  refuse(
    asker,
    `be one of ${choices.join(", ")}`,
    `it is ${JSON.stringify(text)}; the nearest is ${closest(text, [...choices])}`,
  );
}

/** Refuses an option without its value; `next` is the word behind it. */
export function refuseMissing(
  spec: OptionSpec,
  { next, ...asker }: Asker & { readonly next?: string },
): never {
  const found = next ? `the option ${next} follows it` : "nothing follows it";
  refuse(asker, `be given ${wanted(spec)}`, found);
}

/** Refuses the value of a flag. */
export function refuseValue(value: string, asker: Asker): never {
  refuse(asker, "stand alone", `it is given the value ${JSON.stringify(value)}`);
}

function wanted(spec: OptionSpec): string {
  if (spec.kind === "choice") return `one of ${spec.choices.join(", ")}`;
  if (spec.kind === "integer") return `a whole number${rangeText(spec)}`;
  if (spec.kind === "number") return `a number${rangeText(spec)}`;
  if (spec.kind === "integers") return "whole numbers with commas between them";
  return "a value";
}

/** Refuses the value of one option, in the pattern of all messages. */
export function refuse({ act, name }: Asker, rule: string, found: string): never {
  throw new UsageError(`Cannot ${act} as ${name} must ${rule}: ${found}`);
}
