import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  ENGINES,
  formatRunConfig,
  hashRunConfig,
  parseRunConfig,
  type RunConfig,
  versions,
} from "elbo/training";

const config: RunConfig = {
  format: 1,
  versions: versions(),
  dataset: {
    name: "mnist",
    height: 28,
    width: 28,
    validation: 0,
    limit: null,
    binarization: "dynamic",
    sha256: { "train-images-idx3-ubyte": "0".repeat(64) },
  },
  network: {
    model: "vae",
    dataDim: 784,
    hidden: [400],
    latentDim: 20,
    activation: "relu",
    likelihood: { kind: "gaussian", variance: 0.5 },
    beta: 1,
  },
  training: {
    epochs: 10,
    batchSize: 128,
    learningRate: 1e-3,
    seed: 0,
    backend: "wasm",
  },
};

function refusal(text: string, Class: typeof RangeError | typeof SyntaxError): string {
  return assertThrows(() => parseRunConfig(text, "r/config.json"), Class).message;
}

function edited(change: (config: Record<string, Record<string, unknown>>) => void) {
  const copy = JSON.parse(formatRunConfig(config));
  change(copy);
  return JSON.stringify(copy);
}

Deno.test("parseRunConfig: reads back what formatRunConfig wrote", () => {
  assertEquals(parseRunConfig(formatRunConfig(config), "r/config.json"), config);
});

Deno.test("parseRunConfig: reads back every learning rate and seed exactly", () => {
  fc.assert(fc.property(
    fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    (learningRate, seed) => {
      const changed = {
        ...config,
        training: { ...config.training, learningRate, seed },
      };
      assertEquals(parseRunConfig(formatRunConfig(changed), "c"), changed);
    },
  ));
});

Deno.test("parseRunConfig: a config of another version names both versions", () => {
  const text = edited((copy) => {
    Object.assign(copy, { format: 2 });
    copy.versions.elbo = "9.8.7";
  });
  assertEquals(
    refusal(text, RangeError),
    "Cannot read r/config.json as its format must be 1: it is 2, written by elbo " +
      "9.8.7; use the version of elbo that wrote it, or start a new run with this " +
      `one (${versions().elbo})`,
  );
});

const edits: [string, Parameters<typeof edited>[0], string][] = [
  ["a size of zero", (copy) => copy.network.latentDim = 0, "as network.latentDim must"],
  ["a word for a number", (copy) => copy.training.epochs = "ten", "training.epochs"],
  ["a misspelt key", (copy) => copy.training.epoch = 3, "as training must"],
  ["a key that is gone", (copy) => delete copy.dataset.sha256, "dataset.sha256"],
  ["a cut hash", (copy) => copy.dataset.sha256 = { a: "12" }, "dataset.sha256.a"],
  [
    "an unknown likelihood",
    (copy) => copy.network.likelihood = { kind: "poisson" },
    "network.likelihood",
  ],
  [
    "a variance of zero",
    (copy) => copy.network.likelihood = { kind: "gaussian", variance: 0 },
    "network.likelihood.variance",
  ],
];

for (const [what, change, field] of edits) {
  Deno.test(`parseRunConfig: refuses ${what} and names the field`, () => {
    const message = refusal(edited(change), RangeError);
    assertEquals(message.includes(field), true, message);
    assertEquals(message.includes("the file was edited"), true, message);
  });
}

Deno.test("parseRunConfig: refuses a file that is cut short", () => {
  const text = formatRunConfig(config).slice(0, 100);
  assertEquals(refusal(text, SyntaxError).includes("was cut short"), true);
});

Deno.test("parseRunConfig: refuses JSON that is no object", () => {
  for (const text of ["null", "3", '"x"', "[]"]) refusal(text, RangeError);
});

Deno.test("hashRunConfig: epochs, engine, backend and key order do not count", async () => {
  const hash = await hashRunConfig(config);
  const training = { ...config.training, epochs: 99, backend: "cpu" as const };
  assertEquals(await hashRunConfig({ ...config, training }), hash);
  for (const engine of ENGINES) {
    const training = { ...config.training, engine };
    assertEquals(await hashRunConfig({ ...config, training }), hash);
  }
  const { network, ...rest } = config;
  assertEquals(await hashRunConfig({ network, ...rest }), hash);
});

Deno.test("hashRunConfig: everything else counts", async () => {
  const hash = await hashRunConfig(config);
  const { dataset, network, training } = config;
  const others: RunConfig[] = [
    { ...config, training: { ...training, learningRate: 2e-3 } },
    { ...config, training: { ...training, seed: 1 } },
    { ...config, training: { ...training, batchSize: 64 } },
    { ...config, network: { ...network, hidden: [400, 400] } },
    { ...config, network: { ...network, beta: 2 } },
    { ...config, dataset: { ...dataset, limit: 60_000 } },
    { ...config, dataset: { ...dataset, sha256: {} } },
  ];
  for (const other of others) assertNotEquals(await hashRunConfig(other), hash);
});
