import { WORDS } from "./random_address.ts";
import {
  type BlockReader,
  cursor,
  moveTo,
  readNormals,
  readUniforms,
} from "./random_block.ts";

/** A sequential reader of one row of one stream, see `createRandom`. */
export interface Random {
  /** The next uniform number, in the open interval (0, 1). */
  uniform(): number;
  /** The next standard normal number. */
  normal(): number;
  /** The next integer of `0 .. n - 1`, each equally likely. */
  integer(n: number): number;
}

/**
 * A sequential reader of one row of one stream, for code that draws as it goes.
 *
 * Blocks are taken along the columns. Uniforms and integers take their words from one
 * block until it is used up, normals from another; no block serves both. So a reader
 * of uniforms alone gives the row of `uniforms`, a reader of normals alone the row of
 * `normals`, and in a mixture all draws are independent. A row holds 2^34 draws; then
 * it starts again.
 *
 * @param address Seed and stream; step and row are 0 if left out.
 * @returns The reader, at the first column.
 * @throws {RangeError} If a part is no integer in `0 .. 2^32 - 1`; from `integer(n)`, if
 * `n` is no integer in `1 .. 2^32`.
 *
 * @example A reader is reproducible
 * ```ts
 * import { createRandom, normals } from "elbo/math";
 * import { assertEquals } from "@std/assert";
 *
 * const random = createRandom({ seed: 3, stream: 5 });
 * const three = [random.normal(), random.normal(), random.normal()];
 * assertEquals(three, [...normals({ seed: 3, stream: 5, rows: 1, columns: 3 })]);
 * ```
 */
export function createRandom(
  address: { seed: number; stream: number; step?: number; row?: number },
): Random {
  const { seed, stream, step, row } = address;
  moveTo({ seed, stream, step, row });
  let nextBlock = 0;
  const uniformBlock = new Float64Array(4);
  const normalBlock = new Float64Array(4);
  let uniformsUsed = 4;
  let normalsUsed = 4;

  function readNext(out: Float64Array, read: BlockReader): void {
    moveTo({ seed, stream, step, row });
    cursor[0] = nextBlock++;
    read(out);
  }

  function uniform(): number {
    if (uniformsUsed === 4) {
      readNext(uniformBlock, readUniforms);
      uniformsUsed = 0;
    }
    return uniformBlock[uniformsUsed++];
  }

  function normal(): number {
    if (normalsUsed === 4) {
      readNext(normalBlock, readNormals);
      normalsUsed = 0;
    }
    return normalBlock[normalsUsed++];
  }

  function integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > WORDS) {
      throw new RangeError(
        `Cannot draw as n must be an integer in 1 .. 4294967296: it is ${n}`,
      );
    }
    // Words past the last whole multiple of n would favour the small remainders.
    const limit = WORDS - WORDS % n;
    for (;;) {
      const word = Math.floor(uniform() * WORDS);
      if (word < limit) return word % n;
    }
  }

  return { uniform, normal, integer };
}
