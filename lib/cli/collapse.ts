import { descendLinearVae } from "../exact/mod.ts";
import {
  COLLAPSE_SWEEP,
  type JudgedDimension,
  type JudgedSetting,
  judgeLinearVae,
  LEARNT_SWEEP,
} from "./collapse_sweep.ts";
import { defineCommand, type Parsed, runCommand } from "./options.ts";
import { sampledLinearVae } from "./sampled_linear_vae.ts";

/** `deno task collapse`. */
export const collapseCommand = defineCommand({
  name: "deno task collapse",
  act: "sweep",
  summary:
    "Trains linear VAEs over a sweep of spectra, variances and betas, and holds which " +
    "dimensions live, and at which KL, to the closed form.",
  options: {
    sampled: {
      kind: "flag",
      help: "Train with draws of noise, as deno task train does: minutes, not seconds.",
    },
    learnt: { kind: "flag", help: "Learn the variance with the rest: 12 settings." },
    settings: {
      kind: "integer",
      min: 1,
      help: "Only the first so many settings of the sweep. Default: all.",
    },
    steps: { kind: "integer", default: 6000, min: 1, help: "Updates a setting." },
    copies: {
      kind: "integer",
      default: 64,
      min: 1,
      help: "With --sampled, draws of noise for each of the 16 points in a batch.",
    },
    seed: {
      kind: "integer",
      default: 0,
      min: 0,
      max: 1_000_000,
      help: "Of weights and noise in the first setting; 1 more in each that follows.",
    },
    backend: {
      kind: "choice",
      choices: ["auto", "cpu", "wasm", "wasm-relaxed", "webgpu"],
      default: "auto",
      help: "With --sampled, what computes.",
    },
    json: { kind: "flag", help: "Print one JSON object a setting." },
  },
  examples: [
    "deno task collapse --settings 4",
    "deno task collapse --json > sweep.jsonl",
  ],
});

async function collapse(
  { values }: Parsed<typeof collapseCommand.options>,
): Promise<number> {
  const { sampled, learnt, settings, steps, copies, seed, backend, json } = values;
  const sweep = (learnt ? LEARNT_SWEEP : COLLAPSE_SWEEP).slice(0, settings);
  if (!json) console.log(HEAD);
  const judged: JudgedSetting[] = [];
  for (const [index, setting] of sweep.entries()) {
    const options = { seed: seed + index, steps, copies, backend };
    const trained = sampled
      ? await sampledLinearVae(setting, options)
      : descendLinearVae(setting, options);
    const one = judgeLinearVae(setting, trained);
    judged.push(one);
    console.log(json ? JSON.stringify(one) : settingLines(one));
  }
  const dimensions = judged.flatMap((one) => one.dimensions);
  const many = (verdict: string) =>
    dimensions.filter((dimension) => dimension.verdict === verdict).length;
  const line = `${judged.length} settings, ${dimensions.length} dimensions: ` +
    `${many("right")} right, ${many("wrong")} wrong, ${many("near")} within 5% of ` +
    `the threshold; where they live, KLs are within ${worstError(dimensions)}%`;
  if (json) console.error(line);
  else console.log(line);
  return many("wrong") === 0 ? 0 : 1;
}

function worstError(dimensions: readonly JudgedDimension[]): string {
  const errors = dimensions
    .filter(({ verdict, ratio }) => verdict !== "near" && ratio > 1)
    .map(({ measured, predicted }) => Math.abs(measured / predicted - 1));
  return (100 * Math.max(0, ...errors)).toFixed(2);
}

const HEAD = "KL of each dimension in nats: measured, by the closed form below it.\n";

function settingLines(
  { eigenvalues, beta, variance, variances, threshold, dimensions }: JudgedSetting,
): string {
  const row = (name: string, cells: readonly string[]) =>
    name.padEnd(22) + cells.map((cell) => cell.padStart(9)).join("");
  const four = (value: number) => value.toFixed(4);
  const learnt = variance === "shared"
    ? `, learnt s^2 ${four(variances.measured)} (${four(variances.predicted)})`
    : `, s^2 ${variance}`;
  return [
    `beta ${beta}${learnt}, threshold ${four(threshold)}, eigenvalues ${
      eigenvalues.map((value) => Number(value.toPrecision(3))).join(" ")
    }`,
    row("  measured", dimensions.map(({ measured }) => four(measured))),
    row("  closed form", dimensions.map(({ predicted }) => four(predicted))),
    row("  verdict", dimensions.map(({ verdict }) => verdict)),
    "",
  ].join("\n");
}

/**
 * Runs `deno task collapse`.
 *
 * @param args The words after the script's name.
 * @returns The exit status: 1 if a dimension is not as the closed form has it.
 */
export function runCollapse(args: readonly string[]): Promise<number> {
  return runCommand(collapseCommand, collapse, { args });
}

if (import.meta.main) Deno.exit(await runCollapse(Deno.args));
