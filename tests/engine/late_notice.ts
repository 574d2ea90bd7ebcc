import { Control } from "../../lib/engine/control.ts";

/**
 * Rank 1 of a test: wakes every sleeper without opening a barrier, as a thread does that
 * was put aside between opening the last one and telling so; then comes to the barrier.
 */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent) => void;
  close(): void;
};
scope.onmessage = ({ data: { memory, came } }) => {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const words = new Int32Array(memory.buffer);
  for (let time = 0; time < 5; time++) {
    Atomics.wait(pause, 0, 0, 20);
    for (let word = 0; word < 256; word++) Atomics.notify(words, word);
  }
  Atomics.store(came, 0, 1);
  new Control(memory, { ranks: 2 }).meet();
  scope.close();
};
