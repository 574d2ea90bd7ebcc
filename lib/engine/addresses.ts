import { PANEL } from "./layers.ts";
import { FLOAT_BYTES, type LayerPlaces, type Rows } from "./layout.ts";

/** Bytes of a row of a panel. */
export const PANEL_ROW = FLOAT_BYTES * PANEL;

/** The address of a number. */
export function floatAt(address: number, index: number): number {
  return address + FLOAT_BYTES * index;
}

/** The address of a row. */
export function rowAt({ address, stride }: Rows, row: number): number {
  return address + FLOAT_BYTES * stride * row;
}

/** From one panel of a gradient to the next, in bytes. */
export function panelStep({ room }: LayerPlaces): number {
  return room * PANEL_ROW;
}
