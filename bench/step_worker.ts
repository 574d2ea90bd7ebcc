/** One variant in a worker: trains when asked, and tells how long a step took. */
import { type TimedStep, timedStep } from "./timed_step.ts";
import type { Answer, Question } from "./variant.ts";

// Only what is used of the worker's own scope, which the types of a page lack.
declare const self: {
  onmessage: (event: MessageEvent<Question>) => void;
  postMessage(answer: Answer): void;
};

let timed: TimedStep;

self.onmessage = async ({ data }) => {
  try {
    if (data.kind === "block") {
      self.postMessage({ ms: await timed.block(data.steps) });
      return;
    }
    timed = await timedStep(data.variant, data.batches);
    self.postMessage({ warmUp: timed.warmUp });
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
