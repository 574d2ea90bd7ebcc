import type { BackendName } from "./choose_backend.ts";

/** Why a backend cannot run here, as an error that says what to do instead. */
export class BackendObstacle extends Error {
  /** @param obstacle completes the sentence "wasm cannot run as ..." */
  constructor(
    readonly backend: BackendName,
    readonly obstacle: string,
    remedy: string,
  ) {
    super(`Cannot use the ${backend} backend as ${obstacle}; ${remedy}`);
    this.name = "BackendObstacle";
  }
}
