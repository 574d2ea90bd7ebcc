import { dirname } from "node:path";

/** How a `deno` subcommand ended. */
export interface DenoResult {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a `deno` subcommand on a file or folder, from the folder it lies in, so that the
 * configuration that holds there is found.
 *
 * @param args Subcommand and options.
 * @param target Absolute path.
 * @returns What it wrote and whether it succeeded.
 */
export async function runDeno(
  args: readonly string[],
  target: string,
): Promise<DenoResult> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, target],
    cwd: dirname(target),
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
