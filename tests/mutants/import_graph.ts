import { importsOf, resolveFrom, roomOf } from "../helpers/imports.ts";

/** What every file imports of this repository, by paths from its root. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Reads the imports of source files; `names` maps bare names to files. */
export function importGraph(
  sources: ReadonlyMap<string, string>,
  names: Readonly<Record<string, string>>,
): ImportGraph {
  const target = (path: string, specifier: string) =>
    specifier.startsWith(".")
      ? resolveFrom(path, specifier)
      : names[specifier]?.replace(/^\.\//, "");
  return new Map(
    [...sources].map(([path, source]) => [
      path,
      importsOf(source).map((specifier) => target(path, specifier))
        .filter((found) => found !== undefined && sources.has(found)) as string[],
    ]),
  );
}

/**
 * The test files that a change of a file can reach, the likeliest to notice it first:
 * its own test, those of its room, then by the number of imports between.
 */
export function testsReaching(graph: ImportGraph, file: string): string[] {
  const distance = distances(graph, file);
  const own = file.replace(/^lib\//, "tests/").replace(/\.ts$/, "_test.ts");
  const rank = (test: string) =>
    (test === own ? 0 : roomOf(test) === roomOf(file) ? 1 : 2) * 1000 +
    distance.get(test)!;
  return [...distance.keys()]
    .filter((path) => path.startsWith("tests/") && path.endsWith("_test.ts"))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

// Breadth first from the file to whoever imports it.
function distances(graph: ImportGraph, file: string): Map<string, number> {
  const importers = new Map<string, string[]>();
  for (const [path, targets] of graph) {
    for (const target of targets) {
      importers.set(target, [...importers.get(target) ?? [], path]);
    }
  }
  const found = new Map([[file, 0]]);
  for (const [path, steps] of found) {
    for (const importer of importers.get(path) ?? []) {
      if (!found.has(importer)) found.set(importer, steps + 1);
    }
  }
  return found;
}
