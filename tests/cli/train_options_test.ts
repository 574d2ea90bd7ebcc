import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";

import { UsageError } from "../../lib/cli/errors.ts";
import { parseCommand } from "../../lib/cli/options.ts";
import { trainCommand, trainNotes, trainRequest } from "../../lib/cli/train_options.ts";

function request(line: string) {
  const args = line === "" ? [] : line.split(" ");
  const parsed = parseCommand(args, trainCommand);
  assert(!("text" in parsed));
  return trainRequest(parsed);
}

function options(line: string) {
  const asked = request(line);
  assert(asked.kind === "new");
  return asked.options;
}

Deno.test("trainRequest: the defaults are those of the documentation", () => {
  assertEquals(request(""), {
    kind: "new",
    out: undefined,
    threads: undefined,
    options: {
      dataset: "mnist",
      validation: 0,
      limit: undefined,
      binarization: "dynamic",
      network: {
        model: "vae",
        hidden: [400],
        latentDim: 20,
        activation: "relu",
        likelihood: { kind: "bernoulli" },
        beta: 1,
      },
      epochs: 10,
      batchSize: 128,
      learningRate: 1e-3,
      seed: 0,
      backend: "auto",
      engine: "auto",
    },
  });
});

Deno.test("trainRequest: --samples asks for the K-sample bound", () => {
  const { network } = options("--samples 5 --encoder-gradient doubly-reparameterized");
  assertEquals(network.samples, 5);
  assertEquals(network.encoderGradient, "doubly-reparameterized");
  // One sample is what every run has: it leaves no key, and no other hash.
  assertEquals("samples" in options("--samples 1").network, false);
});

Deno.test("trainRequest: a conv-vae is a vae with convolutions", () => {
  const { network } = options("--model conv-vae");
  assertEquals(network.model, "vae");
  assertEquals(network.convolution, { channels: [16, 32] });
  assertEquals(options("--model conv-vae --channels 8").network.convolution, {
    channels: [8],
  });
  assertEquals("convolution" in options("").network, false);
  assertEquals(options("--model conv-vae --beta 2").network.beta, 2);
});

Deno.test("trainRequest: a recipe is what was asked for, and nothing else", () => {
  const { network, warmUp, rateStages, adamEpsilon, outputBias } = options(
    "--warm-up 2.5 --cycles 4 --free-bits 0.1 --rate-at 1:7e-4,4:5e-4 " +
      "--adam-epsilon 1e-4 --output-bias mean",
  );
  assertEquals(network.freeBits, 0.1);
  assertEquals({ warmUp, rateStages, adamEpsilon, outputBias }, {
    warmUp: { epochs: 2.5, cycles: 4 },
    rateStages: [
      { fromEpoch: 1, learningRate: 7e-4 },
      { fromEpoch: 4, learningRate: 5e-4 },
    ],
    adamEpsilon: 1e-4,
    outputBias: "mean",
  });
  assertEquals(options("--adam-epsilon 1e-8").adamEpsilon, 1e-8);
});

Deno.test("trainRequest: a Gaussian decoder takes three kinds of variance", () => {
  const likelihood = (line: string) =>
    options(`--likelihood gaussian ${line}`.trim()).network.likelihood;
  assertEquals(likelihood(""), { kind: "gaussian", variance: "pixel" });
  assertEquals(likelihood("--variance shared"), {
    kind: "gaussian",
    variance: "shared",
  });
  assertEquals(likelihood("--variance .25"), { kind: "gaussian", variance: 0.25 });
  assertEquals(options("--likelihood gaussian").binarization, "none");
});

Deno.test("trainRequest: each likelihood has its own options and pixels", () => {
  const of = (line: string) => {
    const { network, binarization } = options(`--likelihood ${line}`);
    return [network.likelihood, binarization];
  };
  assertEquals(of("continuous-bernoulli"), [
    { kind: "continuous-bernoulli" },
    "dequantize",
  ]);
  assertEquals(of("gaussian-mixture"), [
    { kind: "gaussian-mixture", components: 3 },
    "dequantize",
  ]);
  assertEquals(of("logistic-mixture --components 5"), [
    { kind: "logistic-mixture", components: 5 },
    "none",
  ]);
  assertEquals(of("gaussian --variance optimal --binarize dequantize"), [
    { kind: "gaussian", variance: "optimal" },
    "dequantize",
  ]);
});

Deno.test("trainRequest: --resume gives on what was typed, and nothing else", () => {
  assertEquals(request("--resume runs/a"), {
    kind: "resume",
    path: "runs/a",
    threads: undefined,
    changes: { epochs: undefined, backend: undefined, engine: undefined },
  });
  assertEquals(request("--quiet --epochs 12 --backend cpu --resume runs/a"), {
    kind: "resume",
    path: "runs/a",
    threads: undefined,
    changes: { epochs: 12, backend: "cpu", engine: undefined },
  });
  assertEquals(request("--engine simd --threads 3 --resume runs/a"), {
    kind: "resume",
    path: "runs/a",
    threads: 3,
    changes: { epochs: undefined, backend: undefined, engine: "simd" },
  });
});

const refused: [string, string][] = [
  ["--variance 0.5", "--variance must come with --likelihood gaussian"],
  ["--likelihood gaussian --variance 0", 'a number above 0: it is "0"'],
  ["--likelihood gaussian --variance -1", 'a number above 0: it is "-1"'],
  [
    "--likelihood gaussian --variance pixels",
    "pixel, shared, optimal or a number above 0",
  ],
  ["--likelihood gaussian-mixture --variance 1", "--variance must come with"],
  ["--components 3", "--components must come with a mixture: it is bernoulli"],
  ["--likelihood gaussian --components 3", "add --likelihood gaussian-mixture"],
  ["--likelihood logistic-mixture --components 0", "--components must be"],
  ["--binarize dequantize", "dynamic or static or threshold or none"],
  ["--likelihood continuous-bernoulli --binarize static", "no upper bound"],
  ["--likelihood gaussian-mixture --binarize threshold", "no upper bound"],
  ["--likelihood logistic-mixture --binarize dequantize", "--binarize must be none"],
  ["--likelihood logistic-mix", "the nearest is logistic-mixture"],
  ["--likelihood gaussian --binarize dynamic", "--binarize must be none"],
  ["--likelihood gaussian --binarize static", "--binarize must be none"],
  ["--likelihood gaussian --binarize threshold", "--binarize must be none"],
  ["--model autoencoder --beta 2", "--beta must come with --model vae"],
  ["--model autoencoder --warm-up 2", "--warm-up must come with --model vae"],
  ["--model autoencoder --free-bits 1", "--free-bits must come with --model vae"],
  ["--channels 8", "--channels must come with --model conv-vae"],
  ["--model conv-vae --channels 0", "--channels must be"],
  [
    "--model conv-vae --likelihood gaussian-mixture",
    "must have one number of a kind for each pixel",
  ],
  ["--model conv-vae --output-bias mean", "must come without --output-bias"],
  ["--cycles 2", "--cycles must come with --warm-up"],
  ["--warm-up 0", "--warm-up must be a number above 0"],
  ["--free-bits 0", "--free-bits must be a number above 0"],
  ["--samples 0", "--samples must be a whole number"],
  ["--samples 5 --model autoencoder", "--samples must come with --model vae"],
  ["--samples 5 --beta 1", "--samples must come without --beta"],
  ["--samples 5 --warm-up 3", "--samples must come without --warm-up"],
  [
    "--samples 5 --likelihood gaussian --variance optimal",
    "--samples must come without --variance optimal",
  ],
  [
    "--encoder-gradient reparameterized",
    "--encoder-gradient must come with --samples above 1",
  ],
  ["--rate-at 5", "--rate-at must be EPOCH:RATE"],
  ["--rate-at 5:1e-4:2", "--rate-at must be EPOCH:RATE"],
  ["--rate-at 0:1e-4", "--rate-at must be a whole number of at least 1"],
  ["--rate-at 5:0", "--rate-at must be a number above 0"],
  ["--rate-at 5:1e-4,5:1e-5", "later and later epochs"],
  ["--likelihood gaussian --output-bias mean", "with --likelihood bernoulli"],
  ["--resume runs/a --warm-up 3", "--resume must come without --warm-up"],
  ["--resume runs/a --latent 3", "--resume must come without --latent"],
  ["--resume runs/a --out b", "--resume must come without --out"],
  ["--resume runs/a --seed 0", "--resume must come without --seed"],
  ["--epochs 0", "--epochs must be a whole number of at least 1"],
  ["--epochs 2.5", '--epochs must be a whole number of at least 1: it is "2.5"'],
  ["--batch 0", "--batch must be"],
  ["--batch -128", '--batch must be a whole number of at least 1: it is "-128"'],
  ["--learning-rate 0", "--learning-rate must be a number above 0"],
  ["--learning-rate -1e-3", 'above 0: it is "-1e-3"'],
  ["--learning-rate nan", 'it is "nan"'],
  ["--beta -0.1", "--beta must be a number of at least 0"],
  ["--latent 0", "--latent must be"],
  ["--latent -1", '--latent must be a whole number from 1 to 100000: it is "-1"'],
  ["--latent 1e9", "--latent must be a whole number from 1 to 100000"],
  ["--hidden 0", "--hidden must be"],
  ["--hidden 400,,200", "--hidden must be whole numbers from 1 to 100000"],
  ["--seed -1", "--seed must be"],
  ["--seed 4294967296", "--seed must be a whole number from 0 to 4294967295"],
  ["--validation -1", "--validation must be"],
  ["--limit 0", "--limit must be"],
  ["--backend gpu", "the nearest is cpu"],
  [
    "--engine simd --backend wasm",
    "--backend must come with --engine tfjs: it is wasm",
  ],
  ["--threads 0", "--threads"],
  ["--binarize dynamical", "the nearest is dynamic"],
  ["--model vea", "the nearest is vae"],
  ["--epoch 3", "--epoch is not; the nearest is --epochs"],
  ["--lr 1e-3", "--lr is not"],
  ["mnist", '"mnist" is one too many'],
];

for (const [line, message] of refused) {
  Deno.test(`trainRequest: refuses ${line}`, () => {
    const error = assertThrows(() => request(line), UsageError);
    assertStringIncludes(error.message, message);
    assertEquals(error.message.split("\n").length, 1);
  });
}

Deno.test("trainNotes: an ordinary run needs none", () => {
  assertEquals(trainNotes(options("")), []);
  assertEquals(trainNotes(options("--likelihood gaussian")), []);
});

const noted: [string, string][] = [
  ["--binarize none", "not a density"],
  ["--likelihood continuous-bernoulli --binarize none", "has no upper bound"],
  ["--likelihood gaussian --variance optimal", "best variance for each batch"],
  ["--beta 0.5", "minus the objective is no bound on ln p(x)"],
  ["--beta 4", "a lower bound on ln p(x), but a looser one"],
  ["--warm-up 3", "no bound on ln p(x) while beta is below 1"],
  ["--warm-up 8 --cycles 4", "for 8 epochs beta rises from 0 4 times"],
  ["--free-bits 0.1", "a looser bound than the ELBO"],
  ["--samples 5", "the bound of 5 samples"],
  ["--model autoencoder", "an autoencoder has no ELBO"],
];

for (const [line, note] of noted) {
  Deno.test(`trainNotes: one line on ${line}`, () => {
    const notes = trainNotes(options(line));
    assertEquals(notes.length, 1);
    assertStringIncludes(notes[0], note);
  });
}
