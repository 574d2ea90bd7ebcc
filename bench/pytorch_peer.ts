import { initialWeights } from "elbo/networks";
import { linesOf } from "./lines.ts";
import { BATCH_SIZE, SEED, type SharedBatches, SPEC } from "./reference.ts";
import { type Variant, WARM_UP_STEPS } from "./variant.ts";

/** How PyTorch is run, by the names that pytorch_peer.py knows. */
export const PEERS = {
  shipped: "PyTorch, as shipped",
  "all-cores": "PyTorch, all cores",
  "one-thread": "PyTorch, 1 thread",
  tuned: "PyTorch, tuned",
} as const;

type Peer = keyof typeof PEERS;

const PYTHONS = ["python3", "/usr/bin/python3"];
const REMEDY = "install Debian's python3-torch, or name its Python with --python PATH";

/** Starts PyTorch in each of its ways; says why one is left out. */
export async function startPeers(
  batches: SharedBatches,
  { python, onNote }: { python?: string; onNote: (text: string) => void },
): Promise<Variant[]> {
  const path = await pythonWithTorch(python ? [python] : PYTHONS);
  const variants: Variant[] = [];
  for (const peer of Object.keys(PEERS) as Peer[]) {
    const variant = await startPeer(peer, { path, batches, onNote });
    if (variant) variants.push(variant);
  }
  return variants;
}

async function pythonWithTorch(pythons: readonly string[]): Promise<string> {
  const why: string[] = [];
  for (const path of pythons) {
    try {
      const args = ["-c", "import torch"];
      const { success } = await new Deno.Command(path, { args, stderr: "null" })
        .output();
      if (success) return path;
      why.push(`${path} has no torch`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      why.push(`${path} is not there`);
    }
  }
  throw new Error(
    `Cannot time PyTorch as a Python must have it: ${why.join(", ")}; ${REMEDY}`,
  );
}

interface Hello {
  readonly torch: string;
  readonly threads: number;
  readonly blas: string;
  readonly pool?: "none" | "pthreads" | "OpenMP";
  readonly blasThreads?: number;
}

async function startPeer(
  peer: Peer,
  { path, batches, onNote }: {
    path: string;
    batches: SharedBatches;
    onNote: (text: string) => void;
  },
): Promise<Variant | undefined> {
  const script = decodeURIComponent(
    new URL("./pytorch_peer.py", import.meta.url).pathname,
  );
  const process = new Deno.Command(path, {
    args: [script, peer],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = process.stdin.getWriter();
  const lines = linesOf(process.stdout);
  const answer = async () => JSON.parse((await lines.next()).value ?? "{}");
  const block = async (steps: number): Promise<{ ms: number; loss: number }> => {
    await input.write(new TextEncoder().encode(`${steps}\n`));
    return await answer();
  };

  await sendNetwork(input, batches);
  const hello: Hello = await answer();
  if (peer === "tuned" && hello.pool === "pthreads") {
    await input.close();
    onNote(
      `Cannot call PyTorch tuned as its BLAS must share OpenMP's threads: ${hello.blas} ` +
        "starts its own; install Debian's libopenblas0-openmp",
    );
    return undefined;
  }
  const { loss: first } = await block(1);
  await block(WARM_UP_STEPS - 4);
  const { ms } = await block(2);
  const { loss: last } = await block(1);
  return {
    name: PEERS[peer],
    warmUp: {
      losses: [first, last],
      ms,
      detail: describe(hello),
    },
    block: async (steps) => (await block(steps)).ms,
    close: () => void input.close(),
  };
}

function describe({ torch, threads, blas, pool, blasThreads }: Hello): string {
  const ofBlas = pool ? `, on ${blasThreads} of ${pool}` : "";
  return `PyTorch ${torch} on ${threads} of its own threads; BLAS: ${blas}${ofBlas}`;
}

// A line of sizes, then the numbers themselves: the same first weights and batches as
// all other variants have.
async function sendNetwork(
  input: WritableStreamDefaultWriter<Uint8Array>,
  batches: SharedBatches,
): Promise<void> {
  const weights = [...initialWeights(SPEC, { seed: SEED })];
  const header = {
    weights: weights.map(([name, { shape }]) => [name, shape]),
    batches: [
      batches.length / BATCH_SIZE / SPEC.dataDim,
      BATCH_SIZE,
      SPEC.dataDim,
    ],
  };
  await input.write(new TextEncoder().encode(`${JSON.stringify(header)}\n`));
  for (const values of [...weights.map(([, { values }]) => values), batches]) {
    // A copy: streams refuse shared memory.
    await input.write(new Uint8Array(Float32Array.from(values).buffer));
  }
}
