/**
 * The examples of a source file's docstrings as a module of tests; undefined where it
 * has none.
 *
 * The runner of the mutants wants functions that it can call again and again, which a
 * module, as `deno test --doc` makes one of each example, is not.
 */
export function examplesAsTests(file: string, source: string): string | undefined {
  const examples = [...source.matchAll(/^ *\* ```ts\n([^]*?)^ *\* ```$/gm)];
  if (examples.length === 0) return undefined;
  const imports: string[] = [];
  const tests = examples.map(({ 1: commented, index }) => {
    const code = commented.replaceAll(/^ *\* ?/gm, "");
    const line = source.slice(0, index).split("\n").length;
    const body = code.replaceAll(
      /^import ([^;]*?) from ("[^"]*");$/gm,
      (_, what, from) => {
        // Two examples may import one name: each gets it from the module as a whole.
        const module = `module${imports.length}`;
        imports.push(`import * as ${module} from ${from};`);
        return `const ${what.replaceAll(/ as /g, ": ")} = ${module};`;
      },
    );
    return `Deno.test("the example of ${file}:${line}", async () => {\n${body}});`;
  });
  return [...imports, ...tests, ""].join("\n");
}
