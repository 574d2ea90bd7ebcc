import type { Phase } from "../../lib/engine/phases.ts";
import { serve, type WorkerMessage, type WorkerStart } from "../../lib/engine/serve.ts";

/** How a worker of a test goes wrong: it throws, or never comes back. */
export interface Fault {
  readonly phase: Phase;
  readonly kind: "throws" | "hangs";
}

// The address of the fault comes with the module's own.
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<WorkerStart>) => void;
  postMessage(message: WorkerMessage): void;
  close(): void;
};
const fault: Fault = JSON.parse(
  decodeURIComponent(new URL(import.meta.url).search.slice(1)),
);

scope.onmessage = ({ data }) => {
  scope.postMessage({ kind: "ready" });
  let steps = 0;
  const failure = serve(data, ({ operation, phase }) => {
    if (operation !== "train" || phase !== fault.phase || steps++ < 2) return;
    if (fault.kind === "throws") throw new Error("planted");
    const never = new Int32Array(new SharedArrayBuffer(4));
    Atomics.wait(never, 0, 0);
  });
  if (failure !== undefined) {
    scope.postMessage({ kind: "failed", reason: String(failure) });
  }
  scope.close();
};
