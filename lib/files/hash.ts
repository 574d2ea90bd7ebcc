import { createHash } from "node:crypto";

/**
 * The SHA-256 of some bytes, as 64 lower-case hexadecimal digits.
 *
 * @param bytes The bytes; they are not changed.
 * @returns The digest.
 *
 * @example The published test vector for "abc"
 * ```ts
 * import { sha256 } from "elbo/files";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   await sha256(new TextEncoder().encode("abc")),
 *   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
 * );
 * ```
 */
export function sha256(bytes: Uint8Array): Promise<string> {
  // Not crypto.subtle, which copies what it digests: a data set may be large.
  return Promise.resolve(createHash("sha256").update(bytes).digest("hex"));
}
