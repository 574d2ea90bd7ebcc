import { basename, dirname, join } from "node:path";
import { fileError } from "./file_error.ts";

async function writeAndSync(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  for (let done = 0; done < bytes.length;) {
    done += await file.write(bytes.subarray(done));
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

/**
 * Writes a file so that a crash at any moment leaves the old one or the new one, whole.
 *
 * The contents go to a temporary file in the same folder, which is synced to the disk
 * and then renamed; if anything fails the temporary file is removed and the old file
 * stays as it was. Needs write permission for the folder.
 *
 * @param path The file; its folder must exist.
 * @param contents Bytes, or text that is written as UTF-8.
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
  contents: Uint8Array | string,
): Promise<void> {
  const bytes = typeof contents === "string"
    ? new TextEncoder().encode(contents)
    : contents;
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${crypto.randomUUID()}.tmp`);
  try {
    await writeAndSync(temporary, bytes);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw fileError(error, { action: "write", path });
  }
  await syncFolder(folder);
}
