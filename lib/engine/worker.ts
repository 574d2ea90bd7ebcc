import { serve, type WorkerMessage, type WorkerStart } from "./serve.ts";

// This module runs as a worker: one of the ranks other than rank 0.
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<WorkerStart>) => void;
  postMessage(message: WorkerMessage): void;
  close(): void;
};

scope.onmessage = ({ data }) => {
  scope.postMessage({ kind: "ready" });
  const failure = serve(data);
  if (failure !== undefined) {
    scope.postMessage({ kind: "failed", reason: String(failure) });
  }
  scope.close();
};
