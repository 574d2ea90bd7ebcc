/**
 * Lets scalar code run at its own speed again after vector code.
 *
 * V8's code for vectors of 256 bits, which it makes when asked to (docs/speed.md), leaves
 * the upper halves of the registers in use. Until something clears them, logarithms and
 * cosines take six times as long on x86, where they are compiled for registers of 128
 * bits. WebAssembly has no instruction to clear them; the decoder of base64 uses them
 * itself and does so at its end, whatever it decodes. Takes about 2 microseconds, and
 * changes no number.
 *
 * @example Between products and random numbers
 * ```ts
 * import { clearUpperHalves } from "elbo/simd";
 * import { assertEquals } from "@std/assert";
 *
 * const before = Math.log(2);
 * clearUpperHalves();
 * assertEquals(Math.log(2), before);
 * ```
 */
export function clearUpperHalves(): void {
  atob("");
}
