import { dirname, join } from "node:path/posix";

/**
 * The module specifiers that a source text imports or re-exports, types included.
 *
 * By pattern: comments are dropped first, since docstrings hold whole examples.
 */
export function importsOf(source: string): string[] {
  const code = source
    .replaceAll(/\/\*[^]*?\*\//g, "")
    .replaceAll(/^\s*\/\/.*$/gm, "");
  const patterns = [
    /^\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm,
    /^\s*import\s*["']([^"']+)["']/gm,
    /\bimport\(\s*["'`]([^"'`]+)["'`]/g,
    /\bimport\.meta\.resolve\(\s*["'`]([^"'`]+)["'`]/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map(([, s]) => s));
}

/** The room of a file: `math` of `lib/math/philox.ts`; `""` of `lib/mod.ts` itself. */
export function roomOf(path: string): string {
  const [, room, ...rest] = path.split("/");
  return rest.length > 0 ? room : "";
}

/** A relative specifier as a path from the repository's root. */
export function resolveFrom(path: string, specifier: string): string {
  return join(dirname(path), specifier);
}
