/**
 * Draws how -ELBO fell in the runs of `deno task reproduce`, from the lines that it wrote:
 *
 *     deno run --allow-read=. --allow-write=docs bench/reproduced_curves.ts \
 *       docs/reproduced.jsonl docs/images/reproduced_curves.png
 *
 * and prints their values at some epochs as a table in Markdown.
 */
import { renderChart, seriesLine } from "elbo/figures";
import { writeAtomically } from "elbo/files";
import type { ReproductionResult } from "../lib/cli/reproduce_result.ts";

/** Nats: the first epochs would leave the last ones no room. */
const SHOWN_BELOW = 130;
const EPOCHS = [1, 2, 4, 8, 13, 20, 30, 40, 50];

const [from, to] = Deno.args;
const results = (await Deno.readTextFile(from)).trim().split("\n")
  .map((line): ReproductionResult => JSON.parse(line));
const nameOf = ({ name, command }: ReproductionResult) => {
  const [, samples] = command.match(/--samples (\d+)/) ?? [];
  return [name, ...samples ? [`K ${samples}`] : [], ...isStatic(command)].join(", ");
};
const isStatic = (command: string) =>
  command.includes("--binarize static") ? ["binarised once"] : [];
// Grey pixels and clothes have scales of their own.
const digits = results.filter(({ name }) => /^(burda|pythae)/.test(name));
const points = digits.flatMap((result) =>
  result.curve.map(([x, y]) => ({ x, y, series: nameOf(result) }))
    .filter(({ y }) => y < SHOWN_BELOW)
);
const png = await renderChart(seriesLine(points, {
  title: "MNIST, pixels 0 or 1, on the 10,000 test images",
  subtitle: `Where it is below ${SHOWN_BELOW} nats`,
  xTitle: "epoch",
  yTitle: "-ELBO, nats per image",
  xScale: "log",
  points: false,
  width: 620,
}));
await writeAtomically(to, png);

const cells = (values: readonly (string | number)[]) => `| ${values.join(" | ")} |`;
console.log(cells(["epoch", ...results.map(nameOf)]));
console.log(cells(["---", ...results.map(() => "---")]));
for (const epoch of EPOCHS) {
  const values = results.map(({ curve }) =>
    curve.find(([at]) => at === epoch)?.[1].toFixed(2) ?? "-"
  );
  console.log(cells([epoch, ...values]));
}
