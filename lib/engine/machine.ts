import {
  type AdamConstants,
  createAdam,
  createGemm,
  type Gemm,
  type Range,
} from "../simd/mod.ts";
import { PANEL_ROW, panelStep, rowAt } from "./addresses.ts";
import { createKernels, type Kernels } from "./kernels/mod.ts";
import { PANEL } from "./layers.ts";
import {
  FLOAT_BYTES,
  type LayerPlaces,
  type Layout,
  type Parameter,
  type Rows,
} from "./layout.ts";
import { ListProducts, type WeightGradient } from "./list_products.ts";

/** How products are computed; every rank must have the same. */
export interface Arithmetic {
  /** The share of non-zero numbers below which a product is by lists. */
  readonly sparseBelow: number;
  /** Whether x y + z may be rounded once: see `createGemm`. */
  readonly relaxed: boolean;
}

/**
 * The operations of which a step is made, on some rows of a batch or of a weight: each
 * is one line of the algebra, and knows how the matrices lie.
 */
export class Machine {
  readonly layout: Layout;
  readonly kernels: Kernels;
  readonly #memory: WebAssembly.Memory;
  readonly #sparseBelow: number;
  readonly #relaxed: boolean;
  readonly #lists: ListProducts;
  readonly #adam: ReturnType<typeof createAdam>;
  readonly #forward: readonly Gemm[];
  readonly #backward: readonly (Gemm | undefined)[];
  readonly #byWeight = new Map<string, Gemm>();
  readonly #floats: Float32Array;

  constructor(
    memory: WebAssembly.Memory,
    { layout, arithmetic }: { layout: Layout; arithmetic: Arithmetic },
  ) {
    const { relaxed, sparseBelow } = arithmetic;
    this.layout = layout;
    this.#sparseBelow = sparseBelow;
    this.#relaxed = relaxed;
    this.#memory = memory;
    this.kernels = createKernels(memory, { layout, relaxed });
    this.#adam = createAdam(memory);
    this.#floats = new Float32Array(memory.buffer);
    this.#lists = new ListProducts(memory, this.kernels);
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
    if (places.isSparse && this.#lists.listRows(places, rows) < this.#sparseBelow) {
      this.#lists.forward(places, rows);
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
    const all = { from: 0, to: batch };
    if (places.isSparse && this.#lists.density(places, all) < this.#sparseBelow) {
      return this.#lists.weightGradient(places, { batch, rows });
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

  #weightProduct({ input: { stride } }: LayerPlaces, batch: number): Gemm {
    const key = `${stride},${batch}`;
    const known = this.#byWeight.get(key);
    if (known) return known;
    const product = createGemm(this.#memory, {
      ...{ m: stride, n: PANEL, k: batch, transposeA: true },
      ...{ strideA: stride, strideC: PANEL, relaxed: this.#relaxed },
    });
    this.#byWeight.set(key, product);
    return product;
  }
}
