import {
  type AdamConstants,
  createAdam,
  createGemm,
  type Gemm,
  type Range,
} from "../simd/mod.ts";
import { createKernels, type Kernels } from "./kernels/mod.ts";
import { PANEL } from "./layers.ts";
import {
  ENTRY_BYTES,
  FLOAT_BYTES,
  type LayerPlaces,
  type Layout,
  PANELS_AT_ONCE,
  type Parameter,
  type Rows,
} from "./layout.ts";

/** Bytes of a row of a panel. */
const PANEL_ROW = FLOAT_BYTES * PANEL;

/** How products are computed; every rank must have the same. */
export interface Arithmetic {
  /** The share of non-zero numbers below which a product is by lists. */
  readonly sparseBelow: number;
  /** Whether x y + z may be rounded once: see `createGemm`. */
  readonly relaxed: boolean;
}

/** How the gradient by some rows of a weight is computed. */
export interface WeightGradient {
  /** Panels that may be written in one go. */
  readonly atOnce: number;
  /** Writes some panels to an address. */
  readonly write: (panels: Range, address: number) => void;
}

/**
 * The operations of which a step is made, on some rows of a batch or of a weight: each
 * is one line of the algebra, and knows how the matrices lie.
 */
export class Machine {
  readonly layout: Layout;
  readonly kernels: Kernels;
  readonly #memory: WebAssembly.Memory;
  readonly #arithmetic: Arithmetic;
  readonly #adam: ReturnType<typeof createAdam>;
  readonly #forward: readonly Gemm[];
  readonly #backward: readonly (Gemm | undefined)[];
  readonly #byWeight = new Map<string, Gemm>();
  readonly #floats: Float32Array;
  readonly #words: Int32Array;

  constructor(
    memory: WebAssembly.Memory,
    { layout, arithmetic }: { layout: Layout; arithmetic: Arithmetic },
  ) {
    const { relaxed } = arithmetic;
    this.layout = layout;
    this.#arithmetic = arithmetic;
    this.#memory = memory;
    this.kernels = createKernels(memory, { layout, relaxed });
    this.#adam = createAdam(memory);
    this.#floats = new Float32Array(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
    this.#forward = layout.layers.map(({ room, rows, columns, input, output }) =>
      createGemm(memory, {
        ...{ m: room, n: columns, k: rows, start: "bias" },
        ...{ strideA: input.stride, strideC: output.stride, relaxed },
      })
    );
    this.#backward = layout.layers.map(({ transposed, room, rows, columns, input }) =>
      transposed === undefined ? undefined : createGemm(memory, {
        ...{ m: room, n: rows, k: columns },
        ...{ strideA: columns, strideC: input.stride, relaxed },
      })
    );
  }

  /** The numbers of some rows of a matrix, to be read and written. */
  view({ address, stride }: Rows, { from, to }: Range): Float32Array {
    const first = address / FLOAT_BYTES + from * stride;
    return this.#floats.subarray(first, first + (to - from) * stride);
  }

  /** y = f(x W + b). */
  forward(index: number, rows: Range): void {
    const places = this.layout.layers[index];
    const { layer, input, output, weight, bias } = places;
    if (
      places.isSparse && this.#listRows(places, rows) < this.#arithmetic.sparseBelow
    ) {
      this.#forwardByLists(places, rows);
    } else {
      this.#forward[index].multiply(
        { a: input.address, packed: weight.value, c: output.address, bias: bias.value },
        rows,
      );
    }
    if (layer.isHidden) {
      this.kernels.activate(rowAt(output, rows.from), rowAt(output, rows.to));
    }
  }

  /** The gradient by x from the one by y: byX = byY W^T. */
  backward(index: number, { byX, rows }: { byX: Rows; rows: Range }): void {
    const { gradient, transposed } = this.layout.layers[index];
    this.#backward[index]!.multiply(
      { a: gradient.address, packed: transposed!, c: byX.address },
      rows,
    );
  }

  /** The gradient by y before f, y = f(...), from the one after it, in place. */
  throughActivation({ gradient, output }: LayerPlaces, { from, to }: Range): void {
    this.kernels.throughActivation(
      rowAt(gradient, from),
      rowAt(gradient, to),
      rowAt(output, from),
    );
  }

  /** Copies some rows of a gradient into its panels. */
  packGradient(places: LayerPlaces, { from, to }: Range): void {
    const { gradient, gradientPanels, columns } = places;
    this.kernels.packRows(
      rowAt(gradient, from),
      FLOAT_BYTES * gradient.stride,
      gradientPanels + PANEL_ROW * from,
      panelStep(places),
      to - from,
      columns / PANEL,
    );
  }

  /**
   * Readies the gradient by some rows of a weight, x^T byY: panels of it are written to
   * an address, as many in one go as `atOnce` says, one behind the other.
   */
  weightGradient(
    places: LayerPlaces,
    { batch, rows }: { batch: number; rows: Range },
  ): WeightGradient {
    const { input, gradientPanels } = places;
    const step = panelStep(places);
    if (
      places.isSparse &&
      this.#density(places, { from: 0, to: batch }) < this.#arithmetic.sparseBelow
    ) {
      const lists = places.nonZerosByColumn;
      this.#listColumns(places, { batch, rows });
      const count = rows.to - rows.from;
      const write: WeightGradient["write"] = ({ from, to }, address) => {
        const multiply = to - from === 1 ? "multiplyLists" : "multiplyListsTwice";
        this.kernels[multiply](
          lists.lengths + FLOAT_BYTES * rows.from,
          lists.address + lists.slot * rows.from,
          lists.slot,
          gradientPanels + from * step,
          step,
          0,
          address,
          count * PANEL_ROW,
          PANEL_ROW,
          count,
        );
      };
      return { atOnce: PANELS_AT_ONCE, write };
    }
    const product = this.#weightProduct(places, batch);
    const write: WeightGradient["write"] = ({ from }, address) =>
      product.multiply({
        a: input.address,
        packed: gradientPanels + from * step,
        c: address - PANEL_ROW * rows.from,
      }, rows);
    return { atOnce: 1, write };
  }

  /** The sums of the columns of a panel of a gradient: the gradient by the bias. */
  biasGradient(
    places: LayerPlaces,
    { batch, panel, to }: { batch: number; panel: number; to: number },
  ): void {
    const { gradientPanels } = places;
    this.kernels.sumColumns(gradientPanels + panel * panelStep(places), batch, to);
  }

  /** Updates `count` numbers of a parameter from `offset` bytes on. */
  adam(
    { value, firstMoment, secondMoment }: Parameter,
    { offset, gradient, count, by }: {
      offset: number;
      gradient: number;
      count: number;
      by: AdamConstants;
    },
  ): void {
    this.#adam({
      w: value + offset,
      g: gradient,
      m: firstMoment + offset,
      v: secondMoment + offset,
      count,
    }, by);
  }

  /** Copies some rows of a panel of a weight into its transposed copy. */
  transpose(
    { weight, transposed, rows: all, columns }: LayerPlaces,
    { panel, rows }: { panel: number; rows: Range },
  ): void {
    if (transposed === undefined) return;
    this.kernels.transposeRows(
      weight.value + panel * all * PANEL_ROW,
      rows.from,
      rows.to - rows.from,
      transposed + panel * PANEL * PANEL_ROW,
      columns * PANEL_ROW,
    );
  }

  #forwardByLists(places: LayerPlaces, { from, to }: Range): void {
    const { nonZeros: { lengths, address, slot }, weight, bias, output } = places;
    const panels = places.columns / PANEL;
    const next = places.rows * PANEL_ROW;
    for (let panel = 0; panel < panels; panel += PANELS_AT_ONCE) {
      const multiply = panel + 1 === panels
        ? "multiplyListsFrom"
        : "multiplyListsFromTwice";
      this.kernels[multiply](
        lengths + FLOAT_BYTES * from,
        address + slot * from,
        slot,
        weight.value + panel * next,
        next,
        bias.value + panel * PANEL_ROW,
        rowAt(output, from) + panel * PANEL_ROW,
        PANEL_ROW,
        FLOAT_BYTES * output.stride,
        to - from,
      );
    }
  }

  // Lists what is not zero in some rows of the input, and tells its share.
  #listRows(places: LayerPlaces, rows: Range): number {
    const { input, nonZeros: { lengths, address, slot } } = places;
    this.kernels.listRows(
      rowAt(input, rows.from),
      FLOAT_BYTES * input.stride,
      rowAt(input, rows.to),
      lengths + FLOAT_BYTES * rows.from,
      address + slot * rows.from,
      slot,
    );
    return this.#density(places, rows);
  }

  #density({ layer, nonZeros }: LayerPlaces, { from, to }: Range): number {
    const first = nonZeros.lengths / FLOAT_BYTES;
    let bytes = 0;
    for (let row = from; row < to; row++) bytes += this.#words[first + row];
    return bytes / ENTRY_BYTES / ((to - from) * layer.inputs);
  }

  #listColumns(
    { nonZeros, nonZerosByColumn: byColumn }: LayerPlaces,
    { batch, rows: { from, to } }: { batch: number; rows: Range },
  ): void {
    const first = byColumn.lengths / FLOAT_BYTES;
    this.#words.fill(0, first + from, first + to);
    this.kernels.listColumns(
      nonZeros.lengths,
      nonZeros.address,
      nonZeros.slot,
      batch,
      byColumn.lengths,
      byColumn.address,
      byColumn.slot,
      from,
      to,
    );
  }

  #weightProduct({ input: { stride } }: LayerPlaces, batch: number): Gemm {
    const key = `${stride},${batch}`;
    const known = this.#byWeight.get(key);
    if (known) return known;
    const product = createGemm(this.#memory, {
      ...{ m: stride, n: PANEL, k: batch, transposeA: true },
      ...{ strideA: stride, strideC: PANEL, relaxed: this.#arithmetic.relaxed },
    });
    this.#byWeight.set(key, product);
    return product;
  }
}

/** The address of a number. */
export function floatAt(address: number, index: number): number {
  return address + FLOAT_BYTES * index;
}

/** The address of a row. */
export function rowAt({ address, stride }: Rows, row: number): number {
  return address + FLOAT_BYTES * stride * row;
}

/** From one panel of a gradient to the next, in bytes. */
function panelStep({ room }: LayerPlaces): number {
  return room * PANEL_ROW;
}
