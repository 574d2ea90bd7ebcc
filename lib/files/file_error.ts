/** What was being done to the file. */
export type FileAction = "read" | "write";

// Deno names but some of the system's errors; of the others it quotes the number, which
// Linux and macOS share but for one. Windows has numbers of its own.
const CODES: Readonly<Record<string, string>> = Deno.build.os === "windows" ? {} : {
  5: "EIO",
  27: "EFBIG",
  28: "ENOSPC",
  30: "EROFS",
  [Deno.build.os === "darwin" ? 69 : 122]: "EDQUOT",
};

/** The system's name of what went wrong, such as ENOSPC, where it is told. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  const [, number = ""] = error.message.match(/\(os error (\d+)\)/) ?? [];
  return CODES[number];
}

function diskTrouble(error: unknown): string | undefined {
  const code = systemCode(error);
  if (code === "ENOSPC") return "the disk must have room for it: it is full; free some";
  if (code === "EDQUOT") {
    return "the disk quota must have room for it: it is used up; free some";
  }
  if (code === "EROFS") {
    return "its disk must be writable: it is read-only; choose another folder";
  }
  if (code === "EFBIG") {
    return "a file must be allowed to grow so large: the system's limit is lower; raise " +
      "it (ulimit -f), or choose another disk";
  }
  if (code === "EIO") {
    return "its disk must work: it reports a fault; choose another disk";
  }
}

/** Rule, what it is, and remedy of the errors that a user can do something about. */
function explain(error: unknown, action: FileAction): string | undefined {
  if (error instanceof Deno.errors.NotCapable) {
    return `this program must be allowed to ${action} it: it is not; add ` +
      `--allow-${action}=FOLDER to deno's options`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    const remedy = action === "write" ? "choose a folder of yours" : "ask its owner";
    return `you must have the right to ${action} it: the system denies it; ${remedy}`;
  }
  if (error instanceof Deno.errors.NotFound) {
    return action === "write"
      ? "its folder must exist: there is none; make it first"
      : "it must exist: there is no such file; check the path";
  }
  if (error instanceof Deno.errors.IsADirectory) {
    return "it must be a file: it is a folder; name a file";
  }
  if (error instanceof Deno.errors.NotADirectory) {
    return "what it lies in must be a folder: it is a file; check the path";
  }
  return diskTrouble(error);
}

/**
 * Says in one sentence why a file could not be read or written, with a remedy.
 *
 * @param error What the file system or Deno's permissions threw.
 * @param options The action, and the path that the user knows the file by.
 * @returns An error to throw, of the same class where it is one of `Deno.errors`, its
 * cause the original; an error that is not about a file is returned as it is.
 *
 * @example A missing file
 * ```ts
 * import { fileError } from "elbo/files";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const error = fileError(new Deno.errors.NotFound(), { action: "read", path: "a.idx" });
 * assertStringIncludes(error.message, "Cannot read a.idx as it must exist");
 * ```
 */
export function fileError(
  error: unknown,
  { action, path }: { action: FileAction; path: string },
): Error {
  const why = explain(error, action);
  if (why === undefined) {
    return error instanceof Error ? error : new Error(String(error));
  }
  const message = `Cannot ${action} ${path} as ${why}`;
  const Same = Object.values(Deno.errors).find((Class) => error instanceof Class);
  return new (Same ?? Error)(message, { cause: error });
}

/**
 * Reads a whole file; what goes wrong is said in one sentence with a remedy.
 *
 * @param path The file.
 * @returns Its bytes.
 * @throws {Error} As {@linkcode fileError} says it.
 *
 * @example A file that is not there (needs read permission, else says so)
 * ```ts
 * import { readFile } from "elbo/files";
 * import { assertRejects } from "@std/assert";
 *
 * const { state } = await Deno.permissions.query({ name: "read", path: "." });
 * if (state === "granted") {
 *   await assertRejects(() => readFile("no/such/file"), Deno.errors.NotFound);
 * }
 * ```
 */
export async function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    // Not Deno.readFile, which holds a large file twice while it reads.
    using file = await Deno.open(path);
    const { size, isFile } = await file.stat();
    if (!isFile) return await Deno.readFile(path);
    const bytes = new Uint8Array(size);
    let length = 0;
    while (length < size) {
      const read = await file.read(bytes.subarray(length));
      if (read === null) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } catch (error) {
    throw fileError(error, { action: "read", path });
  }
}
