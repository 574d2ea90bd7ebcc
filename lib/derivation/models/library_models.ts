import {
  bernoulli,
  categorical,
  type ExactModel,
  normal,
} from "../../distributions/mod.ts";
import {
  discreteLatent,
  linearGaussian,
  nonlinearGaussian,
  trainedNetwork,
} from "../../exact/mod.ts";
import type { Matrix, Vector } from "../../math/mod.ts";
import type { Weight } from "../../networks/mod.ts";
import type { Choice, LatentLibrary } from "./faces.ts";
import { libraryFace } from "./library.ts";
import { coins, curve, type LinearParameters, smallNetwork } from "./parameters.ts";

function countsOf(
  { xs, qs, probes }: {
    xs: readonly unknown[];
    qs: readonly unknown[];
    probes: readonly Vector[];
  },
) {
  return { numObservations: xs.length, numApprox: qs.length, probes };
}

/** One model for each decoder: its posteriors are then worked out once. */
function keptModels<Model>(make: (choice: Choice) => Model): (choice: Choice) => Model {
  const kept = new Map<string, Model>();
  return (choice) => {
    const key = `${choice.gain}/${choice.noise}`;
    let model = kept.get(key);
    if (!model) kept.set(key, model = make(choice));
    return model;
  };
}

/** The q of a choice; the first stands in where the posterior takes its place. */
export function chosen<Q>(qs: readonly Q[], { q }: Choice): Q {
  return qs[q === "posterior" ? 0 : q];
}

/** A model whose z and x are vectors, with normal qs. */
function normalFace(
  modelOf: (choice: Choice) => ExactModel<Vector, Vector>,
  parameters: Pick<LinearParameters, "xs" | "qs" | "probes">,
): LatentLibrary {
  const same = (z: Vector) => z;
  return libraryFace((choice) => ({
    model: modelOf(choice),
    x: parameters.xs[choice.x],
    q: normal(chosen(parameters.qs, choice)),
    toLatent: same,
    fromLatent: same,
  }), countsOf(parameters));
}

export function linearLibrary(parameters: LinearParameters): LatentLibrary {
  const { weight, bias, scale } = parameters;
  const modelOf = keptModels(({ gain, noise }) =>
    linearGaussian({ weight: times(weight, gain), bias, scale: noise ?? scale })
  );
  return normalFace(modelOf, parameters);
}

export function coinsLibrary(): LatentLibrary {
  const { priorLogits, pixelLogits, xs, qLogits, probes } = coins;
  return libraryFace((choice) => ({
    model: discreteLatent({
      prior: categorical({ logits: priorLogits }),
      components: times(pixelLogits, choice.gain).map((logits) =>
        bernoulli({ logits })
      ),
    }),
    x: xs[choice.x],
    q: categorical({ logits: chosen(qLogits, choice) }),
    toLatent: ([k]) => k,
    fromLatent: (k) => [k],
  }), countsOf({ xs, qs: qLogits, probes }));
}

export function curveLibrary(): LatentLibrary {
  const { height, scale } = curve;
  const modelOf = keptModels(({ gain, noise }) =>
    nonlinearGaussian({ curve: (z) => gain * height(z), scale: noise ?? scale })
  );
  return normalFace(modelOf, curve);
}

export function smallNetworkLibrary(): LatentLibrary {
  const { hiddenWeight, hiddenBias, outputWeight, outputBias } = smallNetwork;
  const latentDim = hiddenWeight.length;
  const hidden = hiddenBias.length;
  const dataDim = outputBias.length;
  // The encoder is not used: each q is given.
  const unused = (rows: number, columns: number) =>
    Array.from({ length: rows }, () => Array(columns).fill(0));
  const modelOf = keptModels(({ gain }) =>
    trainedNetwork(
      {
        model: "vae",
        dataDim,
        hidden: [hidden],
        latentDim,
        activation: "tanh",
        likelihood: { kind: "bernoulli" },
        beta: 1,
      },
      new Map<string, Weight>([
        ["encoder.0.weight", matrix(unused(dataDim, hidden))],
        ["encoder.0.bias", vector(Array(hidden).fill(0))],
        ["encoder.mean.weight", matrix(unused(hidden, latentDim))],
        ["encoder.mean.bias", vector([0])],
        ["encoder.logVar.weight", matrix(unused(hidden, latentDim))],
        ["encoder.logVar.bias", vector([0])],
        ["decoder.0.weight", matrix(hiddenWeight)],
        ["decoder.0.bias", vector(hiddenBias)],
        ["decoder.output.weight", matrix(times(outputWeight, gain))],
        ["decoder.output.bias", vector(outputBias)],
      ]),
      { tolerance: 1e-10 },
    )
  );
  return normalFace(modelOf, smallNetwork);
}

function times(matrix: Matrix, factor: number): Matrix {
  return matrix.map((row) => row.map((value) => value * factor));
}

function matrix(rows: Matrix): Weight {
  return {
    shape: [rows.length, rows[0].length],
    values: Float64Array.from(rows.flat()),
  };
}

function vector(values: Vector): Weight {
  return { shape: [values.length], values: Float64Array.from(values) };
}
