import { type babel, type File, Instrumenter } from "@stryker-mutator/instrumenter";
import { textAt } from "./report.ts";

/** One small change of one file. */
export interface Mutant {
  readonly id: string;
  readonly file: string;
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  /** The name of the kind of change, as StrykerJS has it. */
  readonly kind: string;
  readonly original: string;
  readonly replacement: string;
}

/** Files that hold all their mutants, each behind a switch. */
export interface Instrumented {
  /** These count how often each mutant is reached. */
  readonly counting: ReadonlyMap<string, string>;
  /** These do not, and take a third of the time. */
  readonly quick: ReadonlyMap<string, string>;
  readonly mutants: readonly Mutant[];
  /** How many were left out as they change the words of an error alone. */
  readonly ignored: number;
}

/**
 * Puts every mutant that StrykerJS knows into the sources, beside the original.
 *
 * Left out are text literals, which here are the words of errors but for a few names
 * that the type checker guards, and what stands inside a `throw`: the words again.
 * That something is thrown at all is the condition and the block around it; these are
 * mutated.
 */
export async function instrument(
  sources: ReadonlyMap<string, string>,
): Promise<Instrumented> {
  const files = [...sources].map(([name, content]): File => ({
    name,
    content,
    mutate: true,
  }));
  const result = await new Instrumenter(silent).instrument(files, {
    plugins: null,
    excludedMutations: ["StringLiteral"],
    ignorers: [{
      shouldIgnore: (path) =>
        (path as babel.NodePath).isThrowStatement() ? "words" : undefined,
    }],
  });
  const tried = result.mutants.filter(({ status }) => status !== "Ignored");
  const texts = (change: (content: string) => string) =>
    new Map(result.files.map(({ name, content }) => [name, change(content)]));
  return {
    counting: texts((content) => content),
    // Should the name be another one day, both are the same.
    quick: texts((content) => content.replaceAll(/\bstryCov_\w+\("[^)]*\)/g, "0")),
    mutants: tried.map(({ id, fileName, location, mutatorName, replacement }) => ({
      id,
      file: fileName,
      line: location.start.line + 1,
      column: location.start.column + 1,
      kind: mutatorName,
      original: textAt(sources.get(fileName)!, location),
      replacement,
    })),
    ignored: result.mutants.length - tried.length,
  };
}

const nothing = () => {};
const no = () => false;
const silent = {
  ...{ isTraceEnabled: no, isDebugEnabled: no, isInfoEnabled: no },
  ...{ isWarnEnabled: no, isErrorEnabled: no, isFatalEnabled: no },
  ...{ trace: nothing, debug: nothing, info: nothing },
  ...{ warn: nothing, error: nothing, fatal: nothing },
};
