import { assert } from "@std/assert";
import { Control } from "../../lib/engine/control.ts";
import { granted } from "../helpers/permissions.ts";

Deno.test({
  name: "control: a late notice opens no barrier (reads its worker)",
  ignore: !granted("read"),
  fn: () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const came = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(new URL("./late_notice.ts", import.meta.url), {
      type: "module",
    });
    worker.postMessage({ memory, came });
    const control = new Control(memory, { ranks: 2, patienceMs: 20_000 });
    assert(control.meet());
    assert(Atomics.load(came, 0) === 1, "rank 0 passed before rank 1 came");
    worker.terminate();
  },
});
