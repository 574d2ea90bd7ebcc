import { fileURLToPath } from "node:url";
import manifest from "../../deno.json" with { type: "json" };
import { ROOT } from "../helpers/permissions.ts";

/** What {@linkcode command} starts. */
export interface CommandOptions {
  /** Those of the task of that name in deno.json unless told. */
  readonly permissions?: readonly string[];
  readonly args: readonly string[];
}

/** What the task of a command grants it, so that a permission too few or too many shows. */
export function grantsOf(name: string): string[] {
  const { command = "" } =
    (manifest.tasks as Record<string, { command?: string }>)[name];
  return command.split(" ").filter((word) => word.startsWith("--allow-"));
}

/** A command line of lib/cli, such as "train", in a process of its own. */
export function command(
  name: string,
  { permissions = grantsOf(name), args }: CommandOptions,
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
