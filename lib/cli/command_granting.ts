import { isAbsolute, relative } from "node:path";
import manifest from "../../deno.json" with { type: "json" };
import { shellWord } from "./shell_word.ts";

/** A task and the words behind it, as somebody typed them. */
export interface CommandLine {
  /** Such as "deno task train". */
  readonly task: string;
  /** The words behind it. */
  readonly args: readonly string[];
}

/**
 * The command line that does the same with one permission more.
 *
 * A task cannot be given permissions; so this is its own command, from deno.json, with a
 * longer list. Where the path lies in a folder that was typed, that folder is granted: the
 * next file of it would be asked for next.
 *
 * @param missing `what` must be allowed and the `path` as Deno names it; what was typed.
 * @returns The command, or nothing where no such task, or no such list, is known.
 */
export function commandGranting(
  { what, path, task, args = [] }: Partial<CommandLine> & {
    readonly what: "read" | "write";
    readonly path: string;
  },
): string | undefined {
  const name = task?.replace("deno task ", "") ?? "";
  const { command } = (manifest.tasks as Record<string, { command?: string }>)[name] ??
    {};
  if (!command?.includes(`--allow-${what}=`)) return undefined;
  const typed = typedFolders(args).find(({ folder }) => isInside(path, folder));
  const { folder, isWritten } = typed ?? { folder: path, isWritten: false };
  const lists = isWritten ? "(read|write)" : what;
  const granting = command.replaceAll(
    new RegExp(`--allow-${lists}=[^ ]+`, "g"),
    (list) => `${list},${shellWord(folder)}`,
  );
  return [granting, ...args.map(shellWord)].join(" ");
}

/** The words that may be folders, and whether the task writes there. */
function typedFolders(args: readonly string[]) {
  return args.map((word, i) => {
    const [, option, value] = word.match(/^(--[a-z-]+)=(.*)$/s) ??
      ["", args[i - 1], word];
    return { folder: value, isWritten: option === "--out" || option === "--resume" };
  });
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return folder !== "" && !way.startsWith("..") && !isAbsolute(way);
}
