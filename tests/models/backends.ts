import type { BackendName } from "elbo/backend";
import { granted } from "../helpers/permissions.ts";

/** A test on every backend that is the same on all machines. */
export function testOnBackends(
  name: string,
  fn: (backend: BackendName) => Promise<void>,
): void {
  Deno.test({ name: `${name} (cpu)`, fn: () => fn("cpu") });
  Deno.test({
    name: `${name} (wasm, reads its module)`,
    ignore: !granted("read"),
    fn: () => fn("wasm"),
  });
}
