import type { Range } from "../simd/mod.ts";
import { floatAt, PANEL_ROW, panelStep, rowAt } from "./addresses.ts";
import type { Kernels } from "./kernels/mod.ts";
import { PANEL } from "./layers.ts";
import {
  ENTRY_BYTES,
  FLOAT_BYTES,
  type LayerPlaces,
  type Lists,
  PANELS_AT_ONCE,
} from "./layout.ts";

/** How the gradient by some rows of a weight is computed. */
export interface WeightGradient {
  /** Panels that may be written in one go. */
  readonly atOnce: number;
  /** Writes some panels to an address. */
  readonly write: (panels: Range, address: number) => void;
}

/** Products with a matrix of many zeros, by lists of its other numbers. */
export class ListProducts {
  readonly #kernels: Kernels;
  readonly #words: Int32Array;

  constructor({ buffer }: WebAssembly.Memory, kernels: Kernels) {
    this.#kernels = kernels;
    this.#words = new Int32Array(buffer);
  }

  /** Lists what is not zero in some rows of a layer's input, and tells its share. */
  listRows(places: LayerPlaces, rows: Range): number {
    const { input, nonZeros } = places;
    this.#kernels.listRows(
      rowAt(input, rows.from),
      FLOAT_BYTES * input.stride,
      rowAt(input, rows.to),
      ...listsFrom(nonZeros, rows.from),
    );
    return this.density(places, rows);
  }

  /** The share of some rows of a layer's input that is not zero, once they are listed. */
  density({ layer, nonZeros }: LayerPlaces, { from, to }: Range): number {
    const first = nonZeros.lengths / FLOAT_BYTES;
    let bytes = 0;
    for (let row = from; row < to; row++) bytes += this.#words[first + row];
    return bytes / ENTRY_BYTES / ((to - from) * layer.inputs);
  }

  /** y = x W + b of rows that are listed. */
  forward(places: LayerPlaces, { from, to }: Range): void {
    const { nonZeros, weight, bias, output } = places;
    const panels = places.columns / PANEL;
    const next = places.rows * PANEL_ROW;
    for (let panel = 0; panel < panels; panel += PANELS_AT_ONCE) {
      const multiply = panel + 1 === panels
        ? "multiplyListsFrom"
        : "multiplyListsFromTwice";
      this.#kernels[multiply](
        ...listsFrom(nonZeros, from),
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

  /** Readies x^T byY for some rows of a weight: see `Machine`. */
  weightGradient(
    places: LayerPlaces,
    { batch, rows }: { batch: number; rows: Range },
  ): WeightGradient {
    const { gradientPanels, nonZerosByColumn } = places;
    const step = panelStep(places);
    const count = rows.to - rows.from;
    this.#listColumns(places, { batch, rows });
    return {
      atOnce: PANELS_AT_ONCE,
      write: ({ from, to }, address) => {
        const multiply = to - from === 1 ? "multiplyLists" : "multiplyListsTwice";
        this.#kernels[multiply](
          ...listsFrom(nonZerosByColumn, rows.from),
          gradientPanels + from * step,
          step,
          0,
          address,
          count * PANEL_ROW,
          PANEL_ROW,
          count,
        );
      },
    };
  }

  #listColumns(
    { nonZeros, nonZerosByColumn: byColumn }: LayerPlaces,
    { batch, rows: { from, to } }: { batch: number; rows: Range },
  ): void {
    const first = byColumn.lengths / FLOAT_BYTES;
    this.#words.fill(0, first + from, first + to);
    this.#kernels.listColumns(
      ...listsFrom(nonZeros, 0),
      batch,
      ...listsFrom(byColumn, 0),
      from,
      to,
    );
  }
}

/** The lengths and the lists from row `row` on, and from one list to the next. */
function listsFrom(
  { lengths, address, slot }: Lists,
  row: number,
): [lengths: number, lists: number, slot: number] {
  return [floatAt(lengths, row), address + slot * row, slot];
}
