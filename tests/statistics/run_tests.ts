import {
  REPORT_MARK,
  REPORT_VARIABLE,
  type ReportedCheck,
} from "../helpers/monte_carlo.ts";
import { ROOT } from "../helpers/permissions.ts";
import { TEST_SEED_VARIABLE } from "../helpers/seed.ts";

/** What one run of the statistical tests said. */
export interface TestRun {
  /** The checks of each test, in the order in which it made them. */
  readonly checks: ReadonlyMap<string, readonly ReportedCheck[]>;
  /** The names of the tests that failed. */
  readonly failed: readonly string[];
  /** All that was printed. */
  readonly text: string;
}

/** Runs test files with one seed; only the tests named, if any are. */
export async function runTests(
  files: readonly string[],
  { seed, tests }: { seed?: number; tests?: readonly string[] },
): Promise<TestRun> {
  const filter = tests && `--filter=/^(${tests.map(escapeRegExp).join("|")})$/`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--frozen", "--no-check", "--allow-read=."],
      `--allow-env=${TEST_SEED_VARIABLE},${REPORT_VARIABLE}`,
      ...[...filter ? [filter] : [], ...files],
    ],
    cwd: ROOT,
    env: {
      NO_COLOR: "1",
      [REPORT_VARIABLE]: "1",
      ...seed !== undefined && { [TEST_SEED_VARIABLE]: `${seed}` },
    },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return parseRun(decode(stdout) + decode(stderr));
}

/** Reads the runner's output: a test's name, its reports, its result. */
export function parseRun(text: string): TestRun {
  const checks = new Map<string, ReportedCheck[]>();
  const failed: string[] = [];
  let test = "";
  for (const line of text.split("\n")) {
    const [, name, result] = line.match(/^(.+) \.\.\.(?: (ok|FAILED) \(.*\))?$/) ?? [];
    if (name !== undefined) test = name;
    if (result === "FAILED") failed.push(name);
    if (!line.startsWith(REPORT_MARK)) continue;
    const check: ReportedCheck = JSON.parse(line.slice(REPORT_MARK.length));
    checks.set(test, [...checks.get(test) ?? [], check]);
  }
  return { checks, failed, text };
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
