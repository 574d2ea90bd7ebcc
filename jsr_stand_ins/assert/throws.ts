import { inspect, stripVTControlCharacters } from "node:util";
import { refuse } from "./assertion_error.ts";

type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

/** What is asked of the error: its class and a part of its message, or nothing. */
interface Wanted {
  ErrorClass?: ErrorClass<Error>;
  msgIncludes?: string;
  msg?: string;
}

function wanted(
  classOrMsg: ErrorClass<Error> | string | undefined,
  msgIncludes?: string,
  msg?: string,
): Wanted {
  if (typeof classOrMsg === "string") return { msg: classOrMsg };
  return { ErrorClass: classOrMsg, msgIncludes, msg };
}

function check(error: unknown, { ErrorClass, msgIncludes, msg }: Wanted): unknown {
  if (!ErrorClass) return error;
  if (!(error instanceof Error)) refuse(`Not an Error: ${inspect(error)}`, msg);
  if (!(error instanceof ErrorClass)) {
    refuse(
      `Expected ${ErrorClass.name}, but got ${inspect(error)}`,
      msg,
    );
  }
  const message = stripVTControlCharacters(error.message);
  if (msgIncludes && !message.includes(stripVTControlCharacters(msgIncludes))) {
    refuse(
      `Expected an error message with ${inspect(msgIncludes)}: ${inspect(message)}`,
      msg,
    );
  }
  return error;
}

/** Throws unless `fn` throws (an `ErrorClass` whose message has `msgIncludes`). */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const want = wanted(classOrMsg, msgIncludes, msg);
  try {
    fn();
  } catch (error) {
    return check(error, want);
  }
  refuse("Expected the function to throw", want.msg);
}

/** Rejects unless the promise of `fn` rejects (as for {@linkcode assertThrows}). */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const want = wanted(classOrMsg, msgIncludes, msg);
  const promise = started(fn, want.msg);
  try {
    await promise;
  } catch (error) {
    return check(error, want);
  }
  refuse("Expected the function to reject", want.msg);
}

/** A function that throws, or returns no promise, does not reject. */
function started(fn: () => PromiseLike<unknown>, msg?: string): PromiseLike<unknown> {
  let promise: unknown;
  try {
    promise = fn();
  } catch {
    refuse("The function throws where it should reject", msg);
  }
  if (!isPromiseLike(promise)) refuse("The function returned no promise", msg);
  return promise;
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}
