/** The options of {@linkcode parseArgs}; `options` without a list take one name. */
export interface ParseOptions<
  B extends string = string,
  S extends string = string,
  C extends string = string,
  N extends string = string,
  D extends Record<string, unknown> = Record<string, unknown>,
  DD extends boolean = boolean,
> {
  /** True: what stands behind `--` goes to the result's `"--"`, else to `_`. */
  "--"?: DD;
  /** Other names of an option. */
  alias?: Record<string, string | readonly string[]>;
  /** Options that take no value; false unless given. */
  boolean?: B | readonly B[];
  /** Options whose values are gathered in an array; `[]` unless given. */
  collect?: C | readonly C[];
  /** Values of options that are not given. */
  default?: D;
  /** Options that `--no-NAME` sets to false. */
  negatable?: N | readonly N[];
  /** True: all that follows the first positional argument is positional. */
  stopEarly?: boolean;
  /** Options whose value stays a string; `""` where the value is missing. */
  string?: S | readonly S[];
  /** Called with what is not defined above; `false` drops it. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

type Values<B extends string, S extends string, C extends string, N extends string> =
  & { [K in Exclude<S, C>]?: string | (K extends N ? false : never) }
  & { [K in Extract<S, C>]: string[] }
  & { [K in Exclude<C, S | B>]: unknown[] }
  & { [K in Exclude<B, C>]: boolean }
  & { [K in Extract<B, C>]: boolean[] };

type WithDefaults<V, D> =
  & Omit<V, keyof D>
  & {
    [K in keyof D]: K extends keyof V ? NonNullable<V[K]> | D[K] : unknown;
  };

/** What {@linkcode parseArgs} returns: each option by name, the rest in `_`. */
export type Args<
  V = Record<string, unknown>,
  DD extends boolean = false,
> =
  & Record<string, unknown>
  & V
  & { _: (string | number)[] }
  & (DD extends true ? { "--": string[] } : Record<never, never>);

type Value = string | number | boolean;

function isNumeric(text: string): boolean {
  return /^0x[0-9a-f]+$/i.test(text) ||
    /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/.test(text);
}

function list(names: string | readonly string[] = []): readonly string[] {
  return typeof names === "string" ? [names] : names;
}

/** Each name with its other names, whichever of them the caller listed first. */
function aliasesOf(alias: ParseOptions["alias"] = {}): Map<string, string[]> {
  const aliases = new Map<string, string[]>();
  for (const [name, others] of Object.entries(alias)) {
    const group = [name, ...list(others)];
    for (const one of group) aliases.set(one, group.filter((other) => other !== one));
  }
  return aliases;
}

/** Walks the arguments; reads values that follow their option. */
class Reader {
  readonly result: Record<string, unknown> & { _: (string | number)[] } = { _: [] };
  readonly aliases: Map<string, string[]>;
  readonly booleans: Set<string>;
  readonly strings: Set<string>;
  readonly collected: Set<string>;
  readonly negatable: Set<string>;
  #at = 0;

  constructor(readonly args: readonly string[], readonly options: ParseOptions) {
    this.aliases = aliasesOf(options.alias);
    const named = (names?: string | readonly string[]) =>
      new Set(list(names).flatMap((name) => [name, ...this.aliases.get(name) ?? []]));
    this.booleans = named(options.boolean);
    this.strings = named(options.string);
    this.collected = named(options.collect);
    this.negatable = named(options.negatable);
  }

  read(): void {
    for (; this.#at < this.args.length; this.#at++) {
      const arg = this.args[this.#at];
      if (/^--./s.test(arg)) this.#long(arg);
      else if (/^-./s.test(arg)) this.#short(arg);
      else {
        if (this.options.unknown?.(arg) !== false) {
          this.result._.push(
            isNumeric(arg) && !this.strings.has("_") ? Number(arg) : arg,
          );
        }
        if (this.options.stopEarly) {
          this.result._.push(...this.args.slice(this.#at + 1));
          return;
        }
      }
    }
  }

  #long(arg: string): void {
    const negated = /^--no-./s.test(arg);
    const body = arg.slice(negated ? 5 : 2);
    const equals = body.indexOf("=", 1);
    // `--name=` has no value to split off: the whole of it is taken for a name.
    if (equals > 0 && equals < body.length - 1) {
      const name = body.slice(0, equals);
      const text = body.slice(equals + 1);
      this.#set(name, this.booleans.has(name) ? text !== "false" : text, arg);
    } else if (negated && this.negatable.has(body)) {
      this.#set(body, false, arg, false);
    } else {
      const name = negated ? `no-${body}` : body;
      this.#withNext(name, arg, (next) => !next.startsWith("-"));
    }
  }

  /** `-abc` is `-a -b -c`; a value may follow at once (`-n5`, `-n=5`) or as the next. */
  #short(arg: string): void {
    const letters = [...arg.slice(1, -1)];
    for (const [i, letter] of letters.entries()) {
      const rest = arg.slice(i + 2);
      const isLetter = /[A-Za-z]/.test(letter);
      if (rest === "-") {
        this.#set(letter, rest, arg);
      } else if (isLetter && rest.includes("=")) {
        return this.#set(letter, rest.split(/=(.+)/)[1], arg);
      } else if (isLetter && /-?\d+(\.\d*)?(e-?\d+)?$/.test(rest)) {
        return this.#set(letter, rest, arg);
      } else if (letters[i + 1]?.match(/\W/)) {
        return this.#set(letter, rest, arg);
      } else {
        this.#set(letter, this.strings.has(letter) ? "" : true, arg);
      }
    }
    const last = arg.slice(-1);
    if (last !== "-") this.#withNext(last, arg, (next) => !/^--?[^-]/.test(next));
  }

  /** Sets an option to the argument behind it, where that can be its value. */
  #withNext(name: string, arg: string, isValue: (next: string) => boolean): void {
    const next = this.args[this.#at + 1];
    if (next && isValue(next) && !this.booleans.has(name)) {
      this.#at++;
      this.#set(name, next, arg);
    } else if (next === "true" || next === "false") {
      this.#at++;
      this.#set(name, next === "true", arg);
    } else {
      this.#set(name, this.strings.has(name) ? "" : true, arg);
    }
  }

  #set(name: string, given: Value, arg: string, collect = true): void {
    const known = this.booleans.has(name) || this.strings.has(name) ||
      this.aliases.has(name);
    if (!known && this.options.unknown?.(arg, name, given) === false) return;
    const value = typeof given === "string" && !this.strings.has(name) &&
        isNumeric(given)
      ? Number(given)
      : given;
    const gather = collect && this.collected.has(name);
    for (const one of [name, ...this.aliases.get(name) ?? []]) {
      const before = this.result[one];
      if (!gather) this.result[one] = value;
      else if (Array.isArray(before)) before.push(value);
      else this.result[one] = before ? [before, value] : [value];
    }
  }

  /** What was not given takes its default; then booleans false, lists empty. */
  fill(): void {
    for (const [name, value] of Object.entries(this.options.default ?? {})) {
      if (Object.hasOwn(this.result, name)) continue;
      for (const one of [name, ...this.aliases.get(name) ?? []]) {
        this.result[one] = value;
      }
    }
    for (const name of this.booleans) {
      if (!Object.hasOwn(this.result, name)) {
        this.result[name] = this.collected.has(name) ? [] : false;
      }
    }
    for (const name of this.strings) {
      if (!Object.hasOwn(this.result, name) && this.collected.has(name)) {
        this.result[name] = [];
      }
    }
  }
}

/**
 * Reads command line arguments into a record of options and the rest, `_`.
 *
 * An argument that starts with a hyphen is never a value: `--latent -1` gives
 * `latent` the empty string and sets a flag `1`. Values that look like numbers become
 * numbers unless their option is listed in `string`.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseArgs } from "@std/cli";
 *
 * const args = parseArgs(["--out", "runs/1", "--quiet"], {
 *   string: ["out"],
 *   boolean: ["quiet"],
 * });
 * assertEquals(args, { _: [], out: "runs/1", quiet: true });
 * ```
 */
export function parseArgs<
  B extends string = never,
  S extends string = never,
  C extends string = never,
  N extends string = never,
  D extends Record<string, unknown> = Record<never, never>,
  DD extends boolean = false,
>(
  args: string[],
  options: ParseOptions<B, S, C, N, D, DD> = {},
): Args<WithDefaults<Values<B, S, C, N>, D>, DD> {
  const end = args.indexOf("--");
  const before = end < 0 ? args : args.slice(0, end);
  const behind = end < 0 ? [] : args.slice(end + 1);
  const reader = new Reader(before, options);
  reader.read();
  reader.fill();
  if (options["--"]) reader.result["--"] = behind;
  else reader.result._.push(...behind);
  return reader.result as Args<WithDefaults<Values<B, S, C, N>, D>, DD>;
}
