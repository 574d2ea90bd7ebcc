import { hasSharedVariance } from "../networks/decoder_heads.ts";
import type { NetworkSpec } from "../networks/spec.ts";
import { columnsOf, type Layer, layersOf, PANEL, roundUp } from "./layers.ts";

/** A matrix stored by rows in the shared memory. */
export interface Rows {
  /** Of the first number, in bytes. */
  readonly address: number;
  /** Numbers from one row to the next. */
  readonly stride: number;
}

/** Where the numbers of a parameter lie: itself, and what Adam remembers of it. */
export interface Parameter {
  readonly value: number;
  readonly firstMoment: number;
  readonly secondMoment: number;
}

/**
 * Where everything of one layer lies.
 *
 * A weight [inputs, columns] lies in panels of 16 columns, [panels, rows, 16]: as the
 * product reads it, so that it is never packed, and as Adam writes it. `transposed` is
 * a copy of it turned around, [rows / 16, columns, 16], for the product of the backward
 * pass; the first layer of the encoder has none, as nobody needs the gradient by pixels.
 */
export interface LayerPlaces {
  readonly layer: Layer;
  /** Its rows for each image of a batch in training: the samples, in the decoder. */
  readonly draws: number;
  /** Rows that there is room for. */
  readonly room: number;
  /** `inputs` in whole panels. */
  readonly rows: number;
  /** Its columns in whole panels. */
  readonly columns: number;
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly transposed?: number;
  /** What it reads, [room, rows]. */
  readonly input: Rows;
  /** Whether many numbers of its input are zero: pixels, or what relu lets through. */
  readonly isSparse: boolean;
  /** The numbers of its input that are not zero, by row: see `sparse.ts`. */
  readonly nonZeros: Lists;
  /** The same by column, each rank for its own columns. */
  readonly nonZerosByColumn: Lists;
  /** What it computes, [room, columns]. */
  readonly output: Rows;
  /** The gradient of the objective by y before f, [room, columns]. */
  readonly gradient: Rows;
  /** The same in panels, [panels, room, 16], for the gradient by the weight. */
  readonly gradientPanels: number;
}

/** Lists of (offset in bytes, value), one for each row of a matrix. */
export interface Lists {
  /** Of the lengths, one a row. */
  readonly lengths: number;
  /** Of the first list. */
  readonly address: number;
  /** From one list to the next, in bytes. */
  readonly slot: number;
}

/** Bytes of a number, and of an entry of a list. */
export const FLOAT_BYTES = 4;
export const ENTRY_BYTES = 8;

/** Panels that one pass over a list can serve: their eight sums fit into registers. */
export const PANELS_AT_ONCE = 2;

/** The most samples of an image that are weighed in one command. */
export const SAMPLES_AT_ONCE = 32;

/** Where everything lies in the shared memory; all addresses in bytes. */
export interface Layout {
  readonly spec: NetworkSpec;
  /** Rows of the batch that there is room for. */
  readonly batchRows: number;
  readonly ranks: number;
  readonly layers: readonly LayerPlaces[];
  /** ln(variance - floor) of a Gaussian that has one variance for all, as 16 columns. */
  readonly sharedLogVar?: Parameter;
  /** The gradient by it, [draws, 16]: the first column counts. */
  readonly sharedGradient: Rows;
  /** [batch, dataDim]. */
  readonly images: Rows;
  /** [mean | logVar] of each draw; only with samples. */
  readonly drawnHeads: Rows;
  /** Standard normals, [draws, latentDim]. */
  readonly eps: Rows;
  /** exp(logVar / 2) of q(z|x), [draws, latentDim]. */
  readonly scale: Rows;
  /** [draws, latentDim]. */
  readonly z: Rows;
  /** The gradient by z, [draws, latentDim]. */
  readonly zGradient: Rows;
  /** ln p(x|z) of each row; where samples are weighed, of each row of each sample. */
  readonly logLikelihood: number;
  /** ln p(z) - ln q(z|x) of each row of each sample. */
  readonly logRatio: number;
  /** KL(q(z|x) || p(z)) of each row. */
  readonly kl: number;
  /** Its mean over the batch, dimension by dimension; only with free bits. */
  readonly klMeans: number;
  /** What a row's KL counts in the gradient, dimension by dimension. */
  readonly klShares: number;
  /** The K-sample bound of each image. */
  readonly bounds: number;
  /** What each draw counts in it. */
  readonly shares: number;
  /** Room for a gradient in the making, one for each rank. */
  readonly scratch: readonly number[];
  /** All of it. */
  readonly bytes: number;
}

/** Words at the start of the memory by which threads talk: see `control.ts`. */
export const CONTROL_BYTES = 2048;

/** Every region begins at a new line of the cache, so that ranks do not share one. */
const LINE = 64;

/**
 * Decides where everything lies: the parameters first, at the same place whatever the
 * batch, so that a larger batch only needs more memory behind them.
 */
export function layoutOf(
  spec: NetworkSpec,
  { batchRows, ranks }: { batchRows: number; ranks: number },
): Layout {
  let end = CONTROL_BYTES;
  const take = (bytes: number): number => {
    const address = end;
    end = roundUp(end + bytes, LINE);
    return address;
  };
  const floats = (count: number) => take(FLOAT_BYTES * count);
  const parameter = (count: number): Parameter => ({
    value: floats(count),
    firstMoment: floats(count),
    secondMoment: floats(count),
  });
  const layers = layersOf(spec);
  const sizes = layers.map((layer) => ({
    rows: roundUp(layer.inputs, PANEL),
    columns: roundUp(columnsOf(layer), PANEL),
  }));
  const parameters = sizes.map(({ rows, columns }, i) => ({
    weight: parameter(rows * columns),
    bias: parameter(columns),
    transposed: i === 0 ? undefined : floats(rows * columns),
  }));
  const sharedLogVar = hasSharedVariance(spec) ? parameter(PANEL) : undefined;

  const { samples = 1 } = spec;
  const drawnRows = batchRows * samples;
  const matrix = (rows: number, columns: number): Rows => {
    const stride = roundUp(columns, PANEL);
    return { address: floats(rows * stride), stride };
  };
  const latent = () => matrix(drawnRows, spec.latentDim);
  const lists = (rows: number, most: number): Lists => ({
    lengths: floats(rows),
    address: take(rows * most * ENTRY_BYTES),
    slot: most * ENTRY_BYTES,
  });
  const images = matrix(batchRows, spec.dataDim);
  const z = latent();
  let input = images;
  const places = layers.map((layer, i): LayerPlaces => {
    if (layer.part === "decoder" && layers[i - 1].part === "encoder") input = z;
    const { rows, columns } = sizes[i];
    const isSparse = input === images ||
      (input !== z && spec.activation === "relu");
    const draws = layer.part === "decoder" ? samples : 1;
    const room = batchRows * draws;
    const output = matrix(room, columns);
    const place = {
      ...{ layer, draws, room, rows, columns, ...parameters[i] },
      ...{ input, isSparse, output },
      nonZeros: lists(isSparse ? room : 0, rows),
      nonZerosByColumn: lists(isSparse ? rows : 0, room),
      gradient: matrix(room, columns),
      gradientPanels: floats(room * columns),
    };
    input = output;
    return place;
  });
  const heads = places.findLast(({ layer }) => layer.part === "encoder")!;
  const widest = Math.max(...sizes.map(({ rows }) => rows));
  return {
    ...{ spec, batchRows, ranks, layers: places, sharedLogVar, images, z },
    sharedGradient: matrix(drawnRows, 1),
    drawnHeads: matrix(samples > 1 ? drawnRows : 0, heads.columns),
    ...{ eps: latent(), scale: latent(), zGradient: latent() },
    logLikelihood: floats(Math.max(drawnRows, batchRows * SAMPLES_AT_ONCE)),
    logRatio: floats(Math.max(drawnRows, batchRows * SAMPLES_AT_ONCE)),
    kl: floats(drawnRows),
    klMeans: floats(roundUp(spec.latentDim, PANEL)),
    klShares: floats(roundUp(spec.latentDim, PANEL)),
    bounds: floats(batchRows),
    shares: floats(drawnRows),
    scratch: Array.from(
      { length: ranks },
      () => floats(PANELS_AT_ONCE * widest * PANEL),
    ),
    bytes: end,
  };
}
