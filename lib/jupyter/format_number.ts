const SMALLEST_PLAIN = 1e-3;
const LARGEST_PLAIN = 1e6;

/**
 * Writes a number for a reader: few digits, no noise.
 *
 * What has few digits anyway stays as it is; other magnitudes from 0.001 up to a
 * million are rounded to `digits` significant digits, the rest goes to exponents.
 *
 * @param value Any number.
 * @param options `digits`: significant digits, 5 by default.
 * @returns The text; `"NaN"`, `"Infinity"` and `"-Infinity"` as they are.
 *
 * @example Rounded, in exponents, and as it is
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatNumber } from "elbo/jupyter";
 *
 * assertEquals(formatNumber(-105.34567), "-105.35");
 * assertEquals(formatNumber(Math.PI * 1e-12, { digits: 3 }), "3.14e-12");
 * assertEquals(formatNumber(0.5), "0.5");
 * assertEquals(formatNumber(60000), "60000");
 * ```
 */
export function formatNumber(
  value: number,
  { digits = 5 }: { digits?: number } = {},
): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const magnitude = Math.abs(value);
  if (significantDigits(value) <= digits) return String(value);
  if (Number.isInteger(value) && magnitude < LARGEST_PLAIN) return String(value);
  if (magnitude < SMALLEST_PLAIN || magnitude >= LARGEST_PLAIN) {
    return value.toExponential(digits - 1);
  }
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(magnitude)));
  return value.toFixed(decimals);
}

function significantDigits(value: number): number {
  const [mantissa] = String(Math.abs(value)).split("e");
  return mantissa.replace(".", "").replace(/^0+|0+$/g, "").length;
}
