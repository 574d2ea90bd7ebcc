/**
 * Tells whether anything is at a path, be it a link to nothing.
 *
 * @param path Of a file or folder.
 * @returns False where there is nothing.
 * @throws {Error} If that cannot be told, as for want of permission.
 *
 * @example Needs read permission, else does nothing
 * ```ts
 * import { isThere } from "elbo/files";
 * import { assertEquals } from "@std/assert";
 *
 * const { state } = await Deno.permissions.query({ name: "read", path: "." });
 * if (state === "granted") {
 *   assertEquals(await isThere("."), true);
 *   assertEquals(await isThere("no/such/file"), false);
 * }
 * ```
 */
export async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
