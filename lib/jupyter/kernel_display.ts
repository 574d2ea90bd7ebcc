/** What reaches a front end, and when: the one door to Deno.jupyter. */

/** Representations of one output by MIME type; front ends pick the richest. */
export type MediaBundle = Deno.jupyter.MediaBundle;

/** Options of {@link display}. */
export interface DisplayOptions {
  /** Metadata by MIME type, such as the width of an image. */
  readonly metadata?: Record<string, unknown>;
  /** Names the output so that it can be replaced. */
  readonly displayId?: string;
  /** Replace the output of that name instead of adding one. */
  readonly update?: boolean;
}

/** The kernel announces a cell's end without waiting for output under way. */
const SETTLE_MS = 25;
const BYTES_PER_SETTLE_MS = 20_000;

/**
 * Tells whether the code runs in a Deno Jupyter kernel.
 *
 * @returns `false` in scripts and tests.
 *
 * @example In a test
 * ```ts
 * import { assert } from "@std/assert";
 * import { inKernel } from "elbo/jupyter";
 *
 * assert(!inKernel());
 * ```
 */
export function inKernel(): boolean {
  try {
    return Deno.jupyter !== undefined; // the getter throws outside the kernel
  } catch {
    return false;
  }
}

/**
 * Waits until outputs have reached the front end, so that they stay under their cell.
 *
 * The kernel sends outputs from another thread and may declare the cell finished
 * before the last one: it is then lost or shown under the next cell. Every `show...`
 * function, `say` and `progress` settle by themselves; a cell that ends with
 * `console.log` awaits this.
 *
 * @param bytes Size of what was sent last; more bytes take longer.
 * @returns After 25 ms and 1 ms for each 20 kB; at once outside the kernel.
 *
 * @example The end of a cell
 * ```ts
 * import { settle } from "elbo/jupyter";
 *
 * console.log("the last line of a cell");
 * await settle();
 * ```
 */
export async function settle(bytes = 0): Promise<void> {
  if (!inKernel()) return;
  await new Promise((resolve) =>
    setTimeout(resolve, SETTLE_MS + bytes / BYTES_PER_SETTLE_MS)
  );
}

/**
 * Sends one output to the front end without settling; plain text outside the kernel.
 *
 * @param bundle Representations by MIME type, `text/plain` among them.
 * @param options Metadata and the name of the output.
 * @returns The number of bytes sent, for {@link settle}.
 */
export async function display(
  bundle: MediaBundle & { "text/plain": string },
  { metadata = {}, displayId, update = false }: DisplayOptions = {},
): Promise<number> {
  if (!inKernel()) {
    console.log(bundle["text/plain"]);
    return 0;
  }
  // Deno.jupyter.display would drop the metadata.
  await Deno.jupyter.broadcast(update ? "update_display_data" : "display_data", {
    data: bundle,
    metadata,
    transient: displayId === undefined ? {} : { display_id: displayId },
  });
  return JSON.stringify(bundle).length;
}

/** Sends one output and waits until it has arrived. */
export async function show(
  bundle: MediaBundle & { "text/plain": string },
  options: DisplayOptions = {},
): Promise<void> {
  await settle(await display(bundle, options));
}
