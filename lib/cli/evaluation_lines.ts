import type { EvaluationRecord, NllRecord, OverImages } from "./evaluation_record.ts";
import { count, nats } from "./numbers.ts";

/** A line of the table: what, how much, what it means. */
type Row = readonly [name: string, value: string, meaning: string];

/**
 * Writes an evaluation for people: each number with its definition, in nats per image.
 *
 * @param record The results.
 * @returns The lines.
 */
export function evaluationLines(record: EvaluationRecord): string[] {
  const { run, model, dataset, likelihood, binarization, test, epochs } = record;
  const pixels = binarization === "none"
    ? "grey pixels"
    : binarization === "dequantize"
    ? `bytes with noise, seed ${record.binarizationSeed}`
    : binarization === "threshold"
    ? "pixels thresholded at half"
    : `pixels binarised once, seed ${record.binarizationSeed}`;
  return [
    `${run}: ${model}, ${likelihood} likelihood, ${epochs} ` +
    `${epochs === 1 ? "epoch" : "epochs"}`,
    `${count(test.images)} test images of ${dataset}, ${pixels}; in nats per image:`,
    "",
    ...table([
      ...testRows(record),
      ...nllRows(record),
      ...annealedRows(record),
      ...activeRows(record),
      ...codeRows(record),
    ]),
    ...notes(record),
  ];
}

function testRows({ test, isDensity, ofBytes }: EvaluationRecord): Row[] {
  const { elbo, expectedLogLikelihood, kl } = test;
  if (elbo === null || kl === null) {
    return [[
      "-ln p(x|z)",
      nats(-expectedLogLikelihood),
      "reconstruction error at the code of x",
    ]];
  }
  const whole = nats(-elbo);
  const second = nats(kl);
  return [
    [
      "-ELBO",
      whole,
      `${isDensity ? "upper bound on -ln p(x)" : "bounds no density, see below"}; ` +
      "all test images, one z an image",
    ],
    // From the printed numbers, so that the printed parts add up.
    [
      "  = reconstruction",
      nats(Number(whole) - Number(second)),
      "-E[ln p(x|z)], z ~ q(z|x)",
    ],
    ["  + KL", second, "KL(q(z|x) || p(z)), in closed form"],
    ...bitsRows(test.bitsPerDimension, ofBytes),
  ];
}

function bitsRows(
  bits: number | null,
  ofBytes: EvaluationRecord["ofBytes"],
): Row[] {
  if (bits === null) return [];
  return [[
    "  bits per dimension",
    bits.toFixed(4),
    ofBytes === "mass"
      ? "the same / (D ln 2): a mass on bytes"
      : "the same / (D ln 2) + 8: bounds the code length of the bytes from above",
  ]];
}

function nllRows({ nll, ofBytes }: EvaluationRecord): Row[] {
  if (nll === null) return [];
  const { numSamples, images, negativeElbo } = nll;
  const which = images === 1 ? "1 image" : `${count(images)} images, evenly spaced`;
  return [
    [
      `NLL, K = ${numSamples}`,
      withError(nll),
      `-ln p(x) by importance sampling from q(z|x); ${which}`,
    ],
    ...bitsRows(nll.bitsPerDimension?.mean ?? null, ofBytes),
    [
      "  -ELBO, same images",
      withError(negativeElbo),
      "from the same draws; above the NLL by about KL(q(z|x) || p(z|x))",
    ],
    [
      "  effective samples",
      effective(nll),
      `of ${numSamples}: median (least) over images`,
    ],
  ];
}

function annealedRows({ annealed }: EvaluationRecord): Row[] {
  if (annealed === null) return [];
  const { images, chains, steps, nll, exactNll, negativeElbo } = annealed;
  const which = images === 1 ? "1 image" : `${count(images)} images, evenly spaced`;
  return [
    [
      "NLL, annealed",
      withError(nll),
      `-ln p(x) by ${chains} chains of ${steps} steps; ${which}`,
    ],
    ...exactNll === null ? [] : [
      [
        "  exact NLL",
        withError(exactNll),
        "by quadrature over z; same images",
      ] as const,
    ],
    [
      "  -ELBO, same images",
      withError(negativeElbo),
      "= NLL + the two parts of KL(q(z|x) || p(z|x)):",
    ],
    [
      "  + approximation",
      withError(annealed.approximation),
      "what the best diagonal normal of each image leaves",
    ],
    [
      "  + amortisation",
      withError(annealed.amortization),
      "what the encoder's q loses to that one",
    ],
  ];
}

/** One image alone has no standard error. */
function withError({ mean, standardError }: OverImages): string {
  const error = Number.isNaN(standardError) ? "?" : nats(standardError);
  return `${nats(mean)} +- ${error}`;
}

function effective({ effectiveSampleSize: { median, least } }: NllRecord): string {
  return `${median.toFixed(1)} (${least.toFixed(1)})`;
}

function activeRows({ activeUnits }: EvaluationRecord): Row[] {
  if (activeUnits === null) return [];
  const { count, of, threshold } = activeUnits;
  return [["active units", `${count} of ${of}`, `Var_x(E[z|x]) > ${threshold}`]];
}

function codeRows({ code }: EvaluationRecord): Row[] {
  if (code === null) return [];
  const { klByDimension, mutualInformation: { mean, standardError, images, most } } =
    code;
  const sorted = klByDimension.toSorted((a, b) => b - a);
  return [
    [
      "KL by dimension",
      `${nats(sorted[0])} to ${nats(sorted[sorted.length - 1])}`,
      "the largest and the least of KL(q(z_j|x) || p(z_j)), means over the images",
    ],
    [
      "mutual information",
      `${nats(mean)} +- ${nats(standardError)}`,
      `of x and z, over ${count(images)} images, one z each; a lower bound, at most ` +
      `ln ${images} = ${nats(most)}`,
    ],
  ];
}

function table(rows: readonly Row[]): string[] {
  const wide = (column: number) => Math.max(...rows.map((row) => row[column].length));
  return rows.map(([name, value, meaning]) =>
    `${name.padEnd(wide(0))}  ${value.padEnd(wide(1))}  ${meaning}`
  );
}

function notes(
  { model, isDensity, likelihood, ofBytes, nll }: EvaluationRecord,
): string[] {
  const lines: string[] = [];
  if (nll !== null) {
    const { numSamples, samplingError, effectiveSampleSize: { belowTwo } } = nll;
    const ofDraws = nats(samplingError);
    lines.push(
      "+- is one standard error over images" +
        (nll.images === 1
          ? `, which one image does not have; from the draws of z alone it is ${ofDraws}.`
          : `; ${ofDraws} of it is from the draws of z.`),
      `The NLL of a finite K lies above -ln p(x) on average: compare it at K = ` +
        `${numSamples} only.`,
    );
    if (belowTwo > 0.1) {
      lines.push(
        `For ${
          Math.round(100 * belowTwo)
        }% of the images one draw outweighs the rest: ` +
          "their NLL is too high; raise --samples.",
      );
    }
  }
  if (model === "autoencoder") {
    lines.push(
      "An autoencoder has no prior over z, so it has no p(x): there is no ELBO, no NLL " +
        "and no active unit to give.",
    );
  }
  if (isDensity && likelihood !== "bernoulli" && ofBytes === null) {
    lines.push(
      "A density of bytes / 255 without noise: it may be above 1 and these numbers below " +
        "0, and they are no bits per dimension; --binarize dequantize gives those.",
    );
  }
  if (!isDensity) {
    lines.push(
      "A Bernoulli likelihood of grey pixels is no density: compare these numbers with " +
        "those of other grey runs only.",
    );
  }
  return lines.length > 0 ? ["", ...lines] : [];
}
