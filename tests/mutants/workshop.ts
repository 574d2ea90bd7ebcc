import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../helpers/permissions.ts";
import { applyMutant, type Mutant, type Training } from "./mutant.ts";

/** How a program ended that may have been given too little time. */
export interface Ended {
  readonly code: number;
  readonly hung: boolean;
  readonly text: string;
}

/** The flags of the task `test`. */
const GRANTS = [
  "--allow-read",
  "--allow-write",
  "--allow-run",
  "--allow-env",
  "--allow-net=127.0.0.1",
];

/** A copy of the repository in which files may be spoilt. */
export class Workshop {
  private constructor(readonly folder: string) {}

  /** Copies every file that git knows or would add; and installs the packages. */
  static async open(): Promise<Workshop> {
    const root = fileURLToPath(ROOT);
    const folder = await Deno.makeTempDir({ prefix: "elbo_mutants_" });
    const listing = await new Deno.Command("git", {
      args: ["ls-files", "--cached", "--others", "--exclude-standard"],
      cwd: root,
    }).output();
    const paths = new TextDecoder().decode(listing.stdout).split("\n").filter(Boolean);
    for (const path of paths) {
      await Deno.mkdir(join(folder, path, ".."), { recursive: true });
      await Deno.copyFile(join(root, path), join(folder, path));
    }
    const workshop = new Workshop(folder);
    // Not a link to ours: the commands under test may read their own folder only.
    const { code, text } = await workshop.#deno(["install", "--frozen"], 300);
    if (code !== 0) throw new Error(`Cannot install the packages in a copy: ${text}`);
    return workshop;
  }

  async close(): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }

  /** Does something while the mistake stands in the copy. */
  async with<Result>(mutant: Mutant, act: () => Promise<Result>): Promise<Result> {
    const path = join(this.folder, mutant.file);
    const right = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, applyMutant(mutant, right));
    try {
      return await act();
    } finally {
      await Deno.writeTextFile(path, right);
    }
  }

  /** Type-checks a file and the command that trains. */
  check(file: string): Promise<Ended> {
    return this.#deno(["check", "--quiet", "lib/cli/train.ts", file], 120);
  }

  /** The objective of two epochs, in nats; the reason in words if there is none. */
  async train(training: Training): Promise<number[] | string> {
    const ended = await this.#deno(
      [
        ...["run", "--frozen", "--allow-read", "--allow-write", "--no-check"],
        ...["tests/mutants/training.ts", JSON.stringify(training)],
      ],
      120,
    );
    if (ended.hung) return "the training did not end within 120 s";
    if (ended.code !== 0) return ended.text.trim();
    return JSON.parse(ended.text.trim().split("\n").at(-1)!);
  }

  /** Runs test files, and the examples of source files, up to the first failure. */
  test(files: readonly string[], { seconds = 300 } = {}): Promise<Ended> {
    return this.#deno(
      [
        ...["test", "--frozen", "--doc", "--no-check", "--quiet", "--fail-fast"],
        ...[...GRANTS, ...files],
      ],
      seconds,
    );
  }

  async #deno(args: readonly string[], seconds: number): Promise<Ended> {
    const signal = AbortSignal.timeout(seconds * 1000);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd: this.folder,
      env: { NO_COLOR: "1" },
      signal,
    }).output();
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const text = (decode(stderr) + decode(stdout)).replaceAll(
      `file://${this.folder}/`,
      "",
    );
    return { code, hung: signal.aborted, text };
  }
}
