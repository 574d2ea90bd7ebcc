import {
  assert,
  assertEquals,
  AssertionError,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join } from "node:path";
import { logit, sigmoid, summarize } from "elbo/math";
import { type Decoded, likelihoodOf, type NetworkSpec } from "elbo/networks";
import { runSample } from "../../lib/cli/sample.ts";
import { samplePrior } from "../../lib/cli/sample_prior.ts";
import { assertMonteCarlo } from "../helpers/monte_carlo.ts";
import { granted } from "../helpers/permissions.ts";
import { testSeed } from "../helpers/seed.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { pictureOf } from "../figures/pixels.ts";
import { captured } from "./captured.ts";
import { command, finish } from "./command.ts";
import { trainTiny } from "./trained.ts";

const spec: NetworkSpec = {
  model: "vae",
  dataDim: 2,
  hidden: [],
  latentDim: 1,
  activation: "relu",
  likelihood: { kind: "bernoulli" },
  beta: 1,
};

/** A decoder without weights: pixel 0 is the probability 0.3, pixel 1 follows z. */
const bernoulli = {
  decode: (z: Float32Array, batchSize: number) => {
    const logits = Float32Array.from(
      { length: 2 * batchSize },
      (_, i) => i % 2 === 0 ? logit(0.3) : z[i >> 1],
    );
    return Promise.resolve({ logits, mean: logits.map(sigmoid) });
  },
};

const gaussian = {
  decode: (z: Float32Array, batchSize: number) =>
    Promise.resolve({
      mean: Float32Array.from({ length: 2 * batchSize }, (_, i) => z[i >> 1]),
      variance: new Float32Array(2 * batchSize).fill(0.25),
    }),
};

const column = (values: Float32Array, at: number) =>
  Array.from(values).filter((_, i) => i % 2 === at);

Deno.test("samplePrior: pixels are drawn with the decoder's probability", async () => {
  const seed = testSeed(31);
  const { draws } = await samplePrior({ step: bernoulli, spec, seed }, {
    count: 20_000,
  });
  assert(draws.every((pixel) => pixel === 0 || pixel === 1));
  const drawn = summarize(column(draws, 0));
  assertMonteCarlo(drawn, { exact: 0.3, resolution: 0.004, seed });
});

Deno.test("samplePrior: z is from N(0, 1) and the noise of a pixel has its scale", async () => {
  const seed = testSeed(31);
  const likelihood = { kind: "gaussian", variance: 0.25 } as const;
  const model = { step: gaussian, spec: { ...spec, likelihood }, seed };
  const { means, draws } = await samplePrior(model, { count: 20_000 });
  const z = column(means, 0);
  assertMonteCarlo(summarize(z), { exact: 0, resolution: 0.008, seed });
  assertMonteCarlo(summarize(z.map((value) => value ** 2)), {
    ...{ exact: 1, resolution: 0.011, seed },
  });
  const errors = column(draws, 0).map((value, i) => (value - z[i]) ** 2);
  assertMonteCarlo(summarize(errors), { exact: 0.25, resolution: 0.003, seed });
});

Deno.test("samplePrior: every kind draws each pixel from its own parameters", async () => {
  const seed = testSeed(31);
  const half = Math.log(2);
  // Two pixels of two components: pixel 0 leans on the first, pixel 1 on the second.
  const components = {
    componentLogits: [half, 0, 0, half],
    componentMeans: [0.2, 0.4, 0.6, 0.8],
    componentScales: [0.01, 0.02, 0.03, 0.04],
  };
  const cases: [NetworkSpec["likelihood"], Record<string, number[]>][] = [
    [{ kind: "continuous-bernoulli" }, { logits: [-3, 5] }],
    [{ kind: "gaussian", variance: "pixel" }, { mean: [0, 1], variance: [0.1, 0.2] }],
    [{ kind: "gaussian-mixture", components: 2 }, components],
    [{ kind: "logistic-mixture", components: 2 }, components],
  ];
  const rows = (values: number[]) => [values.slice(0, 2), values.slice(2)];
  for (const [likelihood, parameters] of cases) {
    const decode = (_: Float32Array, batchSize: number) => {
      const repeated = Object.entries(parameters).map(([name, values]) =>
        [name, Float32Array.from(Array(batchSize).fill(values).flat())] as const
      );
      const mean = new Float32Array(2 * batchSize);
      return Promise.resolve({ mean, ...Object.fromEntries(repeated) });
    };
    const model = { step: { decode }, spec: { ...spec, likelihood }, seed };
    const { draws } = await samplePrior(model, { count: 4000 });
    const exact = likelihoodOf(
      model.spec,
      "componentMeans" in parameters
        ? {
          components: {
            logits: rows(parameters.componentLogits),
            mean: rows(parameters.componentMeans),
            scale: rows(parameters.componentScales),
          },
        }
        : parameters as unknown as Decoded,
    ) as unknown as { mean: number[]; variance: number[] };
    for (const pixel of [0, 1]) {
      const drawn = column(draws, pixel);
      const label = `${likelihood.kind}, pixel ${pixel}`;
      const claim = { exact: exact.mean[pixel], resolution: 0.01, seed, label };
      assertMonteCarlo(summarize(drawn), claim);
      const other = { ...claim, exact: exact.mean[1 - pixel] };
      assertThrows(() => assertMonteCarlo(summarize(drawn), other), AssertionError);
      const squares = drawn.map((x) => (x - exact.mean[pixel]) ** 2);
      assertMonteCarlo(summarize(squares), {
        ...{ exact: exact.variance[pixel], resolution: 0.01, seed, label },
      });
    }
  }
});

Deno.test("samplePrior: the first images do not depend on how many are asked for", async () => {
  const seed = testSeed(31);
  const few = await samplePrior({ step: bernoulli, spec, seed }, { count: 3 });
  const many = await samplePrior({ step: bernoulli, spec, seed }, { count: 300 });
  assertEquals(many.means.slice(0, 6), few.means);
  assertEquals(many.draws.slice(0, 6), few.draws);
  // Nor does a second batch repeat the first.
  assertNotEquals(many.means.slice(512, 518), few.means);
});

/** Needs a folder: ignored where that is not allowed. */
function folderTest(name: string, body: (dir: string) => Promise<void>): void {
  Deno.test({
    name: `sample: ${name} (writes a run)`,
    ignore: !granted("read", "write"),
    fn: () => withTempDir(body),
  });
}

const onCpu = ["--backend", "cpu"];

folderTest(
  "writes means and draws of the same z, each said on the figure",
  async (dir) => {
    const path = await trainTiny(dir);
    const png = async (name: string, ...args: string[]) => {
      const out = join(dir, name);
      const { code, stdout, stderr } = await captured(() =>
        runSample([path, "--count", "6", "--out", out, ...args, ...onCpu])
      );
      assertEquals([code, stdout], [0, out], stderr);
      return { bytes: await Deno.readFile(out), stderr };
    };
    const usual = await png("usual.png");
    const mean = await png("mean.png", "--mean");
    const draw = await png("draw.png", "--draw");
    assertEquals(usual.bytes, mean.bytes);
    assertStringIncludes(usual.stderr, "--draw shows samples of x instead");
    assertEquals(mean.stderr, "");
    assertNotEquals(mean.bytes, draw.bytes);
    assertEquals(pictureOf(draw.bytes).channels, 1);
    const other = await png("other.png", "--mean", "--seed", "1");
    assertNotEquals(mean.bytes, other.bytes);
    // A PNG that is there is replaced.
    assertEquals((await png("other.png", "--mean")).bytes, mean.bytes);
  },
);

folderTest(
  "refuses what it cannot do in one sentence and writes nothing",
  async (dir) => {
    const path = await trainTiny(dir);
    const model = join(path, "model.safetensors");
    const before = await Deno.readFile(model);
    const cases: [args: string[], status: number, words: string][] = [
      [[path, "--mean", "--draw", "--out", "x.png"], 2, "--mean and --draw"],
      [[path], 2, "--out must name the PNG"],
      [[path, "--count", "0", "--out", "x.png"], 2, "--count must"],
      [[path, "--out", model], 1, "only a PNG must be replaced"],
      [[path, "--out", dir], 1, "it is a folder"],
      [[path, "--out", join(dir, "none", "x.png")], 1, "its folder must exist"],
      [[join(dir, "none"), "--out", join(dir, "x.png")], 1, "must be a run folder"],
    ];
    for (const [args, status, words] of cases) {
      const { code, stderr } = await captured(() => runSample([...args, ...onCpu]));
      assertEquals(code, status, stderr);
      assertStringIncludes(stderr, words);
      assertEquals(
        stderr.trim().split("\n").filter((line) => /^Cannot /.test(line)).length,
        1,
      );
    }
    assertEquals(await Deno.readFile(model), before);
    const names = await Array.fromAsync(Deno.readDir(dir), ({ name }) => name);
    assertEquals(names.toSorted(), ["data", "run"]);
  },
);

folderTest("refuses an autoencoder, which has no prior", async (dir) => {
  const path = await trainTiny(dir, { network: { model: "autoencoder" } });
  const { code, stderr } = await captured(() =>
    runSample([path, "--out", join(dir, "x.png"), ...onCpu])
  );
  assertEquals(code, 1);
  assertStringIncludes(stderr, "must have a prior over z to draw from");
});

Deno.test({
  name: "sample: runs with the permissions of its task (starts a process)",
  ignore: !granted("read", "write", "run"),
  fn: () =>
    withTempDir(async (dir) => {
      const path = await trainTiny(dir);
      const out = join(dir, "draws.png");
      const { code, stderr } = await finish(
        command("sample", {
          args: [path, "--draw", "--out", out],
        }).spawn(),
      );
      assertEquals(code, 0, stderr);
      assert(pictureOf(await Deno.readFile(out)).width > 100);
    }),
});
