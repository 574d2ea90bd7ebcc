import { type Weight, type Weights, weightShapes } from "../networks/mod.ts";
import { type Head, PANEL } from "./layers.ts";
import { FLOAT_BYTES, type Layout, type Parameter, type Rows } from "./layout.ts";

/** Which number of each parameter: itself, or one of Adam's running means. */
export type Part = keyof Parameter;

/** Where a named weight lies: some columns of a matrix in panels; a vector is one row. */
interface Place {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of the first number of the matrix. */
  readonly first: number;
  /** Of the matrix. */
  readonly rows: number;
  /** The first that belongs to the weight. */
  readonly column: number;
}

/**
 * Copies a part of every parameter out of the memory, in the order of the network; into
 * the arrays of `room` if there is some.
 */
export function readParameters(
  floats: Float32Array,
  { layout, part, room }: { layout: Layout; part: Part; room?: Weights },
): Weights {
  const weights = new Map<string, Weight>();
  for (const place of placesOf(layout, part)) {
    const { name, shape } = place;
    const values = room?.get(name)?.values ??
      new Float32Array(shape.reduce((size, length) => size * length));
    eachRun(place, ({ inMemory, inWeight, length }) => {
      for (let i = 0; i < length; i++) values[inWeight + i] = floats[inMemory + i];
    });
    weights.set(name, { shape, values });
  }
  return weights;
}

/** Copies a part of every parameter into the memory. */
export function writeParameters(
  floats: Float32Array,
  { layout, part, weights }: { layout: Layout; part: Part; weights: Weights },
): void {
  for (const place of placesOf(layout, part)) {
    const { values } = weights.get(place.name)!;
    eachRun(place, ({ inMemory, inWeight, length }) => {
      for (let i = 0; i < length; i++) floats[inMemory + i] = values[inWeight + i];
    });
  }
}

/** Numbers that lie side by side in the memory and in the weight. */
interface Run {
  readonly inMemory: number;
  readonly inWeight: number;
  readonly length: number;
}

function eachRun(
  { shape, first, rows, column }: Place,
  copy: (run: Run) => void,
): void {
  const [height, width] = shape.length === 2 ? shape : [1, shape[0]];
  for (let row = 0; row < height; row++) {
    for (let done = 0; done < width;) {
      const at = column + done;
      const length = Math.min(PANEL - at % PANEL, width - done);
      const panel = Math.floor(at / PANEL);
      const inMemory = first + (panel * rows + row) * PANEL + at % PANEL;
      copy({ inMemory, inWeight: row * width + done, length });
      done += length;
    }
  }
}

function placesOf({ spec, layers, sharedLogVar }: Layout, part: Part): Place[] {
  const places = new Map<string, Omit<Place, "name" | "shape">>();
  for (const { layer, rows, weight, bias } of layers) {
    for (const { name, column } of layer.heads) {
      const at = (parameter: Parameter) => parameter[part] / FLOAT_BYTES;
      places.set(`${name}.weight`, { first: at(weight), rows, column });
      places.set(`${name}.bias`, { first: at(bias), rows: 1, column });
    }
  }
  if (sharedLogVar) {
    const first = sharedLogVar[part] / FLOAT_BYTES;
    places.set("decoder.logVar", { first, rows: 1, column: 0 });
  }
  return [...weightShapes(spec)].map(([name, shape]) => ({
    ...{ name, shape, ...places.get(name)! },
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
