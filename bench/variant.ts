import type { SharedBatches } from "./reference.ts";

/** How long a variant warms up before it is timed. */
export interface WarmUp {
  /** The loss an image at the first step and after {@linkcode WARM_UP_STEPS}. */
  readonly losses: readonly [first: number, last: number];
  /** Milliseconds a step at the end of it. */
  readonly ms: number;
  /** What the variant says of itself. */
  readonly detail?: string;
}

/** As many for all, so that losses compare. */
export const WARM_UP_STEPS = 40;

/** Something that trains the reference network, apart from all others. */
export interface Variant {
  readonly name: string;
  readonly warmUp: WarmUp;
  /** Trains on; returns milliseconds a step. */
  block(steps: number): Promise<number>;
  close(): void;
}

/** Those that run in Deno, by the names of `--only`. */
export const OWN_VARIANTS = {
  "engine-2": "engine, 2 threads",
  "engine-1": "engine, 1 thread",
  "engine-2-relaxed": "engine, 2 threads, relaxed",
  "engine-1-relaxed": "engine, 1 thread, relaxed",
  "engine-2-dense": "engine, 2 threads, dense",
  "engine-1-dense": "engine, 1 thread, dense",
  tfjs: "our tfjs on wasm",
  "tfjs-stock": "stock tfjs on wasm",
  "tfjs-cpu": "stock tfjs on cpu",
} as const;

export type OwnVariant = keyof typeof OWN_VARIANTS;

/** What the worker is asked, and what it answers. */
export type Question =
  | { readonly kind: "start"; variant: OwnVariant; batches: SharedBatches }
  | { readonly kind: "block"; steps: number };

export type Answer = { readonly warmUp: WarmUp } | { readonly ms: number } | {
  readonly error: string;
};

/** Starts a variant in a worker of its own: its kernels and its heap are its own. */
export async function startOwn(
  key: OwnVariant,
  batches: SharedBatches,
): Promise<Variant> {
  const url = new URL("./step_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const ask = async <Reply extends Answer>(question: Question): Promise<Reply> => {
    const { promise, resolve, reject } = Promise.withResolvers<MessageEvent<Answer>>();
    worker.onmessage = resolve;
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(question);
    const { data } = await promise;
    if ("error" in data) throw new Error(data.error);
    return data as Reply;
  };
  const start = { kind: "start", variant: key, batches } as const;
  const { warmUp } = await ask<{ warmUp: WarmUp }>(start);
  return {
    name: OWN_VARIANTS[key],
    warmUp,
    block: async (steps) => (await ask<{ ms: number }>({ kind: "block", steps })).ms,
    close: () => worker.terminate(),
  };
}
