import type { BackendName } from "elbo/backend";
import { createEngineStep, engineGap } from "elbo/engine";
import { createStep, type Step, type StepOptions } from "elbo/models";
import type { NetworkSpec } from "elbo/networks";
import { testOnBackends } from "./backends.ts";

/** What may compute a step: tfjs on a backend, or the engine. */
export type Face = Extract<BackendName, "cpu" | "wasm"> | "engine";

/** A test on every face that is the same on all machines; the engine on one thread. */
export function testOnFaces(name: string, fn: (face: Face) => Promise<void>): void {
  testOnBackends(name, (backend) => fn(backend as Face));
  Deno.test({ name: `${name} (engine)`, fn: () => fn("engine") });
}

/** Makes a step on a face. */
export function createStepOnFace(
  spec: NetworkSpec,
  { face, ...options }: Omit<StepOptions, "backend"> & { face: Face },
): Promise<Step> {
  return face === "engine"
    ? createEngineStep(spec, { ...options, threads: 1 })
    : createStep(spec, { ...options, backend: face });
}

/** Those networks that a face knows; fails if they are fewer than `least`. */
export function knownTo<T extends { readonly spec: NetworkSpec }>(
  face: Face,
  { networks, least }: { networks: readonly T[]; least: number },
): readonly T[] {
  if (face !== "engine") return networks;
  const known = networks.filter(({ spec }) => engineGap(spec) === undefined);
  if (known.length < least) {
    throw new Error(`the engine knows ${known.length} of ${networks.length} networks`);
  }
  return known;
}
