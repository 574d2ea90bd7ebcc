import { writeAtomically } from "elbo/files";
import { cpus, loadavg } from "node:os";
import { defineCommand, type Parsed, runCommand } from "../lib/cli/options.ts";
import { versions } from "../lib/training/versions.ts";
import { timeProducts } from "./products.ts";
import { PEERS, startPeers } from "./pytorch_peer.ts";
import { referenceBatches } from "./reference.ts";
import { alternate, ratiosOf } from "./rounds.ts";
import { timeStartUp } from "./start_up.ts";
import { OWN_VARIANTS, type OwnVariant, startOwn, type Variant } from "./variant.ts";
import { type BenchRecord, tablesOf } from "./tables.ts";
import { startWide, timeWideProducts, WIDE_VARIANTS } from "./wide.ts";

const PARTS = ["steps", "products", "start-up"] as const;

const benchCommand = defineCommand({
  name: "deno task bench",
  act: "measure",
  summary: "Times one training step of 784-400-20-400-784 on MNIST, batch 128, in " +
    "every way that we have, in turn; the matrix products of a step against the peak " +
    "of the machine; the first step and the memory of deno task train. Prints tables " +
    "in Markdown.",
  options: {
    peer: {
      kind: "choice",
      choices: ["pytorch"],
      placeholder: "NAME",
      help: "Time PyTorch beside ours: as shipped, on all cores, on one, and tuned.",
    },
    python: {
      kind: "string",
      placeholder: "PATH",
      help: "The Python that has torch. Default: python3, then /usr/bin/python3.",
    },
    rounds: {
      kind: "integer",
      default: 20,
      min: 1,
      help: "Blocks of each variant; about four seconds a round.",
    },
    only: {
      kind: "choice",
      choices: PARTS,
      placeholder: "PART",
      help: "One part: steps, products or start-up.",
    },
    json: {
      kind: "string",
      placeholder: "FILE",
      help: "Write the records there, too.",
    },
  },
  examples: [
    "deno task bench",
    "deno task bench --peer pytorch --json bench.json",
    "deno task bench --only products",
  ],
});

const PAIRS = [
  [OWN_VARIANTS["engine-2"], PEERS.tuned],
  [OWN_VARIANTS["engine-2"], PEERS.shipped],
  [OWN_VARIANTS["engine-2"], PEERS["all-cores"]],
  [OWN_VARIANTS["engine-1"], PEERS["one-thread"]],
  [WIDE_VARIANTS["engine-2"], PEERS.tuned],
  [WIDE_VARIANTS["engine-2"], PEERS.shipped],
  [WIDE_VARIANTS["engine-2"], PEERS["all-cores"]],
  [WIDE_VARIANTS["engine-1"], PEERS["one-thread"]],
  [OWN_VARIANTS["engine-2-relaxed"], PEERS.tuned],
  [OWN_VARIANTS["engine-2-relaxed"], PEERS.shipped],
  [OWN_VARIANTS["engine-1-relaxed"], PEERS["one-thread"]],
  [OWN_VARIANTS["engine-2-dense"], PEERS.tuned],
  [OWN_VARIANTS["engine-1-dense"], PEERS["one-thread"]],
  [OWN_VARIANTS["engine-2"], OWN_VARIANTS["engine-1"]],
  [OWN_VARIANTS.tfjs, PEERS["one-thread"]],
  [WIDE_VARIANTS.tfjs, PEERS["one-thread"]],
  [OWN_VARIANTS.tfjs, OWN_VARIANTS["tfjs-stock"]],
] as const;

async function bench({ values }: Parsed<typeof benchCommand.options>): Promise<void> {
  const note = (text: string) => console.error(text);
  const wants = (part: typeof PARTS[number]) => (values.only ?? part) === part;
  const record: BenchRecord = {
    machine: `${cpus()[0].model}, ${cpus().length} cores`,
    load: loadavg()[0],
    versions: versions(),
    rounds: values.rounds,
    // Each in a process or a worker that ends before the next part begins.
    startUp: wants("start-up") ? await timeStartUp({ onNote: note }) : undefined,
    products: wants("products") ? timeProducts(values) : undefined,
    wideProducts: wants("products") ? await timeWideProducts(values) : undefined,
    steps: wants("steps") ? await timeSteps(values, note) : undefined,
  };
  for (const table of tablesOf(record)) console.log(`${table}\n`);
  if (values.json) {
    await writeAtomically(values.json, `${JSON.stringify(record, null, 2)}\n`);
  }
}

async function timeSteps(
  { peer, python, rounds }: { peer?: "pytorch"; python?: string; rounds: number },
  note: (text: string) => void,
): Promise<BenchRecord["steps"]> {
  const batches = await referenceBatches();
  const own: Variant[] = [];
  let peers: Variant[] = [];
  try {
    // First, so that a missing PyTorch is said at once.
    if (peer) peers = await startPeers(batches, { python, onNote: note });
    for (const key of Object.keys(OWN_VARIANTS) as OwnVariant[]) {
      note(`Warming up ${OWN_VARIANTS[key]}.`);
      own.push(await startOwn(key, batches));
    }
    for (const key of Object.keys(WIDE_VARIANTS) as (keyof typeof WIDE_VARIANTS)[]) {
      note(`Warming up ${WIDE_VARIANTS[key]}.`);
      const wide = await startWide(key);
      if (wide) own.push(wide);
      else note(`${WIDE_VARIANTS[key]} is left out, as its process has ended.`);
    }
    const variants = [...own, ...peers];
    const onRound = (done: number) => note(`Round ${done} of ${rounds} is done.`);
    const timings = await alternate(variants, { rounds, onRound });
    return { timings, ratios: ratiosOf(timings, PAIRS) };
  } finally {
    for (const variant of [...own, ...peers]) variant.close();
  }
}

if (import.meta.main) Deno.exit(await runCommand(benchCommand, bench));
