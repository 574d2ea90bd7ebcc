import { fileError } from "./file_error.ts";

/**
 * Appends text to a file and waits until the disk has it.
 *
 * @param path The file; made if it is not there.
 * @param text What to append.
 * @throws {Error} If it cannot be written: one sentence with a remedy.
 *
 * @example Needs write permission, so it only asks here
 * ```ts
 * import { appendDurably } from "elbo/files";
 * import { assertRejects } from "@std/assert";
 *
 * const { state } = await Deno.permissions.query({ name: "write", path: "." });
 * if (state === "granted") {
 *   await assertRejects(() => appendDurably("no/such/file", "text"), Error);
 * }
 * ```
 */
export async function appendDurably(path: string, text: string): Promise<void> {
  try {
    using file = await Deno.open(path, { append: true, create: true });
    const bytes = new TextEncoder().encode(text);
    for (let done = 0; done < bytes.length;) {
      done += await file.write(bytes.subarray(done));
    }
    await file.sync();
  } catch (error) {
    throw fileError(error, { action: "write", path });
  }
}
