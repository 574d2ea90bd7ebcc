import type { Vector } from "../../math/mod.ts";
import {
  logDiagonalDensity,
  logPixelMass,
  logShare,
  probabilityOf,
} from "./densities.ts";
import type { Choice, LatentWitness } from "./faces.ts";
import {
  coins,
  curve,
  type LinearParameters,
  type NormalParameters,
  smallNetwork,
} from "./parameters.ts";
import { witnessFace } from "./witness.ts";

const zeros = (z: Vector) => z.map(() => 0);
const ones = (z: Vector) => z.map(() => 1);
const logStandard = (z: Vector) => logDiagonalDensity(z, zeros(z), ones(z));

function logOf(qs: readonly NormalParameters[], { q }: Choice) {
  const { mean, scale } = qs[q === "posterior" ? 0 : q];
  return (z: Vector) => logDiagonalDensity(z, mean, scale);
}

export function linearWitness(parameters: LinearParameters): LatentWitness {
  const { weight, bias, xs, qs, probes } = parameters;
  const dim = weight[0].length as 1 | 2;
  return witnessFace((choice) => {
    const x = xs[choice.x];
    const scale = choice.noise ?? parameters.scale;
    const meanAt = (z: Vector) =>
      bias.map((b, i) => {
        let value = b;
        for (let j = 0; j < z.length; j++) value += choice.gain * weight[i][j] * z[j];
        return value;
      });
    return {
      x,
      domain: { kind: "box", dim, halfWidth: 8 },
      logPrior: logStandard,
      logLikelihood: (z) => logDiagonalDensity(x, meanAt(z), bias.map(() => scale)),
      logApprox: logOf(qs, choice),
      decode: (z) => ({ mean: meanAt(z), scale }),
    };
  }, { numObservations: xs.length, numApprox: qs.length, probes });
}

export function coinsWitness(): LatentWitness {
  const { priorLogits, pixelLogits, xs, qLogits, probes } = coins;
  return witnessFace((choice) => {
    const x = xs[choice.x];
    const pixelProbs = ([k]: Vector) =>
      pixelLogits[k].map((logit) => probabilityOf(choice.gain * logit));
    const logits = qLogits[choice.q === "posterior" ? 0 : choice.q];
    return {
      x,
      domain: { kind: "indices", count: priorLogits.length },
      logPrior: ([k]) => logShare(priorLogits, k),
      logLikelihood: (z) => logPixelMass(x, pixelProbs(z)),
      logApprox: ([k]) => logShare(logits, k),
      pixelProbs,
    };
  }, { numObservations: xs.length, numApprox: qLogits.length, probes });
}

export function curveWitness(): LatentWitness {
  const { height, xs, qs, probes } = curve;
  return witnessFace((choice) => {
    const x = xs[choice.x];
    const scale = choice.noise ?? curve.scale;
    const meanAt = ([z]: Vector) => [choice.gain * height(z)];
    return {
      x,
      domain: { kind: "box", dim: 1, halfWidth: 8 },
      logPrior: logStandard,
      logLikelihood: (z) => logDiagonalDensity(x, meanAt(z), [scale]),
      logApprox: logOf(qs, choice),
      decode: (z) => ({ mean: meanAt(z), scale }),
    };
  }, { numObservations: xs.length, numApprox: qs.length, probes });
}

export function smallNetworkWitness(): LatentWitness {
  const { hiddenWeight, hiddenBias, outputWeight, outputBias, xs, qs, probes } =
    smallNetwork;
  return witnessFace((choice) => {
    const x = xs[choice.x];
    const pixelProbs = ([z]: Vector) => {
      const units = hiddenBias.map((b, j) => Math.tanh(b + z * hiddenWeight[0][j]));
      return outputBias.map((b, i) =>
        probabilityOf(
          units.reduce(
            (logit, unit, j) => logit + choice.gain * unit * outputWeight[j][i],
            b,
          ),
        )
      );
    };
    return {
      x,
      domain: { kind: "box", dim: 1, halfWidth: 8 },
      logPrior: logStandard,
      logLikelihood: (z) => logPixelMass(x, pixelProbs(z)),
      logApprox: logOf(qs, choice),
      pixelProbs,
    };
  }, { numObservations: xs.length, numApprox: qs.length, probes });
}
