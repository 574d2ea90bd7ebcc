import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "node:path";
import { openRun } from "elbo/training";
import { runEvaluate } from "../../lib/cli/evaluate.ts";
import { evaluationLines } from "../../lib/cli/evaluation_lines.ts";
import type { EvaluationRecord } from "../../lib/cli/evaluation_record.ts";
import { granted } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { captured } from "./captured.ts";
import { command, finish } from "./command.ts";
import { trainTiny } from "./trained.ts";

const record: EvaluationRecord = {
  run: "runs/a",
  model: "vae",
  likelihood: "bernoulli",
  epochs: 10,
  dataset: "mnist",
  binarization: "dynamic",
  binarizationSeed: 20131220,
  isDensity: true,
  ofBytes: null,
  // Each part rounds up: printed by themselves they would not add up.
  test: {
    images: 10000,
    elbo: -105.61,
    expectedLogLikelihood: -80.306,
    kl: 25.304,
    bitsPerDimension: null,
  },
  nll: {
    mean: 98.123,
    standardError: 0.6,
    numSamples: 500,
    images: 2000,
    samplingError: 0.012,
    bitsPerDimension: null,
    negativeElbo: { mean: 105.2, standardError: 0.61 },
    effectiveSampleSize: { median: 12.3, least: 1.01, belowTwo: 0.05 },
  },
  annealed: {
    images: 20,
    chains: 16,
    steps: 200,
    nll: { mean: 97.1, standardError: 4 },
    samplingError: 0.02,
    exactNll: null,
    negativeElbo: { mean: 104.4, standardError: 4.1 },
    approximation: { mean: 5.2, standardError: 0.3 },
    amortization: { mean: 2.1, standardError: 0.2 },
    byImage: [],
  },
  activeUnits: { count: 19, of: 20, threshold: 0.01, variances: [] },
  code: {
    klByDimension: [0.5, 2.25, 0],
    mutualInformation: {
      mean: 6.9,
      standardError: 0.004,
      images: 1000,
      most: Math.log(1000),
      marginalKl: 18.4,
    },
  },
  provenance: {
    seed: 0,
    noiseSeed: 20140110,
    sha256: {},
    versions: { elbo: "0.1.0", deno: "2.9.6", tfjs: "4.22.0" },
    trainedWith: { elbo: "0.1.0", deno: "2.9.6", tfjs: "4.22.0" },
    options: {},
  },
};

/** The line that begins with `name`, for the messages when it does not. */
function lineOf(lines: string[], name: string): string {
  const line = lines.find((line) => line.trim().startsWith(name));
  assert(line, `no line ${name} in\n${lines.join("\n")}`);
  return line;
}

const firstNumber = (line: string) => Number(line.match(/ {2}(-?[\d.]+)/)![1]);

Deno.test("evaluate: the printed parts add up to the printed whole", () => {
  const lines = evaluationLines(record);
  const [whole, left, right] = ["-ELBO ", "= reconstruction", "+ KL"]
    .map((name) => firstNumber(lineOf(lines, name)));
  assertEquals([whole, right], [105.61, 25.3]);
  assertAlmostEquals(left + right, whole, 1e-9);
});

Deno.test("evaluate: an NLL is never printed without its K, its error and its unit", () => {
  const lines = evaluationLines(record);
  assertMatch(lineOf(lines, "NLL"), /^NLL, K = 500 +98\.12 \+- 0\.60 +-ln p\(x\)/);
  assertStringIncludes(lines.join("\n"), "in nats per image");
  assertStringIncludes(lines.join("\n"), "seed 20131220");
  assertMatch(lineOf(lines, "active units"), /19 of 20 +Var_x\(E\[z\|x\]\) > 0\.01/);
});

Deno.test("evaluate: a mutual information is printed with what it cannot exceed", () => {
  const lines = evaluationLines(record);
  const line = lineOf(lines, "mutual information");
  assertMatch(line, /6\.90 \+- 0\.00 .*over 1,000 images.*at most ln 1000 = 6\.91/);
  assertMatch(lineOf(lines, "KL by dimension"), / 2\.25 to 0\.00 /);
});

Deno.test("evaluate: one image alone has no standard error, and no NaN", () => {
  const nll = {
    ...record.nll!,
    ...{ images: 1, standardError: NaN },
    negativeElbo: { mean: 105.2, standardError: NaN },
  };
  const text = evaluationLines({ ...record, nll }).join("\n");
  assertMatch(text, /^NLL, K = 500 +98\.12 \+- \? .*; 1 image$/m);
  assertStringIncludes(text, "which one image does not have");
  assert(!text.includes("NaN"));
});

Deno.test("evaluate: -ELBO is called a bound and nothing else", () => {
  const line = lineOf(evaluationLines(record), "-ELBO ");
  assertStringIncludes(line, "upper bound on -ln p(x)");
  assert(!/NLL/.test(line));
});

Deno.test("evaluate: grey pixels under a Bernoulli are said to be no density", () => {
  const text = evaluationLines({ ...record, binarization: "none", isDensity: false })
    .join("\n");
  assertStringIncludes(text, "is no density");
  assertStringIncludes(text, "grey pixels");
  assert(!text.includes("upper bound"));
  assert(!evaluationLines(record).join("\n").includes("no density"));
});

Deno.test("evaluate: bits per dimension are for bytes alone, with their meaning", () => {
  const bits = { mean: 1.2345, standardError: 0.01 };
  const ofBytes = (of: EvaluationRecord["ofBytes"]) =>
    evaluationLines({
      ...record,
      ...{ likelihood: "gaussian", binarization: "dequantize", ofBytes: of },
      test: { ...record.test, bitsPerDimension: 1.3 },
      nll: { ...record.nll!, bitsPerDimension: bits },
    });
  const lines = ofBytes("density");
  assertMatch(lineOf(lines, "bits per dimension"), /1\.3000 .* \+ 8: bounds the code/);
  assertStringIncludes(lines.join("\n"), "1.2345");
  assertStringIncludes(lines.join("\n"), "bytes with noise, seed 20131220");
  assertMatch(lineOf(ofBytes("mass"), "bits per dimension"), /a mass on bytes/);
  assert(!evaluationLines(record).join("\n").includes("bits"));
  const grey = { likelihood: "gaussian", binarization: "none" } as const;
  const text = evaluationLines({ ...record, ...grey }).join("\n");
  assertStringIncludes(text, "they are no bits per dimension");
});

Deno.test("evaluate: warns where one draw outweighs the rest", () => {
  const nll = {
    ...record.nll!,
    effectiveSampleSize: { median: 3, least: 1, belowTwo: 0.31 },
  };
  assertStringIncludes(
    evaluationLines({ ...record, nll }).join("\n"),
    "For 31% of the images one draw outweighs the rest",
  );
});

Deno.test("evaluate: an autoencoder gets a sentence instead of an NLL", () => {
  const test = {
    ...record.test,
    ...{ images: 10, elbo: null, expectedLogLikelihood: -70.5, kl: null },
  };
  const lines = evaluationLines({
    ...record,
    ...{ model: "autoencoder", test, nll: null, annealed: null, activeUnits: null },
  });
  assertMatch(lineOf(lines, "-ln p(x|z)"), /70\.50/);
  assertStringIncludes(lines.join("\n"), "has no p(x)");
  assert(!lines.some((line) => line.startsWith("NLL")));
});

/** Needs a folder: ignored where that is not allowed. */
function folderTest(name: string, body: (dir: string) => Promise<void>): void {
  Deno.test({
    name: `evaluate: ${name} (writes a run)`,
    ignore: !granted("read", "write"),
    fn: () => withTempDir(body),
  });
}

const onCpu = ["--backend", "cpu", "--quiet"];

folderTest("bits per dimension are -ln p(x) in other units", async (dir) => {
  for (
    const [kind, binarization, shift] of [
      ["logistic-mixture", "none", 0],
      ["gaussian-mixture", "dequantize", 8],
    ] as const
  ) {
    const home = join(dir, kind);
    await Deno.mkdir(home);
    const likelihood = { kind, components: 2 };
    const path = await trainTiny(home, { network: { likelihood }, binarization });
    const { code, stdout, stderr } = await captured(() =>
      runEvaluate([path, "--samples", "3", "--json", ...onCpu])
    );
    assertEquals(code, 0, stderr);
    const { test, nll }: EvaluationRecord = JSON.parse(stdout);
    const bits = (nats: number) => nats / (12 * Math.LN2) + shift;
    assertAlmostEquals(test.bitsPerDimension!, bits(-test.elbo!), 1e-12);
    assertAlmostEquals(nll!.bitsPerDimension!.mean, bits(nll!.mean), 1e-12);
    const error = nll!.standardError / (12 * Math.LN2);
    assertAlmostEquals(nll!.bitsPerDimension!.standardError, error, 1e-12);
  }
});

folderTest(
  "gives the ELBO that training measured, and an NLL below it",
  async (dir) => {
    const path = await trainTiny(dir, { data: { numTest: 40 } });
    const { code, stdout } = await captured(() =>
      runEvaluate([path, "--json", "--samples", "200", ...onCpu])
    );
    assertEquals(code, 0);
    const { test, nll, activeUnits } = JSON.parse(stdout) as EvaluationRecord;
    const last = (await openRun(path)).metrics.at(-1)!;
    // The same draws, weights and backend: the same bits.
    assertEquals(test.elbo, last.testElbo);
    assertEquals(test.kl, last.testKl);
    assertEquals(test.expectedLogLikelihood, last.testExpectedLogLikelihood);
    assertEquals([nll!.numSamples, nll!.images, test.images], [200, 40, 40]);
    assert(nll!.mean < nll!.negativeElbo.mean);
    assertEquals(activeUnits!.of, 2);
  },
);

Deno.test("evaluate: the annealed NLL and the two parts of the gap have lines", () => {
  const lines = evaluationLines(record);
  const [nll, family, encoder] = ["NLL, annealed", "+ approximation", "+ amortisation"]
    .map((name) => firstNumber(lineOf(lines, name)));
  const { mean } = record.annealed!.negativeElbo;
  assertAlmostEquals(nll + family + encoder, mean, 0.011);
  assert(!evaluationLines({ ...record, annealed: null }).join().includes("annealed"));
});

folderTest("anneals a few images, and splits their gap", async (dir) => {
  const path = await trainTiny(dir);
  const options = ["--samples", "5000", "--ais", "3", "--ais-steps", "40"];
  const { code, stdout, stderr } = await captured(() =>
    runEvaluate([path, "--json", ...options, ...onCpu])
  );
  assertEquals(code, 0, stderr);
  const { annealed, provenance } = JSON.parse(stdout) as EvaluationRecord;
  assertEquals(annealed!.byImage.map(({ index }) => index), [0, 1, 3]);
  for (const { annealed: lower, exact, elbo, bestElbo } of annealed!.byImage) {
    // Two latent dimensions: the truth is an integral over the plane.
    assert(Math.abs(lower.mean - exact!) < 5 * lower.standardError + 1e-3);
    assert(elbo.mean < exact! + 5 * elbo.standardError);
    assert(bestElbo.mean > elbo.mean - 5 * elbo.standardError);
  }
  const { exactNll, negativeElbo, approximation, amortization } = annealed!;
  assertAlmostEquals(
    exactNll!.mean + approximation.mean + amortization.mean,
    negativeElbo.mean,
    1e-9,
  );
  const run = await openRun(path);
  assertEquals(provenance.sha256, run.config.dataset.sha256);
  assertEquals(provenance.trainedWith, run.config.versions);
  assertEquals(provenance.options.aisSteps, 40);
});

folderTest("chains without images to anneal are refused", async (dir) => {
  const path = await trainTiny(dir);
  const { code, stderr } = await captured(() =>
    runEvaluate([path, "--ais-steps", "6", ...onCpu])
  );
  assertEquals(code, 2);
  assertStringIncludes(stderr, "--ais-steps must come with --ais");
});

folderTest("prints the same for the same run", async (dir) => {
  const path = await trainTiny(dir);
  const run = () => captured(() => runEvaluate([path, "--samples", "20", ...onCpu]));
  const [first, second] = [await run(), await run()];
  assertEquals(first.code, 0, first.stderr);
  assertEquals(first, second);
});

folderTest("refuses more images than there are, and says how many", async (dir) => {
  const path = await trainTiny(dir);
  const { code, stderr } = await captured(() =>
    runEvaluate([path, "--images", "6", ...onCpu])
  );
  assertEquals(code, 2);
  assertStringIncludes(stderr, "--images must be at most 5, the test set: 6");
});

folderTest("gives an autoencoder its reconstruction, and no NLL", async (dir) => {
  const path = await trainTiny(dir, { network: { model: "autoencoder" } });
  const { code, stdout } = await captured(() => runEvaluate([path, ...onCpu]));
  assertEquals(code, 0);
  assertStringIncludes(stdout, "An autoencoder has no prior over z");
  const asked = await captured(() => runEvaluate([path, "--samples", "9", ...onCpu]));
  assertEquals(asked.code, 2);
  assertStringIncludes(asked.stderr, "--samples must come with a VAE");
});

folderTest(
  "refuses a folder that is no run, and other data than the run's",
  async (dir) => {
    const none = await captured(() => runEvaluate([dir, ...onCpu]));
    assertEquals(none.code, 1);
    assertStringIncludes(none.stderr, "must be a run folder");

    const path = await trainTiny(dir);
    const images = join(dir, "data", "t10k-images-idx3-ubyte");
    const bytes = await Deno.readFile(images);
    bytes[bytes.length - 1] ^= 1;
    await Deno.writeFile(images, bytes);
    const { code, stderr } = await captured(() => runEvaluate([path, ...onCpu]));
    assertEquals(code, 1);
    assertStringIncludes(stderr, "t10k-images-idx3-ubyte differs");
  },
);

Deno.test({
  name: "evaluate: runs with the permissions of its task (starts a process)",
  ignore: !granted("read", "write", "run"),
  fn: () =>
    withTempDir(async (dir) => {
      const path = await trainTiny(dir);
      const { code, stdout, stderr } = await finish(
        command("evaluate", { args: [path] }).spawn(),
      );
      assertEquals(code, 0, stderr);
      assertMatch(stdout, /^NLL, K = 500 /m);
      assertStringIncludes(
        stderr,
        "Measuring 5 test images, and the NLL of 5 with K = 500.",
      );
    }),
});

Deno.test({
  name: "evaluate: Ctrl-C ends it with one line and status 130 (starts a process)",
  // Windows has no SIGINT to send to another process.
  ignore: !granted("read", "write", "run") || Deno.build.os === "windows",
  fn: () =>
    withTempDir(async (dir) => {
      const args = [await trainTiny(dir), "--engine", "simd", "--samples", "1000000"];
      const child = command("evaluate", { permissions: ["--allow-read"], args })
        .spawn();
      const lines = child.stderr.pipeThrough(new TextDecoderStream());
      let text = "";
      for await (const part of lines) {
        const isFirst = !text.includes("Measuring") && part.includes("Measuring");
        text += part;
        if (isFirst) child.kill("SIGINT");
      }
      const stdout = await new Response(child.stdout).text();
      assertEquals([(await child.status).code, stdout], [130, ""], text);
      assertMatch(text, /\nStopped: an evaluation keeps nothing\.\n$/);
    }),
});
