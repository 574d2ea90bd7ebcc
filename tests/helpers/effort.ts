/** The environment variable that asks for the long form of the tests that have one. */
export const LONG_VARIABLE = "ELBO_LONG";

/**
 * How much of something a test does: the first number as a rule, the second where
 * `ELBO_LONG=1` is set and may be read.
 */
export function effort({ short, long }: { short: number; long: number }): number {
  const { state } = Deno.permissions.querySync({
    name: "env",
    variable: LONG_VARIABLE,
  });
  return state === "granted" && Deno.env.get(LONG_VARIABLE) === "1" ? long : short;
}
