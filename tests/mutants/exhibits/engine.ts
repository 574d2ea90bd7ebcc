import type { Mutant } from "../mutant.ts";

const rowPass = "lib/engine/row_pass.ts";
const kSamplePass = "lib/engine/k_sample_pass.ts";
const fiveSamples = { engine: "simd", network: { samples: 5 } } as const;
const sparse = "lib/engine/kernels/sparse.ts";
const step = "lib/engine/step.ts";

/** Wrong work of the hand-written engine and of its vector instructions. */
export const engineMutants: readonly Mutant[] = [
  {
    id: "barrier-that-counts-one-too-few",
    mistake: "A barrier opens before the last thread is there.",
    file: "lib/engine/control.ts",
    from: "=== this.#ranks - 1) {",
    to: "=== this.#ranks - 2) {",
    trains: { engine: "simd" },
  },
  {
    id: "rest-of-the-rows-for-nobody",
    mistake: "Rows that do not fill a unit fall to no thread.",
    file: "lib/engine/parts.ts",
    from: "Math.ceil(size / unit)",
    to: "Math.floor(size / unit)",
    trains: { engine: "simd" },
  },
  {
    id: "same-noise-on-each-thread",
    mistake: "Every thread draws the noise of the first rows of the batch.",
    file: rowPass,
    from: "firstRow: command.firstRow + rows.from,",
    to: "firstRow: command.firstRow,",
    trains: { engine: "simd" },
  },
  {
    id: "kl-share-of-one-image",
    mistake: "The engine's KL gradient is summed over the batch, the rest averaged.",
    file: rowPass,
    from: "shares.fill(beta / rows);",
    to: "shares.fill(beta * (rows / rows));",
    trains: { engine: "simd" },
  },
  {
    id: "free-bits-that-the-engine-presses",
    mistake: "The engine presses the dimensions that were promised their free bits.",
    file: rowPass,
    from: "shares[i] = mean > spec.freeBits! ? beta / rows : 0",
    to: "shares[i] = mean > spec.freeBits! ? beta / rows : beta / rows",
    trains: { engine: "simd", network: { freeBits: 0.3 } },
  },
  {
    id: "transposed-copy-gone-stale",
    mistake:
      "The backward pass goes through the first weights: the loss falls all the same, " +
      "as by feedback alignment.",
    file: "lib/engine/weight_pass.ts",
    from: "          machine.transpose(places, { panel, rows });\n",
    to: "",
    trains: { engine: "simd" },
  },
  {
    id: "slope-of-the-noise-without-the-scale",
    mistake: "The engine's gradient by logVar forgets scale = exp(logVar / 2).",
    file: "lib/engine/kernels/latent.ts",
    from: "f32x4.mul(f32x4.mul(dz.get, v128.load(at(eps))), s.get);",
    to: "f32x4.mul(dz.get, v128.load(at(eps)));",
    trains: { engine: "simd" },
  },
  {
    id: "column-that-sparse-products-drop",
    mistake:
      "Where zeros are left out, the first column of each thread learns nothing: on " +
      "MNIST those pixels are always empty.",
    file: sparse,
    from: "i32.ge_u(column.get, from.get),",
    to: "i32.gt_u(column.get, from.get),",
    trains: { engine: "simd" },
  },
  {
    id: "bias-that-sparse-products-forget",
    mistake: "Where zeros are left out the first layer has no bias.",
    file: sparse,
    from: "              hasStart\n",
    to: "              hasStart && false\n",
    trains: { engine: "simd" },
  },
  {
    id: "threads-that-nobody-lets-go",
    mistake: "A step that is disposed leaves its threads asleep: no process ends.",
    file: "lib/engine/team.ts",
    from: "if (this.#workers.length > 0) this.#control.quit();",
    to: "",
  },
  {
    id: "step-forgotten-by-restore",
    mistake: "A resumed engine corrects Adam's moments as if they were new.",
    file: step,
    from: "    this.#step = state.step;\n",
    to: "",
    trains: { engine: "simd", resumed: true },
  },
  {
    id: "samples-on-the-noise-of-others",
    mistake: "Later samples of an image take the noise of the chunk, not of the batch.",
    file: "lib/engine/forward_passes.ts",
    from: "firstRow: sample * batchSize + first,",
    to: "firstRow: sample * rows + first,",
  },
  {
    id: "k-draws-with-one-noise",
    mistake: "The engine's K draws of an image are the same draw.",
    file: kSamplePass,
    from: "firstRow: command.firstRow + k * rowsPerSample + images.from,",
    to: "firstRow: command.firstRow + images.from,",
    trains: fiveSamples,
  },
  {
    id: "k-draws-that-count-alike",
    mistake:
      "The engine climbs a mean of K ELBOs by one draw each, and prints the K-sample " +
      "bound.",
    file: kSamplePass,
    from: "to[k] = Math.exp(fits[k] + ratios[k] - most) / total;",
    to: "to[k] = 1 / samples;",
    trains: fiveSamples,
  },
  {
    id: "bound-without-its-one-over-k",
    mistake: "The engine's K-sample bound is ln sum w, ln K too high.",
    file: kSamplePass,
    from: "Math.log(total / samples);",
    to: "Math.log(total);",
    trains: fiveSamples,
  },
  {
    id: "second-share-forgotten-by-the-engine",
    mistake: "The engine's doubly reparameterised gradient is weighed once.",
    file: "lib/engine/kernels/latent.ts",
    from: "slope.set(f32x4.mul(f32x4.sub(slope.get, ofQ), counts.get))",
    to: "slope.set(f32x4.sub(slope.get, ofQ))",
    trains: {
      engine: "simd",
      network: { samples: 5, encoderGradient: "doubly-reparameterized" },
    },
  },
  {
    id: "slope-beside-the-heads",
    mistake:
      "The constant slope of ln q also moves the columns that fill a vector: the KL " +
      "counts dimensions that nobody asked for.",
    file: kSamplePass,
    from: "rows.fill(0, row + column + spec.latentDim, row + ends[i])",
    to: "rows.fill(0, row + column + spec.latentDim, row + column + spec.latentDim)",
    trains: { engine: "simd", network: { samples: 5, latentDim: 6 } },
  },
  {
    id: "adam-shares-swapped",
    mistake: "Adam's kernel takes the shares of its two moments for one another.",
    file: "lib/simd/adam.ts",
    from: "const [shareM, shareV, rate, epsilon] = vectors;",
    to: "const [shareV, shareM, rate, epsilon] = vectors;",
    trains: { engine: "simd" },
  },
  {
    id: "epsilon-inside-the-root",
    mistake: "Adam's epsilon stands under the root.",
    file: "lib/simd/adam.ts",
    from: "add(sqrt(square.get), epsilon.get)",
    to: "sqrt(add(square.get, epsilon.get))",
    trains: { engine: "simd" },
  },
  {
    id: "exponential-that-stops-growing",
    mistake: "e^x of the vector kernels stays as it is at 80.",
    file: "lib/simd/vector_math.ts",
    from: "pmin(x, number(89))",
    to: "pmin(x, number(80))",
    trains: { engine: "simd" },
  },
  {
    id: "softplus-of-kernels-that-overflows",
    mistake: "ln(exp(l) + 1) in float32, infinite from l = 88.7 on.",
    file: "lib/simd/vector_math.ts",
    from: `      pmax(value.get, number(0)),
      log1p(exp(f32x4.neg(abs(value.get)), newLocal), newLocal),`,
    to: `      number(0),
      log1p(exp(value.get, newLocal), newLocal),`,
    trains: { engine: "simd" },
  },
];
