import { parseArgs } from "@std/cli/parse-args";
import { closest } from "fastest-levenshtein";

// Not by mod.ts, which loads tfjs: --help answers at once.
import { versions } from "../training/versions.ts";
import { runMain, UsageError } from "./errors.ts";
import { helpText } from "./help.ts";
import { readValue, refuseMissing, refuseValue } from "./values.ts";

interface Described {
  /** One line for `--help`. */
  readonly help: string;
  /** The word for the value in `--help`. */
  readonly placeholder?: string;
}

/** Limits of a number; `above` and `below` leave the limit itself out. */
export interface Limits {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
}

/** What one option takes: the keys of a command's `options` are the names. */
export type OptionSpec =
  & Described
  & (
    | { readonly kind: "flag" }
    | { readonly kind: "string"; readonly default?: string }
    | { readonly kind: "integer" | "number"; readonly default?: number } & Limits
    | { readonly kind: "integers"; readonly default?: readonly number[] } & Limits
    | {
      readonly kind: "choice";
      readonly choices: readonly string[];
      readonly default?: string;
    }
  );

/** The options of one command, by their names without the dashes. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** A command line program: what it does and what it takes. */
export interface Command<Specs extends OptionSpecs> {
  /** What the user types, for example `deno task train`. */
  readonly name: string;
  /** The verb of its error messages, for example `train`. */
  readonly act: string;
  /** One or two sentences for `--help`. */
  readonly summary: string;
  readonly options: Specs;
  /** The names of the positional arguments, in order; none by default. */
  readonly positionals?: readonly string[];
  /** Lines shown under "Examples" by `--help`. */
  readonly examples?: readonly string[];
}

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

type ValueOf<Spec extends OptionSpec> = Spec["kind"] extends "flag" ? boolean
  : Spec["kind"] extends "integer" | "number" ? number
  : Spec["kind"] extends "integers" ? number[]
  : Spec extends { readonly choices: readonly (infer Choice)[] } ? Choice
  : string;

type Defaulted<Spec extends OptionSpec> = Spec["kind"] extends "flag" ? ValueOf<Spec>
  : Spec extends { readonly default: unknown } ? ValueOf<Spec>
  : ValueOf<Spec> | undefined;

/** The values of a command's options, under their camelCase names. */
export type Values<Specs extends OptionSpecs> = {
  [Name in keyof Specs & string as CamelCase<Name>]: Defaulted<Specs[Name]>;
};

/** A command line that was understood. */
export interface Parsed<Specs extends OptionSpecs> {
  readonly values: Values<Specs>;
  /** The names of the options that were typed, without dashes. */
  readonly given: readonly string[];
  readonly positionals: readonly string[];
}

/** A request for text instead of work. */
export interface TextRequest {
  readonly text: string;
}

/**
 * Declares a command, keeping the literal types of its options.
 *
 * @param command What the command takes.
 * @returns The same object.
 */
export function defineCommand<const Specs extends OptionSpecs>(
  command: Command<Specs>,
): Command<Specs> {
  return command;
}

/**
 * Reads a command line against the options of a command.
 *
 * `--name value` and `--name=value` are the same, a negative number is a value, and
 * an option may be given once. `--help` and `--version` win over everything else.
 *
 * @param args The words after the script's name.
 * @param command What the command takes.
 * @returns The typed values, or the text that `--help` or `--version` asks for.
 * @throws {UsageError} In one sentence, with the nearest right name, if the line
 * cannot be obeyed.
 */
export function parseCommand<Specs extends OptionSpecs>(
  args: readonly string[],
  command: Command<Specs>,
): Parsed<Specs> | TextRequest {
  const words = args.slice(0, args.includes("--") ? args.indexOf("--") : args.length);
  if (words.includes("--help") || words.includes("-h")) {
    return { text: helpText(command) };
  }
  if (words.includes("--version")) return { text: versionText() };

  const { options, positionals } = readWords(args, command);
  checkPositionals(positionals, command);
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(command.options)) {
    const text = options.get(name);
    values[camelCase(name)] = text === undefined
      ? defaultOf(spec)
      : readValue(text, spec, { act: command.act, name: `--${name}` });
  }
  return { values: values as Values<Specs>, given: [...options.keys()], positionals };
}

/**
 * Runs a command: reads its command line, answers `--help` and `--version` on
 * stdout, and turns errors into one sentence on stderr and an exit status.
 *
 * @param command What the command takes.
 * @param main Does the work; returns the exit status, nothing means 0.
 * @param options `args`: the words to read instead of the process's own.
 * @returns The exit status, for `Deno.exit`.
 */
export function runCommand<Specs extends OptionSpecs>(
  command: Command<Specs>,
  main: (parsed: Parsed<Specs>) => Promise<number | void> | number | void,
  { args = Deno.args }: { args?: readonly string[] } = {},
): Promise<number> {
  return runMain(() => {
    const parsed = parseCommand(args, command);
    if (!("text" in parsed)) return main(parsed);
    console.log(parsed.text);
  }, { task: command.name, args });
}

interface Words {
  /** The text of each option that was typed; that of a flag says nothing. */
  readonly options: Map<string, string>;
  readonly positionals: readonly string[];
}

function readWords<Specs extends OptionSpecs>(
  args: readonly string[],
  command: Command<Specs>,
): Words {
  const names = Object.keys(command.options);
  const isFlag = (name: string) => command.options[name].kind === "flag";
  const parsed = parseArgs(normalize(args, command), {
    boolean: names.filter(isFlag),
    string: [...names.filter((name) => !isFlag(name)), "_"],
    collect: names,
  }) as Record<string, unknown>;

  const options = new Map<string, string>();
  for (const name of names) {
    const found = parsed[name] as unknown[];
    if (found.length === 0) continue;
    if (found.length > 1) {
      throw new UsageError(
        `Cannot ${command.act} as --${name} must be given once: ` +
          `it is given ${found.length} times`,
      );
    }
    options.set(name, String(found[0]));
  }
  return { options, positionals: parsed._ as string[] };
}

/**
 * Writes every value as `--name=value` and every positional argument behind `--`.
 *
 * parseArgs would take the `-1` of `--latent -1` for an option, the `true` of
 * `--quiet true` for the flag's value, and the whole of `--out=` for a name.
 */
function normalize<Specs extends OptionSpecs>(
  args: readonly string[],
  command: Command<Specs>,
): string[] {
  const options: string[] = [];
  const positionals: string[] = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--") {
      positionals.push(...args.slice(i + 1));
      break;
    }
    if (!isOption(args[i])) {
      positionals.push(args[i]);
      continue;
    }
    const { name, value } = splitOption(args[i], command);
    const asker = { act: command.act, name: `--${name}` };
    const spec = command.options[name];
    if (spec.kind === "flag") {
      if (value !== undefined) refuseValue(value, asker);
      options.push(`--${name}`);
      continue;
    }
    const next = value ?? args[i + 1];
    if (!next || (value === undefined && isOption(next))) {
      refuseMissing(spec, { ...asker, next });
    }
    if (value === undefined) i++;
    options.push(`--${name}=${next}`);
  }
  return [...options, "--", ...positionals];
}

// A negative number is a value, never an option: no option is a digit.
function isOption(word: string): boolean {
  return /^-[^\d.\s]/.test(word) && word !== "--";
}

function splitOption<Specs extends OptionSpecs>(
  word: string,
  command: Command<Specs>,
): { name: string; value?: string } {
  const equals = word.indexOf("=");
  const dashed = equals < 0 ? word : word.slice(0, equals);
  const name = dashed.slice(2);
  if (!dashed.startsWith("--") || !Object.hasOwn(command.options, name)) {
    const names = [...Object.keys(command.options), "help", "version"];
    const nearest = nearestName(dashed.replace(/^-+/, ""), names);
    throw new UsageError(
      `Cannot ${command.act} as every option must be one of its own: ` +
        `${dashed} is not; the nearest is --${nearest}, and --help lists them all`,
    );
  }
  return equals < 0 ? { name } : { name, value: word.slice(equals + 1) };
}

/** An abbreviation, such as lr, is nearer to its name than the letters say. */
function nearestName(typed: string, names: readonly string[]): string {
  const letters = typed.replace(/[^a-z]/g, "");
  const inOrder = new RegExp(`^${[...letters].join(".*")}`);
  const abbreviated = letters === ""
    ? undefined
    : names.find((name) => name.startsWith(typed)) ??
      names.find((name) => inOrder.test(name));
  return abbreviated ?? closest(typed, [...names]);
}

function checkPositionals<Specs extends OptionSpecs>(
  positionals: readonly string[],
  { act, name, positionals: wanted = [] }: Command<Specs>,
): void {
  if (positionals.length === wanted.length) return;
  const usage = [name, ...wanted].join(" ");
  if (positionals.length < wanted.length) {
    throw new UsageError(
      `Cannot ${act} as ${wanted[positionals.length]} must be given: ` +
        `the command is ${usage}`,
    );
  }
  const extra = JSON.stringify(positionals[wanted.length]);
  const rule = wanted.length === 0
    ? "its arguments must all be options"
    : `its arguments must be ${wanted.join(" and ")} and options`;
  throw new UsageError(
    `Cannot ${act} as ${rule}: ${extra} is one too many; see ${name} --help`,
  );
}

function defaultOf(spec: OptionSpec): unknown {
  if (spec.kind === "flag") return false;
  return spec.kind === "integers" ? spec.default?.slice() : spec.default;
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function versionText(): string {
  const { elbo, deno, tfjs } = versions();
  return `elbo ${elbo} (deno ${deno}, tfjs ${tfjs})`;
}
