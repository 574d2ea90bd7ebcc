import { linesOf } from "./lines.ts";
import type { Products } from "./products.ts";
import type { Variant, WarmUp } from "./variant.ts";

/**
 * V8's flags for vectors of 256 bits: docs/speed.md says what they do, and what they cost.
 * Flags are a process's own, so that what is timed with them needs one.
 */
export const WIDE_FLAGS = [
  "--experimental-wasm-revectorize",
  "--no-wasm-bounds-checks",
] as const;

/** Those of our variants that run with the flags. */
export const WIDE_VARIANTS = {
  "engine-2": "engine, 2 threads, wide",
  "engine-1": "engine, 1 thread, wide",
  tfjs: "our tfjs on wasm, wide",
} as const;

/** Starts a variant in a process with the flags; undefined if it ends, with its word. */
export async function startWide(
  key: keyof typeof WIDE_VARIANTS,
): Promise<Variant | undefined> {
  const { process, lines } = spawn([key]);
  const { value: greeting } = await lines.next();
  if (!greeting) return undefined;
  const input = process.stdin.getWriter();
  return {
    name: WIDE_VARIANTS[key],
    warmUp: JSON.parse(greeting) as WarmUp,
    block: async (steps) => {
      await input.write(new TextEncoder().encode(`${steps}\n`));
      return Number((await lines.next()).value);
    },
    close: () => void input.close(),
  };
}

/** The products of a step with the flags; undefined if their process ends. */
export async function timeWideProducts(
  { rounds }: { rounds: number },
): Promise<Products | undefined> {
  const { process, lines } = spawn(["products", String(rounds)]);
  const { value } = await lines.next();
  await process.status;
  return value ? JSON.parse(value) : undefined;
}

function spawn(args: readonly string[]) {
  const script = decodeURIComponent(
    new URL("./wide_child.ts", import.meta.url).pathname,
  );
  const flags = `--v8-flags=${WIDE_FLAGS.join(",")}`;
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "--allow-read", flags, script, ...args],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  return { process, lines: linesOf(process.stdout) };
}
