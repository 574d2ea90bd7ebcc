import { cursor, moveTo, readNormals } from "../math/random_block.ts";
import { clearUpperHalves } from "../simd/mod.ts";

/** Where the noise of a batch lives, and which of its rows are wanted. */
export interface NoiseRows {
  readonly seed: number;
  readonly stream: number;
  readonly step: number;
  /** The first row in the noise. */
  readonly firstRow: number;
  readonly rows: number;
  readonly columns: number;
  /** From one row to the next in the output. */
  readonly stride: number;
}

const block = new Float64Array(4);

/**
 * Writes the standard normals of some rows, rounded to float32: those of `fillNormals`,
 * into rows that lie apart.
 */
export function fillNoise(
  out: Float32Array,
  { seed, stream, step, firstRow, rows, columns, stride }: NoiseRows,
): void {
  clearUpperHalves();
  moveTo({ seed, stream, step, row: firstRow });
  for (let row = 0; row < rows; row++) {
    cursor[1] = firstRow + row;
    const end = row * stride + columns;
    for (let at = row * stride, i = 0; at < end; i++) {
      cursor[0] = i;
      readNormals(block);
      for (let j = 0; j < 4 && at < end; j++) out[at++] = block[j];
    }
  }
}
