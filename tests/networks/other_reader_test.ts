import { assertAlmostEquals, assertEquals } from "@std/assert";
import { loadMnist } from "../../lib/datasets/mnist.ts";
import { createStep } from "elbo/models";
import { elboAndGradient, parseNetworkSpec, weightsFromTensors } from "elbo/networks";
import { readSafetensors, sha256 } from "elbo/files";
import { granted, ROOT } from "../helpers/permissions.ts";
import numpy from "./fixtures/numpy_elbo.json" with { type: "json" };

const ignore = !granted("read");
const path = "data/mnist_vae_2d.safetensors";
const count = numpy.eps.length;

async function readModel() {
  const bytes = await Deno.readFile(new URL(path, ROOT));
  const { tensors, metadata } = readSafetensors(bytes, path);
  const weights = weightsFromTensors(tensors, { source: path });
  return { bytes, spec: parseNetworkSpec(metadata.spec), weights };
}

async function thresholdedImages(): Promise<number[][]> {
  const { test } = await loadMnist();
  const bytes = test.images.subarray(0, count * test.dataDim);
  const pixels = Array.from(bytes, (byte) => byte >= 128 ? 1 : 0);
  return Array.from(
    { length: count },
    (_, i) => pixels.slice(i * test.dataDim, (i + 1) * test.dataDim),
  );
}

Deno.test({
  name: "another reader: NumPy finds the same ELBO in float64 (needs read)",
  ignore,
  fn: async () => {
    const { bytes, spec, weights } = await readModel();
    assertEquals(
      await sha256(bytes),
      numpy.model,
      "the fixture is of another model: run numpy_elbo.py again",
    );
    for (const [i, image] of (await thresholdedImages()).entries()) {
      const ours = elboAndGradient(spec, weights, {
        images: [image],
        eps: [numpy.eps[i]],
      });
      // Sums of 784 terms of at most about 10 nats, a rounding error each.
      const tolerance = 784 * 10 * 2 ** -52;
      const wanted = numpy.expectedLogLikelihood[i];
      assertAlmostEquals(ours.expectedLogLikelihood, wanted, tolerance);
      assertAlmostEquals(ours.kl, numpy.kl[i], tolerance);
    }
  },
});

Deno.test({
  name: "another reader: NumPy finds the float32 network's numbers (needs read)",
  ignore,
  fn: async () => {
    const { spec, weights } = await readModel();
    const step = await createStep(spec, { seed: 0, learningRate: 1, weights });
    const images = Float32Array.from((await thresholdedImages()).flat());
    const { mean, logVar } = await step.encode(images, count);
    const z = mean.map((m, i) => m + Math.exp(logVar![i] / 2) * numpy.eps.flat()[i]);
    const { logits } = await step.decode(z, count);
    step.dispose();
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let j = i * 784; j < (i + 1) * 784; j++) {
        const l = logits![j];
        sum += images[j] * l - Math.max(l, 0) - Math.log1p(Math.exp(-Math.abs(l)));
      }
      // Logits of float32, off by a few 1e-6 each, with either sign.
      assertAlmostEquals(sum, numpy.expectedLogLikelihood[i], 784 * 1e-6);
    }
  },
});
