import type { FileCheck } from "./folder.ts";

/**
 * Holds the files of a known data set to their digests, so that a file that was changed
 * or damaged on its way is never trained on.
 */
export function verifier(
  expected: Readonly<Record<string, string>>,
  remedy: string,
): FileCheck {
  return ({ path, name, sha256 }) => {
    if (sha256 === expected[name]) return;
    throw new RangeError(
      `Cannot use ${path} as its SHA-256 must be ${expected[name]}: it is ${sha256}; ` +
        remedy,
    );
  };
}
