import { show } from "./kernel_display.ts";

/**
 * Shows Markdown that depends on a result.
 *
 * Fixed text belongs in a Markdown cell: an untrusted saved notebook hides Markdown
 * outputs, and shows the plain text instead.
 *
 * @param text Markdown; mathematics between dollars.
 *
 * @example A number in bold
 * ```ts
 * import { showMarkdown } from "elbo/jupyter";
 *
 * const gap = 1.25;
 * await showMarkdown(`The gap is **${gap.toFixed(2)}** nats.`);
 * ```
 */
export async function showMarkdown(text: string): Promise<void> {
  await show({ "text/plain": text, "text/markdown": text });
}
