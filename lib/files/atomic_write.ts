import { basename, dirname, join } from "node:path";
import { fileError } from "./file_error.ts";

const MAX_WRITE = 2 ** 16;

async function writeAndSync(
  path: string,
  parts: readonly Uint8Array[],
): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  for (const bytes of parts) {
    for (let done = 0; done < bytes.length;) {
      // Not all at once, as what is written is copied on its way.
      done += await file.write(bytes.subarray(done, done + MAX_WRITE));
    }
  }
  await file.sync();
}

/** A rename survives a power cut only once the folder is synced too: a best effort. */
async function syncFolder(folder: string): Promise<void> {
  const { state } = await Deno.permissions.query({ name: "read", path: folder });
  if (state !== "granted") return;
  try {
    using directory = await Deno.open(folder);
    await directory.sync();
  } catch {
    // Some systems (Windows) cannot open a folder; the file itself is synced.
  }
}

function temporaryName(name: string): string {
  return `.${name}.${crypto.randomUUID()}.tmp`;
}

/**
 * Tells what {@linkcode writeAtomically} left behind when its process was killed.
 *
 * @param found The name of a file in the folder.
 * @param name The name of the file that was to be written; any unless told.
 * @returns Whether `found` is an unfinished version of it.
 *
 * @example A checkpoint, and what might have become one
 * ```ts
 * import { isTemporary } from "elbo/files";
 * import { assert } from "@std/assert";
 *
 * const left = ".model.bin.0d9b7f0e-98a5-4e1a-8e3e-1c3a6a1f2b3c.tmp";
 * assert(isTemporary(left, "model.bin"));
 * assert(isTemporary(left));
 * assert(!isTemporary("model.bin", "model.bin"));
 * ```
 */
export function isTemporary(found: string, name?: string): boolean {
  const [, of] = /^\.(.+)\.[0-9a-f-]{36}\.tmp$/.exec(found) ?? [];
  return of !== undefined && (name === undefined || of === name);
}

/**
 * Writes a file so that a crash at any moment leaves the old one or the new one, whole.
 *
 * The contents go to a temporary file in the same folder, which is synced to the disk
 * and then renamed; if anything fails the temporary file is removed and the old file
 * stays as it was. Needs write permission for the folder.
 *
 * @param path The file; its folder must exist.
 * @param contents Bytes, in parts or not, or text that is written as UTF-8.
 * @throws {Error} If it cannot be written: one sentence with a remedy.
 *
 * @example Needs write permission, so it only asks here
 * ```ts
 * import { writeAtomically } from "elbo/files";
 * import { assertRejects } from "@std/assert";
 *
 * const { state } = await Deno.permissions.query({ name: "write", path: "." });
 * if (state === "granted") {
 *   await assertRejects(() => writeAtomically("no/such/file", "text"), Error);
 * }
 * ```
 */
export async function writeAtomically(
  path: string,
  contents: Uint8Array | readonly Uint8Array[] | string,
): Promise<void> {
  const bytes = typeof contents === "string"
    ? new TextEncoder().encode(contents)
    : contents;
  const parts = bytes instanceof Uint8Array ? [bytes] : bytes;
  const folder = dirname(path);
  const temporary = join(folder, temporaryName(basename(path)));
  try {
    await writeAndSync(temporary, parts);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw fileError(error, { action: "write", path });
  }
  await syncFolder(folder);
}
