import { weightShapes } from "elbo/networks";
import {
  createGemm,
  f32x4,
  forSteps,
  type GemmShape,
  i32,
  instantiate,
  v128,
} from "elbo/simd";
import { BATCH_SIZE, SPEC } from "./reference.ts";
import { median } from "./statistics.ts";

/** One matrix product of a training step, timed. */
export interface ProductTiming {
  readonly name: string;
  readonly shape: GemmShape;
  /** How often a step makes it. */
  readonly count: number;
  /** Multiplications and additions of one. */
  readonly flop: number;
  /** GFLOP/s with its packing: the best and the middle of all. */
  readonly best: number;
  readonly median: number;
}

/** How fast the products of a step are, on one core. */
export interface Products {
  /** GFLOP/s of 128-bit multiplications and additions that wait for nothing. */
  readonly peak: number;
  readonly products: readonly ProductTiming[];
}

const MILLISECONDS_IN_BLOCK = 4;
const WARM_UP_MS = 100;

/** Times every product of a step and the peak of the machine in turn. */
export function timeProducts({ rounds }: { rounds: number }): Products {
  const peak = blockOf(createPeak());
  const products = stepProducts().map((product) => ({
    ...product,
    block: blockOf(createProduct(product.shape)),
    rates: [] as number[],
  }));
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round++) {
    peaks.push(...peak());
    for (const { block, rates } of products) rates.push(...block());
  }
  return {
    peak: largest(peaks),
    products: products.map(({ block: _, rates, ...product }) => ({
      ...product,
      best: largest(rates),
      median: median(rates),
    })),
  };
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value));
}

/** A latent side makes a product thin: little work for the memory that it moves. */
export function isThin({ shape: { m, n, k } }: { shape: GemmShape }): boolean {
  return Math.min(m, n, k) < 64;
}

type Product = Pick<ProductTiming, "name" | "shape" | "count" | "flop">;

// y = x W of every layer, and back: the gradients by W and, but for the images, by x.
function stepProducts(): Product[] {
  const products = new Map<string, Product>();
  const add = (name: string, shape: GemmShape) => {
    const key = JSON.stringify(shape);
    const { count = 0, name: names } = products.get(key) ?? {};
    const flop = 2 * shape.m * shape.n * shape.k;
    const joined = names ? `${names}, ${name}` : name;
    products.set(key, { name: joined, shape, count: count + 1, flop });
  };
  for (const [weight, [inputs, outputs]] of weightShapes(SPEC)) {
    if (!weight.endsWith(".weight")) continue;
    const layer = weight.replace(".weight", "");
    const m = BATCH_SIZE;
    add(`${layer}: x W`, { m, n: outputs, k: inputs, start: "bias" });
    add(`${layer}: by W`, { m: inputs, n: outputs, k: m, transposeA: true });
    if (layer === "encoder.0") continue;
    add(`${layer}: by x`, { m, n: inputs, k: outputs, transposeB: true });
  }
  return [...products.values()];
}

/** Some work, and how many operations it is. */
interface Work {
  readonly flop: number;
  run(): void;
}

function createProduct(shape: GemmShape): Work {
  const { m, n, k } = shape;
  const bytes = (count: number) => Math.ceil(count / 16) * 64;
  const b = bytes(m * k);
  const c = b + bytes(k * n);
  const bias = c + bytes(m * n);
  const packed = bias + bytes(n);
  const memory = new WebAssembly.Memory({
    initial: Math.ceil((packed + bytes(k * (n + 16))) / 65536),
  });
  const values = new Float32Array(memory.buffer);
  for (let i = 0; i < bias / 4; i++) values[i] = (i * 7 % 13 - 6) / 6;
  const gemm = createGemm(memory, shape);
  return {
    flop: 2 * m * n * k,
    run: () => {
      gemm.pack({ b, packed });
      gemm.multiply({ a: 0, packed, c, bias });
    },
  };
}

const CHAINS = 7;
const TURNS = 10_000;

// Seven products and seven sums that do not wait for each other, all in registers; they
// are stored at the end, so that no compiler may leave them out.
function createPeak(): Work {
  const memory = new WebAssembly.Memory({ initial: 1 });
  new Float32Array(memory.buffer).fill(1);
  const { run } = instantiate({
    run: {
      params: ["i32"],
      body: ([turns], newLocal) => {
        const [x, turn] = [newLocal("v128"), newLocal("i32")];
        const chains = Array.from({ length: 2 * CHAINS }, () => newLocal("v128"));
        const next = chains.map((chain, i) =>
          chain.set((i % 2 === 0 ? f32x4.mul : f32x4.add)(chain.get, x.get))
        );
        return [
          x.set(v128.load(i32.const(0))),
          forSteps(turn, { to: turns.get, step: 1 }, next),
          chains.map((chain, i) => v128.store(i32.const(64 + 16 * i), chain.get)),
        ];
      },
    },
  }, memory);
  return { flop: TURNS * 2 * CHAINS * 4, run: () => void run(TURNS) };
}

// A function that repeats the work for a while and returns GFLOP/s of each time. The
// engine swaps in its optimised code during the first ones, which do not count.
function blockOf({ flop, run }: Work): () => number[] {
  const block = (milliseconds: number, rates: number[] = []) => {
    for (let spent = 0; spent < milliseconds;) {
      const start = performance.now();
      run();
      const time = performance.now() - start;
      rates.push(flop / time / 1e6);
      spent += time;
    }
    return rates;
  };
  block(WARM_UP_MS);
  return () => block(MILLISECONDS_IN_BLOCK);
}
