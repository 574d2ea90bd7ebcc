import { fileURLToPath } from "node:url";
import { ROOT } from "../helpers/permissions.ts";

/** What {@linkcode command} starts. */
export interface CommandOptions {
  /** As the task grants them, so that a permission too few shows. */
  readonly permissions?: readonly string[];
  readonly args: readonly string[];
}

/** A command line of lib/cli, such as "train", in a process of its own. */
export function command(
  name: string,
  { permissions = [], args }: CommandOptions,
): Deno.Command {
  const script = fileURLToPath(new URL(`lib/cli/${name}.ts`, ROOT));
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "--no-prompt", ...permissions, script, ...args],
    cwd: fileURLToPath(ROOT),
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Waits for the end of a process and reads what it printed. */
export async function finish(child: Deno.ChildProcess) {
  const { code, stdout, stderr } = await child.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  // Processes that start together wait for one another's look at node_modules.
  const ours = decode(stderr).replace(/^Blocking waiting for file lock.*\n/gm, "");
  return { code, stdout: decode(stdout), stderr: ours };
}
