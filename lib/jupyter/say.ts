import { settle } from "./kernel_display.ts";

/**
 * Prints values on one line and waits until they have arrived: the way to end a cell.
 *
 * Strings appear as they are, everything else as `Deno.inspect` shows it, without
 * colours, so that stored outputs are the same everywhere.
 *
 * @param values What to print, separated by spaces.
 *
 * @example A number with its unit
 * ```ts
 * import { say } from "elbo/jupyter";
 *
 * await say("KL =", 0.5, "nats"); // KL = 0.5 nats
 * ```
 */
export async function say(...values: readonly unknown[]): Promise<void> {
  const words = values.map((value) =>
    typeof value === "string" ? value : Deno.inspect(value, { colors: false })
  );
  const line = words.join(" ");
  console.log(line);
  await settle(line.length);
}
