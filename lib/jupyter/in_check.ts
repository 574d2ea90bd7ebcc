import { inKernel } from "./kernel_display.ts";

/**
 * Tells whether `deno task notebooks --check` executes the notebook, so that a long
 * cell may do less.
 *
 * Such a cell has the tag `shortened`, says in its text what it leaves out, and no
 * later cell prints what depends on it.
 *
 * @returns `false` in a front end, under `--write`, and outside the kernel.
 *
 * @example Fewer epochs under `--check`
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { inCheck } from "elbo/jupyter";
 *
 * const epochs = inCheck() ? 1 : 10;
 * assertEquals(epochs, 10);
 * ```
 */
export function inCheck(): boolean {
  return inKernel() && Deno.env.get("ELBO_NOTEBOOKS") === "check";
}
