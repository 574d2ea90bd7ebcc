import { fillUniforms, STREAMS, type Vector } from "../math/mod.ts";
import { type NetworkSpec, weightShapes } from "./spec.ts";

/** One weight: row-major values and their shape. */
export interface Weight {
  /** `[inputs, outputs]` of a matrix, `[length]` of a vector. */
  readonly shape: readonly number[];
  /** Row-major, as many as the shape says. */
  readonly values: Float32Array | Float64Array;
}

/** The weights of a network by name; `weightShapes` lists the names. */
export type Weights = ReadonlyMap<string, Weight>;

/**
 * Draws the weights that training starts from: Glorot uniform matrices, zero
 * biases.
 *
 * `W_ij ~ U(-a, a)` with `a = sqrt(6 / (inputs + outputs))` (Glorot and Bengio 2010,
 * equation 16). The draw of an element is addressed by (seed, STREAMS.weights,
 * index of its tensor, row, column), so it depends on nothing else.
 *
 * The means of a mixture's components start spread over [0, 1], at (k + 1/2) /
 * components: equal ones would learn alike for long.
 *
 * Values are rounded to float32: the float64 network and the trained one start
 * from the same numbers.
 *
 * @param spec The network.
 * @param options.seed An integer from 0 to 2^32 - 1.
 * @param options.outputBias The bias of decoder.output, `[dataDim]`, for a mixture
 * `[components * dataDim]`; for a Bernoulli
 * the logit of the mean image is a good one.
 * @returns Weights in the order of `weightShapes`.
 * @throws {RangeError} If the specification or the length of outputBias is wrong.
 *
 * @example Within Glorot's bound
 * ```ts
 * import { initialWeights } from "elbo/networks";
 * import { assert } from "@std/assert";
 *
 * const weights = initialWeights({
 *   model: "vae",
 *   dataDim: 4,
 *   hidden: [2],
 *   latentDim: 1,
 *   activation: "tanh",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * }, { seed: 0 });
 * const { values } = weights.get("encoder.0.weight")!;
 * assert(values.every((w) => Math.abs(w) <= 1)); // sqrt(6 / (4 + 2))
 * ```
 */
export function initialWeights(
  spec: NetworkSpec,
  { seed, outputBias }: { seed: number; outputBias?: Vector },
): Weights {
  const weights = new Map<string, Weight>();
  let step = 0;
  for (const [name, shape] of weightShapes(spec)) {
    const values = new Float32Array(shape.reduce((product, size) => product * size));
    if (shape.length === 2) {
      const [rows, columns] = shape;
      const bound = Math.sqrt(6 / (rows + columns));
      const address = { seed, stream: STREAMS.weights, step, rows: 1, columns };
      // Row by row: all draws in float64 would take twice the room of the weights.
      const draws = new Float64Array(columns);
      for (let row = 0; row < rows; row++) {
        fillUniforms(draws, { ...address, firstRow: row });
        for (let i = 0; i < columns; i++) {
          values[row * columns + i] = bound * (2 * draws[i] - 1);
        }
      }
    }
    weights.set(name, { shape, values });
    step++;
  }
  const bias = outputBias ?? spreadMeans(spec);
  if (bias) setOutputBias(weights, bias);
  return weights;
}

function spreadMeans({ likelihood, dataDim }: NetworkSpec): number[] | undefined {
  if (!("components" in likelihood)) return undefined;
  const { components } = likelihood;
  return Array.from(
    { length: components * dataDim },
    (_, i) => (Math.floor(i / dataDim) + 0.5) / components,
  );
}

function setOutputBias(weights: Weights, outputBias: Vector): void {
  const { values } = weights.get("decoder.output.bias")!;
  if (outputBias.length !== values.length) {
    throw new RangeError(
      `Cannot set the output bias as its length must be that of the decoder's output, ${values.length}: ` +
        `${outputBias.length}`,
    );
  }
  values.set(outputBias);
}

/** A tensor as a file holds it, of floats or not. */
export interface FileTensor {
  /** The kind of its numbers, such as "F32". */
  readonly dtype: string;
  /** Its sizes. */
  readonly shape: readonly number[];
  /** Its numbers, row-major. */
  readonly values: ArrayBufferView;
}

/**
 * Takes the tensors of a file for weights.
 *
 * @param tensors By name, such as `readSafetensors` gives them.
 * @param options.source What to call the file in errors.
 * @returns The weights; {@linkcode checkWeights} says whether they fit a network.
 * @throws {SyntaxError} If a tensor holds other numbers than floats.
 *
 * @example One that is not of floats
 * ```ts
 * import { weightsFromTensors } from "elbo/networks";
 * import { assertThrows } from "@std/assert";
 *
 * const bias = { dtype: "I32", shape: [1], values: Int32Array.of(7) };
 * assertThrows(
 *   () => weightsFromTensors(new Map([["bias", bias]]), { source: "a.safetensors" }),
 *   SyntaxError,
 *   "bias must hold F32 or F64: I32",
 * );
 * ```
 */
export function weightsFromTensors(
  tensors: ReadonlyMap<string, FileTensor>,
  { source }: { source: string },
): Weights {
  const weights = new Map<string, Weight>();
  for (const [name, { dtype, shape, values }] of tensors) {
    if (!(values instanceof Float32Array || values instanceof Float64Array)) {
      throw new SyntaxError(
        `Cannot read a network from ${source} as ${name} must hold F32 or F64: ${dtype}`,
      );
    }
    weights.set(name, { shape, values });
  }
  return weights;
}

/**
 * Refuses weights that do not belong to a specification.
 *
 * @param spec The network.
 * @param weights What a file or a caller gave.
 * @throws {RangeError} Naming the tensor, the shape it must have and the one found.
 *
 * @example Weights of another network
 * ```ts
 * import { checkWeights, initialWeights, type NetworkSpec } from "elbo/networks";
 * import { assertThrows } from "@std/assert";
 *
 * const spec: NetworkSpec = {
 *   model: "vae",
 *   dataDim: 4,
 *   hidden: [2],
 *   latentDim: 1,
 *   activation: "tanh",
 *   likelihood: { kind: "bernoulli" },
 *   beta: 1,
 * };
 * const weights = initialWeights(spec, { seed: 0 });
 * checkWeights(spec, weights);
 * assertThrows(
 *   () => checkWeights({ ...spec, hidden: [3] }, weights),
 *   RangeError,
 *   "encoder.0.weight",
 * );
 * ```
 */
export function checkWeights(spec: NetworkSpec, weights: Weights): void {
  const shapes = weightShapes(spec);
  for (const [name, shape] of shapes) {
    const found = weights.get(name);
    const expected = () => `[${shape.join(", ")}]`;
    if (!found) throw misfit(name, expected(), "there is none");
    const hasShape = found.shape.length === shape.length &&
      found.shape.every((length, i) => length === shape[i]);
    if (!hasShape) throw misfit(name, expected(), `[${found.shape.join(", ")}]`);
    const size = shape.reduce((product, length) => product * length);
    if (found.values.length !== size) {
      throw misfit(name, `${expected()} with ${size} values`, `${found.values.length}`);
    }
  }
  for (const name of weights.keys()) {
    if (!shapes.has(name)) {
      throw new RangeError(
        `Cannot use these weights as every tensor must belong to the network: ${name}`,
      );
    }
  }
}

function misfit(name: string, expected: string, found: string): RangeError {
  return new RangeError(
    `Cannot use these weights as ${name} must have the shape ${expected}: ${found}`,
  );
}
