import { assert, assertGreater, assertLess, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import { readIdx } from "elbo/datasets";
import { readSafetensors, writeSafetensors } from "elbo/files";
import { parseNetworkSpec } from "elbo/networks";
import { parseMetrics, parsePosition, parseRunConfig } from "elbo/training";
import { parseNotebook } from "../../lib/notebooks/notebook.ts";
import { effort } from "../helpers/effort.ts";
import { fc } from "../helpers/fast_check.ts";
import { idxBytes } from "../helpers/idx.ts";
import { damaged, damagedJson } from "./damage.ts";
import { readOrRefuse } from "./refusal.ts";

// 2,000 cases in all as a rule, 100,000 in the long form: half of them of the two
// binary formats.
const numRuns = effort({ short: 250, long: 12_500 });
const source = "some/file";

const idx = fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }).map((shape) =>
  idxBytes({ shape })
);
const gzipped = idx.map((bytes) => new Uint8Array(gzipSync(bytes)));

const safetensors = fc.array(fc.nat(3), { maxLength: 3 }).map((shape) => {
  const size = shape.reduce((product, n) => product * n, 1);
  const tensor = { shape, values: new Float32Array(size) };
  return writeSafetensors(new Map([["a.weight", tensor], ["../b", tensor]]), {
    a: "b",
  });
});

const network = {
  model: "vae",
  dataDim: 4,
  hidden: [3],
  latentDim: 2,
  activation: "relu",
  likelihood: { kind: "gaussian", variance: "shared" },
  beta: 1,
};
const config = {
  format: 1,
  versions: { elbo: "0.1.0", deno: "2.9.6", tfjs: "4.22.0" },
  dataset: {
    name: "mnist",
    height: 2,
    width: 2,
    validation: 0,
    limit: null,
    binarization: "none",
    sha256: { a: "0".repeat(64) },
  },
  network,
  training: { epochs: 1, batchSize: 2, learningRate: 1e-3, seed: 0, backend: "wasm" },
};
const record = {
  epoch: 1,
  step: 2,
  trainObjective: 3,
  trainElbo: -3,
  testElbo: -3,
  testExpectedLogLikelihood: -2,
  testKl: 1,
  learningRate: 1e-3,
  seconds: 1,
  evalSeconds: 1,
};
const cell = { cell_type: "markdown", id: "a", metadata: {}, source: ["# A"] };
const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };

/** Reads damaged input again and again; some of it must be refused, some read. */
function fuzz<Input>(
  name: string,
  input: fc.Arbitrary<Input>,
  read: (input: Input) => unknown,
) {
  Deno.test(`fuzz: ${name} is read or refused in a sentence`, () => {
    let refused = 0;
    fc.assert(
      fc.property(input, (damaged) => {
        if (readOrRefuse(() => read(damaged))) refused++;
      }),
      { numRuns },
    );
    assertGreater(refused, 0, "no damage was noticed");
    assertLess(refused, numRuns, "nothing was read");
  });
}

fuzz("an IDX file", damaged(idx), (bytes) => readIdx(bytes, { source }));
fuzz("a gzip IDX file", damaged(gzipped), (bytes) => readIdx(bytes, { source }));
fuzz(
  "a safetensors file",
  damaged(safetensors),
  (bytes) => readSafetensors(bytes, source),
);
fuzz("a config.json", damagedJson(config), (text) => parseRunConfig(text, source));
fuzz(
  "a metrics.jsonl",
  damagedJson(record),
  (text) => parseMetrics(`${text}\n`, source),
);
fuzz("a notebook", damagedJson(notebook), (text) => parseNotebook(text, { source }));
fuzz(
  "a network's specification",
  damagedJson(network),
  (text) => parseNetworkSpec(text, source),
);

Deno.test("fuzz: the position in a checkpoint is read or undefined", () => {
  const position = {
    epoch: 1,
    batch: 2,
    sums: { images: 3, objective: 1, elbo: null, seconds: 1 },
  };
  fc.assert(
    fc.property(damagedJson(position), (text) => {
      parsePosition(text);
      parsePosition(text.slice(0, -1));
    }),
    { numRuns },
  );
});

Deno.test("fuzz: a header that promises gigabytes costs none", () => {
  const header = (size: number) => {
    const offsets = [0, 4 * size];
    const text = JSON.stringify({
      a: { dtype: "F32", shape: [size], data_offsets: offsets },
    });
    const bytes = new Uint8Array(8 + text.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(new TextEncoder().encode(text), 8);
    return bytes;
  };
  const promise = idxBytes({ shape: [0, 0, 0] });
  new DataView(promise.buffer).setUint32(4, 60_000);
  new DataView(promise.buffer).setUint32(8, 1_000);
  new DataView(promise.buffer).setUint32(12, 1_000);
  const lies: [string, () => unknown][] = [
    ["IDX", () => readIdx(promise, { source })],
    ["safetensors", () => readSafetensors(header(2 ** 30), source)],
    [
      "safetensors' header",
      () => readSafetensors(new Uint8Array(8).fill(1, 0, 4), source),
    ],
  ];
  for (const [name, read] of lies) {
    const before = Deno.memoryUsage().external;
    assert(readOrRefuse(read), name);
    assertLess(Deno.memoryUsage().external - before, 1e6, name);
  }
});

Deno.test({
  name: "fuzz: a gzip file that unpacks without end is refused (long form)",
  ignore: effort({ short: 0, long: 1 }) === 0,
  fn: () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(1.1 * 2 ** 30)));
    assertThrows(() => readIdx(bomb, { source }), SyntaxError, "at most 1 GiB");
  },
});
