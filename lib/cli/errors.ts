import { systemCode } from "../files/file_error.ts";
import { commandGranting, type CommandLine } from "./command_granting.ts";

/** An error whose message is all that its reader needs: one sentence and a remedy. */
export class CommandError extends Error {
  /** The exit status that the process ends with. */
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.name = "CommandError";
    this.status = status;
  }
}

/** A command line that cannot be obeyed: exit status 2. */
export class UsageError extends CommandError {
  constructor(message: string) {
    super(message, 2);
    this.name = "UsageError";
  }
}

// The pattern of every message of ours that speaks to a user; the engine's own
// "Cannot read properties of undefined" does not fit it.
const houseMessage = /^Cannot [^\n]+ as [^\n]+ must /;

// One whose rule is about an option: only the data or the run could tell.
const optionMessage = /^Cannot [^\n]+ as --[a-z][a-z-]* must /;

/** What a process says and with which status it ends when `error` reaches the top. */
export interface Failure {
  readonly status: number;
  readonly message: string;
}

/**
 * Turns whatever was thrown into a message and an exit status.
 *
 * Expected errors become their one sentence; only a bug shows its stack.
 *
 * @param error What was thrown.
 * @param command What was typed: a missing permission is told with all of it.
 * @returns The text for stderr, without a final newline, and the status.
 */
export function describeFailure(
  error: unknown,
  command?: CommandLine,
): Failure {
  const message = error instanceof Error ? escapeControls(error.message) : "";
  if (error instanceof Deno.errors.NotCapable) {
    return { status: 1, message: describeNotCapable(error, command) };
  }
  if (error instanceof CommandError) return { status: error.status, message };
  if (houseMessage.test(message)) {
    return { status: optionMessage.test(message) ? 2 : 1, message };
  }
  if (error instanceof RangeError && /allocation failed/.test(error.message)) {
    return {
      status: 1,
      message: "Cannot go on as all numbers must fit into memory: they do not " +
        `(${error.message}); take smaller layers, batches or data`,
    };
  }
  if (isFileSystemError(error)) {
    return {
      status: 1,
      message: `Cannot go on as the file system must allow it: ${message}`,
    };
  }
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  return { status: 1, message: `This is a bug in elbo, please report it:\n${text}` };
}

// What a message quotes, a file's name or a word, may hold line breaks, and worse.
function escapeControls(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    return character === "\n" ? "\\n" : `\\u${code}`;
  });
}

/**
 * Runs the body of a script and turns what it throws into an exit status.
 *
 * @param main Returns the exit status; nothing means 0.
 * @param command What was typed.
 * @returns The exit status: 2 for a wrong command line, 1 for any other error, which
 * is told on stderr.
 */
export async function runMain(
  main: () => Promise<number | void> | number | void,
  command?: CommandLine,
): Promise<number> {
  try {
    return (await main()) ?? 0;
  } catch (error) {
    const { status, message } = describeFailure(error, command);
    console.error(message);
    return status;
  }
}

// Deno names what it would have had to grant; one of ours may be wrapped around it.
function describeNotCapable(error: Error, command?: CommandLine): string {
  const { message } = error.cause instanceof Deno.errors.NotCapable
    ? error.cause
    : error;
  const [, what, path] = message.match(/^Requires (\w+) access to "(.+)", run/) ?? [];
  const granting = what === "read" || what === "write"
    ? commandGranting({ what, path, ...command })
    : undefined;
  if (granting === undefined) {
    if (houseMessage.test(error.message)) return escapeControls(error.message);
    const [flag] = message.match(/--allow-[a-z]+/) ?? [];
    return "Cannot go on as this process must hold a permission: " +
      escapeControls(message.replace(/, run again with.*$/s, "")) +
      `; start it through its deno task${flag ? `, or add ${flag}` : ""}`;
  }
  return escapeControls(
    `Cannot go on as this task must be allowed to ${what} ${path}: it is not; answer ` +
      `its question on a terminal, or run ${granting}`,
  );
}

function isFileSystemError(error: unknown): error is Error {
  const { errors } = Deno;
  const kinds = [
    ...[errors.NotFound, errors.PermissionDenied, errors.AlreadyExists],
    ...[errors.NotADirectory, errors.IsADirectory, errors.FilesystemLoop],
  ];
  if (kinds.some((kind) => error instanceof kind)) return true;
  // Deno has no class for a full disk, a quota or a read-only file system.
  const code = systemCode(error);
  return error instanceof Error && code !== undefined &&
    ["ENOSPC", "EDQUOT", "EROFS", "EFBIG", "EIO"].includes(code);
}
