import manifest from "../../deno.json" with { type: "json" };

/** The versions that a run's numbers may depend on. */
export interface Versions {
  /** This package. */
  readonly elbo: string;
  /** The runtime. */
  readonly deno: string;
  /** What computes the gradients. */
  readonly tfjs: string;
}

/**
 * Tells the versions of elbo, Deno and tfjs that this process runs.
 *
 * @returns The versions; that of tfjs is read from deno.json, where it is pinned.
 *
 * @example The version of this package
 * ```ts
 * import { versions } from "elbo/training";
 * import { assertMatch } from "@std/assert";
 *
 * assertMatch(versions().elbo, /^\d+\.\d+\.\d+/);
 * ```
 */
export function versions(): Versions {
  const tfjs = manifest.imports["@tensorflow/tfjs"];
  return {
    elbo: manifest.version,
    deno: Deno.version.deno,
    tfjs: tfjs.slice(tfjs.lastIndexOf("@") + 1),
  };
}
