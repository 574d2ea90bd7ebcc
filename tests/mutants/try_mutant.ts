import { type ImportGraph, testsReaching } from "./import_graph.ts";
import type { Mutant } from "./mutant.ts";
import type { Workshop } from "./workshop.ts";

/** What became of a mutant. */
export type Verdict =
  & { readonly mutant: Mutant; readonly seconds: number }
  & (
    | {
      readonly kind: "killed";
      readonly by: string;
      readonly files: readonly string[];
    }
    | { readonly kind: "survived" }
    /** It does not type-check, or its training looks wrong: no mistake of this museum. */
    | { readonly kind: "unfit"; readonly why: string }
  );

/**
 * Judges one mutant: it must pass the eye (types, a finite and falling loss where it
 * touches training), and then a test must fail.
 *
 * The tests that can reach the file run in growing groups, the nearest first.
 */
export async function tryMutant(
  mutant: Mutant,
  { workshop, graph }: { workshop: Workshop; graph: ImportGraph },
): Promise<Verdict> {
  const startedAt = performance.now();
  const done = () => ({ mutant, seconds: (performance.now() - startedAt) / 1000 });
  return await workshop.with(mutant, async () => {
    const why = await visibleFault(mutant, workshop);
    if (why) return { ...done(), kind: "unfit", why };
    const tests = testsReaching(graph, mutant.file);
    for (const files of groups([mutant.file, ...tests])) {
      const ended = await workshop.test(files);
      if (ended.code === 0 && !ended.hung) continue;
      const by = ended.hung ? `${files[0]}, which never ends` : failedTest(ended.text);
      return { ...done(), kind: "killed", by, files };
    }
    return { ...done(), kind: "survived" };
  });
}

// What a person would notice without any test.
async function visibleFault(
  { file, trains }: Mutant,
  workshop: Workshop,
): Promise<string | undefined> {
  const checked = await workshop.check(file);
  if (checked.code !== 0) return `it does not type-check: ${checked.text.trim()}`;
  if (!trains) return undefined;
  let fault: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    fault = faultOf(await workshop.train(trains));
    if (fault === undefined) return undefined;
  }
  return fault;
}

/** A race trains well or ill as the threads happen to run; one good run hides it. */
const ATTEMPTS = 3;

function faultOf(losses: readonly number[] | string): string | undefined {
  if (typeof losses === "string") return `its training fails: ${losses}`;
  const [first, second] = losses;
  return second < first ? undefined : `its loss does not fall: ${first}, ${second}`;
}

// 2, 4, 8, ... files: the first few nearly always notice.
function groups(files: readonly string[]): string[][] {
  const all: string[][] = [];
  for (let from = 0, size = 2; from < files.length; from += size, size *= 2) {
    all.push(files.slice(from, from + size));
  }
  return all;
}

/** The name of the first test that failed and its file, from the runner's output. */
export function failedTest(output: string): string {
  const found = output.match(/^(.+) => (?:\.\/)?(\S+?):\d+(?::\d+)?$/m);
  if (found) {
    const [, name, file] = found;
    return name.startsWith("lib/") ? `the example of ${name}` : `${name} (${file})`;
  }
  return output.match(/^.*error.*$/m)?.[0].trim() ?? "a test file that does not load";
}
