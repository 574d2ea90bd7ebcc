/** A permission that a test may need. */
export type Permission = "read" | "write" | "run" | "env";

/** The folder of this repository. */
export const ROOT = new URL("../../", import.meta.url);

/**
 * True only where every named permission is granted already; never prompts.
 *
 * A test that needs one says `ignore: !granted("read")`: plain `deno test` passes then,
 * with a word, and `deno task test` runs it. `read` and `write` are asked for the
 * folder of the repository, as `--allow-read=.` grants them; `run` and `env` whole.
 *
 * @example
 * ```ts
 * import { granted } from "./permissions.ts";
 *
 * Deno.test({
 *   name: "safetensors: a written file is read back",
 *   ignore: !granted("read", "write"),
 *   fn: () => {},
 * });
 * ```
 */
export function granted(...names: Permission[]): boolean {
  return names.every((name) => {
    const descriptor: Deno.PermissionDescriptor = name === "read" || name === "write"
      ? { name, path: ROOT }
      : { name };
    return Deno.permissions.querySync(descriptor).state === "granted";
  });
}
