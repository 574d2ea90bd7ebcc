const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Writes a string so that HTML, SVG and XML read it as text and nothing else.
 *
 * Control characters, which XML forbids even as entities, become U+FFFD.
 *
 * @param text Any string.
 * @returns The same text, safe between tags and inside quoted attributes.
 *
 * @example A tag as text
 * ```ts
 * import { escapeMarkup } from "elbo/figures";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(escapeMarkup(`<a href='x'>`), "&lt;a href=&#39;x&#39;&gt;");
 * ```
 */
export function escapeMarkup(text: string): string {
  return text
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
