import { assert, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { chooseBackend } from "elbo/backend";
import {
  bernoulli,
  continuousBernoulli,
  logisticMixture,
  normal,
  pixelMixture,
} from "elbo/distributions";
import { sigmoid } from "elbo/math";
import { type NetworkSpec, SCALE_FLOOR, VARIANCE_FLOOR } from "elbo/networks";
import { logLikelihood, logLikelihoodGradient } from "../../lib/models/likelihood.ts";
import { float32Tolerance } from "../helpers/tolerance.ts";
import { testOnBackends } from "./backends.ts";

const base = {
  model: "vae",
  dataDim: 1,
  hidden: [],
  latentDim: 1,
  activation: "relu",
  beta: 1,
} as const;
const bernoulliSpec: NetworkSpec = { ...base, likelihood: { kind: "bernoulli" } };
const gaussianSpec: NetworkSpec = {
  ...base,
  likelihood: { kind: "gaussian", variance: "pixel" },
};

// exp overflows in float32 from 88.73 on.
const LOGITS = [-1e30, -1000, -88.8, -20, -1, -1e-3, 0, 1e-3, 1, 20, 88.8, 1000, 1e30];

testOnBackends(
  "logLikelihood: extreme logits stay finite and right",
  async (backend) => {
    await chooseBackend(backend);
    for (const pixel of [0, 0.25, 1]) {
      const found = onColumn(
        LOGITS,
        pixel,
        (output, x) => logLikelihood(bernoulliSpec, { activations: [], output }, x),
      );
      LOGITS.forEach((logit, i) => {
        const exact = bernoulli({ logits: [logit] }).logProb([pixel]);
        assertNear(found[i], exact, 1 + Math.abs(logit));
      });
    }
  },
);

testOnBackends("logLikelihood: the naive softplus would overflow", async (backend) => {
  await chooseBackend(backend);
  const naive = onColumn(
    LOGITS,
    1,
    (output, x) =>
      tf.sum(tf.sub(tf.mul(x, output), tf.log(tf.add(tf.exp(output), 1))), 1),
  );
  assert(naive.some((value) => !Number.isFinite(value)));
});

testOnBackends("logLikelihoodGradient: sigmoid - x at all logits", async (backend) => {
  await chooseBackend(backend);
  const found = onColumn(
    LOGITS,
    0.25,
    (output, x) =>
      logLikelihoodGradient(bernoulliSpec, { activations: [], output }, x).output,
  );
  const share = 1 / LOGITS.length;
  LOGITS.forEach((logit, i) =>
    assertNear(found[i], (sigmoid(logit) - 0.25) * share, share)
  );
});

testOnBackends("logLikelihood: the variance has a floor", async (backend) => {
  await chooseBackend(backend);
  const logVars = [-1e4, -100, -7, 0, 7];
  const found = onColumn(logVars, 0.5, (logVar, x) => {
    const output = tf.zerosLike(x);
    return logLikelihood(gaussianSpec, { activations: [], output, logVar }, x);
  });
  logVars.forEach((logVar, i) => {
    const scale = Math.sqrt(VARIANCE_FLOOR + Math.exp(logVar));
    const exact = normal({ mean: [0], scale: [scale] }).logProb([0.5]);
    assertNear(found[i], exact, 1 + Math.abs(exact));
  });
  const gradient = onColumn(logVars, 0.5, (logVar, x) => {
    const output = tf.zerosLike(x);
    const decoded = { activations: [], output, logVar };
    return logLikelihoodGradient(gaussianSpec, decoded, x).logVar!;
  });
  assertEquals(gradient[0], -0); // at the floor nothing pulls any more
  assertLess(gradient[2], 0); // too small a variance wants to grow
  assertLess(0, gradient[4]);
});

// Runs `f` with each value as the only output of one row, on data that is all `pixel`.
function onColumn(
  values: number[],
  pixel: number,
  f: (output: tf.Tensor2D, x: tf.Tensor2D) => tf.Tensor,
): Float32Array {
  const shape: [number, number] = [values.length, 1];
  const result = tf.tidy(() => f(tf.tensor2d(values, shape), tf.fill(shape, pixel)));
  const read = Float32Array.from(result.dataSync());
  result.dispose();
  return read;
}

function assertNear(found: number, exact: number, magnitude: number): void {
  assertLessOrEqual(Math.abs(found - exact), float32Tolerance(1, magnitude));
}

testOnBackends(
  "logLikelihood: a mixture far from the data keeps its tails",
  async (backend) => {
    await chooseBackend(backend);
    const means = [-30, -1, 0, 0.5, 1, 2, 30];
    const cases = [
      [{ kind: "gaussian-mixture", components: 1 }, "logVar", pixelMixture],
      [{ kind: "logistic-mixture", components: 1 }, "logScale", logisticMixture],
    ] as const;
    for (const [likelihood, width, distribution] of cases) {
      const spec: NetworkSpec = { ...base, likelihood };
      const floored = (l: number) =>
        width === "logVar"
          ? Math.sqrt(VARIANCE_FLOOR + Math.exp(l))
          : SCALE_FLOOR + Math.exp(l);
      for (const logWidth of [-100, -3, 0, 5]) {
        for (const pixel of [0, Math.fround(0.4), 1]) {
          const decoded = (output: tf.Tensor2D) => ({
            activations: [],
            output,
            [width]: tf.fill(output.shape, logWidth) as tf.Tensor2D,
            logits: tf.zerosLike(output),
          });
          const found = onColumn(
            means,
            pixel,
            (output, x) => logLikelihood(spec, decoded(output), x),
          );
          const slopes = onColumn(
            means,
            pixel,
            (output, x) => logLikelihoodGradient(spec, decoded(output), x).output,
          );
          means.forEach((mean, i) => {
            const scale = floored(logWidth);
            const exact = distribution({
              logits: [[0]],
              mean: [[mean]],
              scale: [[scale]],
            })
              .logProb([pixel]);
            // A float32 rounding of x - mean, taken up by the scale.
            const steepness = (1 + Math.abs(mean)) / scale;
            const magnitude = 1 + Math.abs(exact) +
              steepness * (1 + Math.abs(exact) / 1e2);
            assertNear(found[i], exact, magnitude);
            assert(Number.isFinite(slopes[i]));
          });
        }
      }
    }
  },
);

testOnBackends(
  "logLikelihood: a continuous Bernoulli near 1/2 and far off",
  async (backend) => {
    await chooseBackend(backend);
    const spec: NetworkSpec = { ...base, likelihood: { kind: "continuous-bernoulli" } };
    const size = [0, 1e-9, 1e-4, 0.5, 0.999, 1.001, 20, 88.8, 1000];
    const logits = [...size, ...size.map((l) => -l)].map(Math.fround);
    for (const pixel of [0, 0.25, 1]) {
      const decoded = (output: tf.Tensor2D) => ({ activations: [], output });
      const found = onColumn(
        logits,
        pixel,
        (output, x) => logLikelihood(spec, decoded(output), x),
      );
      const slopes = onColumn(
        logits,
        pixel,
        (output, x) => logLikelihoodGradient(spec, decoded(output), x).output,
      );
      logits.forEach((logit, i) => {
        const exact = continuousBernoulli({ logits: [logit] });
        assertNear(found[i], exact.logProb([pixel]), 1 + Math.abs(logit));
        assertNear(
          slopes[i],
          (exact.mean[0] - pixel) / logits.length,
          1 / logits.length,
        );
      });
    }
  },
);
