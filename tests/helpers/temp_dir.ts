import { fileURLToPath } from "node:url";
import { ROOT } from "./permissions.ts";

const RUNS = fileURLToPath(new URL("runs/", ROOT));

/**
 * Runs `body` with the path of a fresh empty folder, then removes it, whatever happens.
 *
 * The folder lies under `runs/`, which git ignores: `--allow-write=.` does not reach the
 * system's folder for temporary files. Needs read and write permission.
 */
export async function withTempDir<Result>(
  body: (dir: string) => Result | Promise<Result>,
): Promise<Result> {
  await Deno.mkdir(RUNS, { recursive: true });
  const dir = await Deno.makeTempDir({ dir: RUNS, prefix: "test_" });
  try {
    return await body(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
