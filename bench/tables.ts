import { isThin, type Products, type ProductTiming } from "./products.ts";
import type { Ratio, StepTiming } from "./rounds.ts";
import type { StartUp } from "./start_up.ts";

/** All that was measured, as `--json` writes it. */
export interface BenchRecord {
  readonly machine: string;
  /** Of the last minute before it began: others' work shows here. */
  readonly load: number;
  readonly versions: { readonly elbo: string; deno: string; tfjs: string };
  readonly rounds: number;
  readonly startUp?: StartUp;
  readonly products?: Products;
  /** The same with V8's flags for 256 bits. */
  readonly wideProducts?: Products;
  readonly steps?: {
    readonly timings: readonly StepTiming[];
    readonly ratios: readonly Ratio[];
  };
}

/** The record as Markdown: a line about the machine, then a table for each part. */
export function tablesOf(record: BenchRecord): string[] {
  const { machine, load, versions, rounds, steps, startUp } = record;
  const { products, wideProducts } = record;
  const { elbo, deno, tfjs } = versions;
  return [
    `${machine}; load ${load.toFixed(1)} before; Deno ${deno}, tfjs ${tfjs}, elbo ` +
    `${elbo}; ${rounds} rounds.`,
    ...steps ? [stepTable(steps.timings), ratioTable(steps.ratios)] : [],
    ...steps
      ? steps.timings.flatMap(({ name, detail }) =>
        detail ? [`${name}: ${detail}.`] : []
      )
      : [],
    ...products ? [productTable(products)] : [],
    ...products && wideProducts ? [wideProductTable(products, wideProducts)] : [],
    ...startUp ? [startUpTable(startUp)] : [],
  ];
}

function stepTable(timings: readonly StepTiming[]): string {
  const head = ["a step", "least ms", "median ms", "first loss", "loss after 40"];
  return table(
    head,
    timings.map(({ name, least, median, losses: [first, last] }) => [
      name,
      least.toFixed(2),
      median.toFixed(2),
      first.toFixed(1),
      last.toFixed(1),
    ]),
  );
}

function ratioTable(ratios: readonly Ratio[]): string {
  const head = ["time of", "over that of", "least", "median"];
  return table(
    head,
    ratios.map(({ name, against, least, median }) => [
      name,
      against,
      least.toFixed(2),
      median.toFixed(2),
    ]),
  );
}

function productTable({ peak, products }: Products): string {
  const head = ["product", "m x n x k", "in a step", "GFLOP/s", "median", "of peak"];
  const share = (rate: number) => `${(100 * rate / peak).toFixed(0)}%`;
  const row = ({ name, shape: { m, n, k }, count, best, median }: ProductTiming) => [
    name,
    `${m} x ${n} x ${k}`,
    String(count),
    best.toFixed(1),
    median.toFixed(1),
    share(best),
  ];
  const sumRow = (name: string, some: readonly ProductTiming[]) => {
    const best = joint(some, ({ best }) => best);
    const middle = joint(some, ({ median }) => median);
    const count = some.reduce((sum, { count }) => sum + count, 0);
    const cells = [best.toFixed(1), middle.toFixed(1), share(best)];
    return [name, "", String(count), ...cells];
  };
  const thick = products.filter((product) => !isThin(product));
  const thin = products.filter(isThin);
  return table(head, [
    ["128-bit multiply and add, no memory", "", "", peak.toFixed(1), "", "100%"],
    ...thick.map(row),
    sumRow("these, weighted by FLOP", thick),
    ...thin.map(row),
    sumRow("the thin ones, weighted by FLOP", thin),
    sumRow("all of a step, weighted by FLOP", products),
  ]);
}

// The peak is the same, that of 128 bits: what runs without the flags is measured by it.
function wideProductTable({ peak }: Products, { products }: Products): string {
  const best = (some: readonly ProductTiming[]) => joint(some, ({ best }) => best);
  const row = (name: string, some: readonly ProductTiming[]) => [
    name,
    best(some).toFixed(1),
    joint(some, ({ median }) => median).toFixed(1),
    `${(100 * best(some) / peak).toFixed(0)}%`,
  ];
  return table(["products, wide", "GFLOP/s", "median", "of the peak above"], [
    row("on the pixels, weighted by FLOP", products.filter((one) => !isThin(one))),
    row("the thin ones, weighted by FLOP", products.filter(isThin)),
    row("all of a step, weighted by FLOP", products),
  ]);
}

// All operations over all time.
function joint(
  products: readonly ProductTiming[],
  rate: (product: ProductTiming) => number,
): number {
  let flop = 0;
  let time = 0;
  for (const product of products) {
    flop += product.flop * product.count;
    time += product.flop * product.count / rate(product);
  }
  return flop / time;
}

function startUpTable({ firstStep, peakMemory, oneEpoch }: StartUp): string {
  const { runs, least, median } = firstStep;
  return table(["deno task train on all of MNIST", "measured"], [
    [
      "process start to first step done",
      `${median.toFixed(2)} s (median of ${runs}; least ${least.toFixed(2)} s)`,
    ],
    ["one epoch and the figures, start to end", `${oneEpoch.toFixed(1)} s`],
    ["peak memory, one epoch", `${peakMemory.training} MB`],
    ["the same, and the figures", `${peakMemory.whole} MB`],
  ]);
}

/** Columns as wide as their widest cell: readable as text, too. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column].length))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [line(head), rule, ...rows.map(line)].join("\n");
}
