import { type Code, encodeUnsigned } from "./code.ts";
import { i32 } from "./scalar.ts";

/** A parameter or a local variable of a function. */
export interface Variable {
  /** Its value. */
  readonly get: Code;
  /** Gives it a value. */
  readonly set: (value: Code) => Code;
  /** Gives it a value and leaves that. */
  readonly tee: (value: Code) => Code;
}

/** The variable of an index, parameters first. */
export function variable(index: number): Variable {
  const place = encodeUnsigned(index);
  return {
    get: [0x20, place],
    set: (value) => [value, 0x21, place],
    tee: (value) => [value, 0x22, place],
  };
}

const NO_RESULT = 0x40;

/** Code that runs if a condition (i32, zero is false) holds, and another if not. */
export function when(condition: Code, then: Code, otherwise?: Code): Code {
  const alternative = otherwise === undefined ? [] : [0x05, otherwise];
  return [condition, 0x04, NO_RESULT, then, alternative, 0x0b];
}

/** Code that runs once, and again as long as the condition after it holds. */
export function repeatWhile(body: Code, condition: Code): Code {
  return [0x03, NO_RESULT, body, condition, 0x0d, 0, 0x0b];
}

/** One of two values: the first if the condition (i32) holds. Both are computed. */
export function select(x: Code, y: Code, condition: Code): Code {
  return [x, y, condition, 0x1b];
}

/** A call of the function of an index; its arguments in order. */
export function call(index: number, ...args: Code[]): Code {
  return [args, 0x10, encodeUnsigned(index)];
}

/** Adds to an i32 variable. */
export function advance(variable: Variable, by: Code): Code {
  return variable.set(i32.add(variable.get, by));
}

/**
 * Runs `body` with `i` from its present value as long as `i + step <= to`; afterwards
 * `i` is the first value that was not taken.
 */
export function forSteps(
  i: Variable,
  { to, step }: { readonly to: Code; readonly step: number },
  body: Code,
): Code {
  const fits = i32.le_s(i32.add(i.get, i32.const(step)), to);
  return when(fits, repeatWhile([body, advance(i, i32.const(step))], fits));
}
