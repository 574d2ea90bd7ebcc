import { type Weight, type Weights, weightShapes } from "../networks/mod.ts";
import { type Head, PANEL } from "./layers.ts";
import { FLOAT_BYTES, type Layout, type Parameter, type Rows } from "./layout.ts";

/** Which number of each parameter: itself, or one of Adam's running means. */
export type Part = keyof Parameter;

/** A named weight's numbers in the memory: the index of each, row by row. */
interface Place {
  readonly name: string;
  readonly shape: readonly number[];
  readonly indexOf: (row: number, column: number) => number;
}

/** Copies a part of every parameter out of the memory, in the order of the network. */
export function readParameters(
  floats: Float32Array,
  { layout, part }: { layout: Layout; part: Part },
): Weights {
  const weights = new Map<string, Weight>();
  for (const { name, shape, indexOf } of placesOf(layout, part)) {
    const [rows, columns] = asMatrix(shape);
    const values = new Float32Array(rows * columns);
    for (let row = 0, i = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        values[i++] = floats[indexOf(row, column)];
      }
    }
    weights.set(name, { shape, values });
  }
  return weights;
}

/** Copies a part of every parameter into the memory. */
export function writeParameters(
  floats: Float32Array,
  { layout, part, weights }: { layout: Layout; part: Part; weights: Weights },
): void {
  for (const { name, shape, indexOf } of placesOf(layout, part)) {
    const [rows, columns] = asMatrix(shape);
    const { values } = weights.get(name)!;
    for (let row = 0, i = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        floats[indexOf(row, column)] = values[i++];
      }
    }
  }
}

function asMatrix(shape: readonly number[]): readonly [number, number] {
  return shape.length === 2 ? [shape[0], shape[1]] : [1, shape[0]];
}

function placesOf({ spec, layers, sharedLogVar }: Layout, part: Part): Place[] {
  const indexes = new Map<string, Place["indexOf"]>();
  for (const { layer, rows, weight, bias } of layers) {
    const [firstOfWeight, firstOfBias] = [weight, bias]
      .map((parameter) => parameter[part] / FLOAT_BYTES);
    for (const { name, column: first } of layer.heads) {
      indexes.set(`${name}.weight`, (row, column) => {
        const at = first + column;
        const panel = Math.floor(at / PANEL);
        return firstOfWeight + (panel * rows + row) * PANEL + at % PANEL;
      });
      indexes.set(`${name}.bias`, (_, column) => firstOfBias + first + column);
    }
  }
  if (sharedLogVar) {
    indexes.set("decoder.logVar", () => sharedLogVar[part] / FLOAT_BYTES);
  }
  return [...weightShapes(spec)].map(([name, shape]) => ({
    ...{ name, shape, indexOf: indexes.get(name)! },
  }));
}

/** The memory, as a step sees it. */
interface Floats {
  readonly floats: Float32Array;
}

/** Copies rows into a matrix of the memory from its first row on. */
export function writeRows(
  { floats }: Floats,
  { to: { address, stride }, values, columns }: {
    to: Rows;
    values: Float32Array;
    columns: number;
  },
): void {
  const first = address / FLOAT_BYTES;
  if (columns === stride) return floats.set(values, first);
  for (let row = 0; row * columns < values.length; row++) {
    const from = row * columns;
    floats.set(values.subarray(from, from + columns), first + row * stride);
  }
}

/** Copies the columns of a head out, `to` row `first` and those after it. */
export function readHead(
  { floats }: Floats,
  { from: { address, stride }, head: { column, outputs }, to, first, rows }: {
    from: Rows;
    head: Head;
    to: Float32Array;
    first: number;
    rows: number;
  },
): void {
  for (let row = 0; row < rows; row++) {
    const at = address / FLOAT_BYTES + row * stride + column;
    to.set(floats.subarray(at, at + outputs), (first + row) * outputs);
  }
}
