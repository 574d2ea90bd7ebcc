import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { basename, join } from "node:path";
import type { Dataset, ImageSet } from "elbo/datasets";
import { createStep } from "elbo/models";
import type { NetworkSpec } from "elbo/networks";
import {
  type MetricsRecord,
  RUN_FORMAT,
  type RunConfig,
  versions,
} from "elbo/training";
import { writeRunFigures } from "../../lib/cli/run_figures.ts";
import { trainCommandLine } from "../../lib/cli/train_command_line.ts";
import { parseCommand } from "../../lib/cli/options.ts";
import { trainCommand, trainRequest } from "../../lib/cli/train_options.ts";
import { pictureOf } from "../figures/pixels.ts";
import { granted } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";

interface Case {
  readonly network?: Partial<NetworkSpec>;
  readonly binarization?: RunConfig["dataset"]["binarization"];
  readonly numTest?: number;
  readonly labels?: boolean;
  /** Numbers of the last epoch. */
  readonly last?: Partial<MetricsRecord>;
}

/** Images that are higher than wide. */
const [height, width] = [5, 3];

function datasetOf({ numTest = 30, labels = true }: Case): Dataset {
  const set = (name: string, count: number): ImageSet => ({
    ...{ name, count, height, width, dataDim: height * width },
    images: Uint8Array.from(
      { length: count * height * width },
      (_, i) => (i * 37) % 256,
    ),
    ...(labels && { labels: Uint8Array.from({ length: count }, (_, i) => i % 4) }),
  });
  return {
    name: "mine",
    train: set("train", 9),
    test: set("test", numTest),
    sha256: {},
  };
}

function configOf({ network, binarization = "dynamic" }: Case): RunConfig {
  return {
    format: RUN_FORMAT,
    versions: versions(),
    dataset: {
      ...{ name: "/data/<mine> & yours", height, width, validation: 0, limit: null },
      ...{ binarization, sha256: { "train-images": "ab".repeat(32) } },
    },
    network: {
      model: "vae",
      dataDim: height * width,
      hidden: [4],
      latentDim: 2,
      activation: "tanh",
      likelihood: { kind: "bernoulli" },
      beta: 1,
      ...network,
      ...(network?.hidden && { hidden: [...network.hidden] }),
    } as RunConfig["network"],
    training: { epochs: 2, batchSize: 4, learningRate: 1e-3, seed: 3, backend: "cpu" },
  };
}

function metricsOf({ network, last }: Case): MetricsRecord[] {
  const isVae = network?.model !== "autoencoder";
  return [1, 2].map((epoch) => ({
    ...{ epoch, step: 3 * epoch, learningRate: 1e-3, seconds: 2, evalSeconds: 1 },
    trainObjective: 12 - epoch,
    trainElbo: isVae ? epoch - 12 : null,
    testElbo: isVae ? epoch - 11 : null,
    testExpectedLogLikelihood: isVae ? epoch - 10 : epoch - 11,
    testKl: isVae ? 1 : null,
    ...(epoch === 2 && last),
  }));
}

async function drawn(out: string, which: Case): Promise<string[]> {
  const config = configOf(which);
  const spec = config.network;
  const { seed, learningRate } = config.training;
  const step = await createStep(spec, { seed, learningRate, backend: "cpu" });
  const dataset = datasetOf(which);
  try {
    const paths = await writeRunFigures({
      ...{ out, config, spec, step, dataset, metrics: metricsOf(which) },
    });
    return paths;
  } finally {
    step.dispose();
  }
}

const of = (...names: string[]) =>
  names.flatMap((name) =>
    ["latent", "loss_curves"].includes(name)
      ? [`${name}.png`, `${name}.vl.json`]
      : [`${name}.png`]
  );

const vae = [
  "loss_curves",
  "reconstructions",
  "prior_means",
  "prior_samples",
  "latent",
];

const cases: Record<string, { which: Case; names: string[] }> = {
  "a plane": { which: {}, names: [...vae, "manifold", "interpolations"] },
  "a line, without labels": {
    which: { network: { latentDim: 1 }, labels: false },
    names: [...vae, "manifold", "interpolations"],
  },
  "three dimensions, Gaussian, five test images": {
    which: {
      network: { latentDim: 3, likelihood: { kind: "gaussian", variance: "pixel" } },
      binarization: "none",
      numTest: 5,
    },
    names: [...vae, "interpolations"],
  },
  "one test image": {
    which: { network: { latentDim: 3 }, numTest: 1 },
    names: vae,
  },
  "an autoencoder": {
    which: { network: { model: "autoencoder" } },
    names: ["loss_curves", "reconstructions", "latent", "interpolations"],
  },
};

for (const [name, { which, names }] of Object.entries(cases)) {
  Deno.test({
    name: `writeRunFigures: ${name} (writes files)`,
    ignore: !granted("read", "write"),
    fn: () =>
      withTempDir(async (dir) => {
        const paths = await drawn(dir, which);
        assertEquals(paths.map((path) => basename(path)), [
          ...of(...names),
          "report.html",
        ]);
        for (const path of paths.filter((path) => path.endsWith(".png"))) {
          const { width, height } = pictureOf(await Deno.readFile(path));
          assertGreater(Math.min(width, height), 100, path);
        }
        for (const path of paths.filter((path) => path.endsWith(".json"))) {
          assertStringIncludes(
            JSON.parse(await Deno.readTextFile(path)).$schema,
            "v5.json",
          );
        }
        const page = await Deno.readTextFile(join(dir, "report.html"));
        assertEquals(page.match(/<img /g)?.length, names.length);
        assertStringIncludes(page, "/data/&lt;mine&gt; &amp; yours");
        assert(!page.includes("<mine>"));
        // Nothing but what it says it wrote: no temporary file is left.
        const found = await Array.fromAsync(Deno.readDir(join(dir, "figures")));
        assertEquals(found.length, paths.length - 1);
      }),
  });
}

Deno.test({
  name: "writeRunFigures: the same run gives the same bytes, over old ones too",
  ignore: !granted("read", "write"),
  fn: () =>
    withTempDir(async (dir) => {
      const bytes = async () => {
        const paths = await drawn(dir, {});
        return await Promise.all(paths.map((path) => Deno.readFile(path)));
      };
      assertEquals(await bytes(), await bytes());
    }),
});

Deno.test({
  name: "writeRunFigures: an autoencoder's report says why there are no samples",
  ignore: !granted("read", "write"),
  fn: () =>
    withTempDir(async (dir) => {
      await drawn(dir, { network: { model: "autoencoder" } });
      const page = await Deno.readTextFile(join(dir, "report.html"));
      assertStringIncludes(page, "there are no samples from it");
      assert(!page.includes("deno task sample"));
      assert(!page.includes("Test −ELBO"));
    }),
});

Deno.test({
  name: "writeRunFigures: the parts in the report's table add up as printed",
  ignore: !granted("read", "write"),
  fn: () =>
    withTempDir(async (dir) => {
      // Each part by itself rounds up.
      const parts = { testElbo: -10.014, testExpectedLogLikelihood: -8.007 };
      await drawn(dir, { last: { ...parts, testKl: 2.007 } });
      const page = await Deno.readTextFile(join(dir, "report.html"));
      const timesOf = (text: string) => page.split(`>${text}<`).length - 1;
      // On a card and in the table.
      assertEquals(["10.01", "8.00", "2.01"].map(timesOf), [2, 2, 2]);
      assertEquals(timesOf("8.01"), 0);
    }),
});

Deno.test("trainCommandLine: asks for the run that it describes", () => {
  const config = configOf({
    network: {
      likelihood: { kind: "gaussian", variance: 0.5 },
      hidden: [20, 10],
      beta: 2,
    },
    binarization: "none",
  });
  // The quotes are the shell's.
  const args = trainCommandLine(config).match(/'[^']*'|\S+/g)!.slice(3)
    .map((word) => word.replaceAll("'", ""));
  const line = parseCommand(args, trainCommand);
  assert(!("text" in line));
  const request = trainRequest(line);
  assert(request.kind === "new");
  const { dataDim: _, ...network } = config.network;
  const { epochs, batchSize, learningRate, seed, backend } = config.training;
  assertEquals(request.options, {
    dataset: "/data/<mine> & yours",
    ...{ validation: request.options.validation, limit: undefined },
    ...{
      binarization: "none",
      network,
      epochs,
      batchSize,
      learningRate,
      seed,
      backend,
      engine: "tfjs",
    },
  });
});

Deno.test("trainCommandLine: convolutions are those of a conv-vae", () => {
  const convolution = { height: 2, width: 2, channels: [4, 8] };
  const line = trainCommandLine(configOf({ network: { convolution } }));
  assertStringIncludes(line, "--model conv-vae --channels 4,8 ");
  assertEquals(trainCommandLine(configOf({})).includes("--channels"), false);
});
