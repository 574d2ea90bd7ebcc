import { multiplySource, packSource, PANEL_COLUMNS, vectorsOf } from "./gemm_code.ts";
import { f32x4, v128 } from "./vector.ts";
import { assemble, type Exports, instantiate } from "./wasm_module.ts";

/** A product C = op(A) op(B) of float32 matrices stored by rows. */
export interface GemmShape {
  /** Rows of C. */
  readonly m: number;
  /** Columns of C. */
  readonly n: number;
  /** Terms of each sum. */
  readonly k: number;
  /** Whether A is stored [k, m]; default no: [m, k]. */
  readonly transposeA?: boolean;
  /** Whether B is stored [n, k]; default no: [k, n]. */
  readonly transposeB?: boolean;
  /**
   * What each sum begins with: "zero" (default), "c" (what C holds: C += ...) or
   * "bias" (a row of n numbers, the same for each row of C).
   */
  readonly start?: "zero" | "c" | "bias";
  /** Elements from one stored row of A to the next; default: side by side. */
  readonly strideA?: number;
  /** Elements from one stored row of B to the next; default: side by side. */
  readonly strideB?: number;
  /** Elements from one row of C to the next; default: side by side. */
  readonly strideC?: number;
  /**
   * Whether x y + z may be rounded once where the machine can: faster on some, and
   * the bits may then differ between machines. Ignored where the engine has no such
   * instruction. Default no.
   */
  readonly relaxed?: boolean;
}

/** Byte addresses of a product's operands. */
export interface GemmPlaces {
  /** The first element of A as it is stored. */
  readonly a: number;
  /** What `pack` wrote. */
  readonly packed: number;
  /** The first element of C. */
  readonly c: number;
  /** Needed if the shape starts at "bias". */
  readonly bias?: number;
}

/** A range of whole numbers. */
export interface Range {
  /** The first. */
  readonly from: number;
  /** The first after them. */
  readonly to: number;
}

/** The kernels of one product. */
export interface Gemm {
  /** Panels of B, 16 columns each; the last may have fewer. */
  readonly panels: number;
  /** Bytes that the packed B takes. */
  readonly packedBytes: number;
  /** Copies B at address `b` panel by panel to `packed`; default all panels. */
  readonly pack: (places: { b: number; packed: number }, panels?: Range) => void;
  /** Computes rows of C from the packed B; default all rows. */
  readonly multiply: (places: GemmPlaces, rows?: Range) => void;
}

/**
 * The kernels of a matrix product in a memory, with its shape and strides as constants.
 *
 * C[i, j] = start + sum_p op(A)[i, p] op(B)[p, j], summed in the order of p, rounded
 * to float32 after each multiplication and each addition (unless `relaxed`). So the
 * bits of C depend on nothing but the operands: not on how rows are split between
 * calls or threads, nor on the machine.
 *
 * B is packed first, then rows are multiplied: threads may share one packed B, each
 * packing some panels and, after a barrier, multiplying some rows. A packed B serves
 * any number of products until B changes. Code is compiled at the first use of a shape
 * (about a millisecond) and kept.
 *
 * @param memory Where the matrices lie; shared or not, it may grow.
 * @param shape The product; m, n, k >= 1.
 * @returns Its kernels, which allocate nothing.
 * @throws {RangeError} If m, n or k is not a whole number from 1 on.
 *
 * @example A row times a matrix
 * ```ts
 * import { createGemm } from "elbo/simd";
 * import { assertEquals } from "@std/assert";
 *
 * const memory = new WebAssembly.Memory({ initial: 1 });
 * // A = [1, 2] at byte 0, B = [1, 0; 3, 1] behind it.
 * new Float32Array(memory.buffer).set([1, 2, 1, 0, 3, 1]);
 * const gemm = createGemm(memory, { m: 1, n: 2, k: 2 });
 * gemm.pack({ b: 8, packed: 64 });
 * gemm.multiply({ a: 0, packed: 64, c: 32 });
 * assertEquals([...new Float32Array(memory.buffer, 32, 2)], [7, 2]);
 * ```
 */
export function createGemm(memory: WebAssembly.Memory, shape: GemmShape): Gemm {
  const { m, n, k, transposeA = false, transposeB = false } = shape;
  requireSizes({ m, n, k });
  const {
    strideA = transposeA ? m : k,
    strideB = transposeB ? k : n,
    strideC = n,
  } = shape;
  const start = shape.start ?? "zero";
  const relaxed = (shape.relaxed ?? false) && hasRelaxed();
  const kernels = kernelsOf(memory, {
    k,
    columns: n < PANEL_COLUMNS ? 0 : PANEL_COLUMNS,
    edge: n % PANEL_COLUMNS,
    strideA: transposeA ? { row: 1, term: strideA } : { row: strideA, term: 1 },
    strideB,
    strideC,
    transposeB,
    start,
    relaxed,
  });

  const panels = Math.ceil(n / PANEL_COLUMNS);
  const whole = Math.floor(n / PANEL_COLUMNS);
  const panelBytes = 4 * k * PANEL_COLUMNS;
  const edgeBytes = 16 * k * vectorsOf(n % PANEL_COLUMNS);
  const columnStep = 4 * PANEL_COLUMNS * (transposeB ? strideB : 1);
  const rowStep = 4 * (transposeA ? 1 : strideA);
  const rowsInCall = Math.max(16, Math.floor(TERMS_IN_CALL / k));

  return {
    panels,
    packedBytes: whole * panelBytes + edgeBytes,
    pack: ({ b, packed }, { from, to } = { from: 0, to: panels }) => {
      for (let panel = from; panel < to; panel++) {
        const run = panel < whole ? kernels.pack : kernels.packEdge;
        run(b + panel * columnStep, packed + panel * panelBytes);
      }
    },
    multiply: ({ a, packed, c, bias = 0 }, { from, to } = { from: 0, to: m }) => {
      // Short calls: the engine moves to its optimised code between calls only. And
      // the rows of one call stay in the cache while all panels pass.
      for (let row = from; row < to; row += rowsInCall) {
        const rows = Math.min(rowsInCall, to - row);
        for (let panel = 0; panel < panels; panel++) {
          const run = panel < whole ? kernels.multiply : kernels.multiplyEdge;
          const column = panel * PANEL_COLUMNS;
          run(
            a + row * rowStep,
            packed + panel * panelBytes,
            c + 4 * (row * strideC + column),
            bias + 4 * column,
            rows,
          );
        }
      }
    },
  };
}

// Rows times terms of one call: about 0.1 ms, and 400 KB of A.
const TERMS_IN_CALL = 100_000;

/**
 * Whether this engine has the instruction that may round x y + z once.
 *
 * @returns Whether `relaxed` has an effect.
 */
export function hasRelaxed(): boolean {
  relaxedIsThere ??= WebAssembly.validate(assemble({
    probe: {
      params: ["i32"],
      body: ([x]) => {
        const value = v128.load(x.get);
        return v128.store(x.get, f32x4.relaxed_madd(value, value, value));
      },
    },
  }));
  return relaxedIsThere;
}

let relaxedIsThere: boolean | undefined;

interface KernelShape {
  readonly k: number;
  /** Columns of a whole panel, or 0 if there is none. */
  readonly columns: number;
  /** Columns of the last panel, or 0 if it is whole. */
  readonly edge: number;
  readonly strideA: { readonly row: number; readonly term: number };
  readonly strideB: number;
  readonly strideC: number;
  readonly transposeB: boolean;
  readonly start: "zero" | "c" | "bias";
  readonly relaxed: boolean;
}

// A program whose shapes never repeat must not fill the memory with code.
const MAX_KEPT = 256;
const kept = new WeakMap<WebAssembly.Memory, Map<string, Exports>>();

function kernelsOf(memory: WebAssembly.Memory, shape: KernelShape): Exports {
  const key = JSON.stringify(shape);
  const ofMemory = kept.get(memory) ?? new Map<string, Exports>();
  kept.set(memory, ofMemory);
  const known = ofMemory.get(key);
  if (known) return known;

  if (ofMemory.size >= MAX_KEPT) ofMemory.clear();
  const { columns, edge } = shape;
  const kernels = instantiate({
    ...(columns > 0 && {
      pack: packSource(shape),
      multiply: multiplySource(shape),
    }),
    ...(edge > 0 && {
      packEdge: packSource({ ...shape, columns: edge }),
      multiplyEdge: multiplySource({ ...shape, columns: edge }),
    }),
  }, memory);
  ofMemory.set(key, kernels);
  return kernels;
}

function requireSizes(sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(
        `Cannot multiply matrices as ${name} must be a whole number from 1 on: ${size}`,
      );
    }
  }
}
