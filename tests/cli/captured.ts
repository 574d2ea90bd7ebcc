/** What a command printed while it ran in this process. */
export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command here and keeps what it prints, at less cost than a process.
 *
 * Only one may run at a time: the console is the process's.
 */
export async function captured(run: () => Promise<number>): Promise<Captured> {
  const { log, error } = console;
  const lines: Record<"stdout" | "stderr", string[]> = { stdout: [], stderr: [] };
  console.log = (...words) => lines.stdout.push(words.join(" "));
  console.error = (...words) => lines.stderr.push(words.join(" "));
  try {
    const code = await run();
    return { code, stdout: lines.stdout.join("\n"), stderr: lines.stderr.join("\n") };
  } finally {
    console.log = log;
    console.error = error;
  }
}
