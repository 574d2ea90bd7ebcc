import type { Mutant } from "../mutant.ts";

const schedule = "lib/training/schedule.ts";

/** Wrong loops, records, checkpoints and evaluations. */
export const trainingMutants: readonly Mutant[] = [
  {
    id: "checkpoint-without-the-optimizer",
    mistake: "A resumed run starts Adam's moments at 0.",
    file: "lib/training/checkpoint.ts",
    from: "const [weights, firstMoment, secondMoment] = parts.map(read);",
    to: `const empty = (moments: Weights): Weights =>
    new Map([...moments].map(([name, { shape, values }]) => [
      name,
      { shape, values: new Float32Array(values.length) },
    ]));
  const [weights, firstMoment, secondMoment] = [
    read("weights"),
    empty(read("firstMoment")),
    empty(read("secondMoment")),
  ];`,
    trains: { resumed: true },
  },
  {
    id: "steps-counted-by-epoch",
    mistake:
      "The noise is addressed by the batch of the epoch: every epoch repeats it.",
    file: "lib/training/loop.ts",
    from: "const stepIndex = stepsBefore + batch;",
    to: "const stepIndex = batch + 0 * stepsBefore;",
    trains: {},
  },
  {
    id: "small-batch-weighs-as-a-full-one",
    mistake: "The last batch counts as much as the others in the mean of a set.",
    file: "lib/training/measure.ts",
    from: "expectedLogLikelihood += numbers.expectedLogLikelihood * batchSize;",
    to:
      "expectedLogLikelihood += numbers.expectedLogLikelihood * EVALUATION_BATCH_SIZE;",
    trains: {},
  },
  {
    id: "learning-rate-hash-ignored",
    mistake: "A checkpoint may be continued with another learning rate.",
    file: "lib/training/config.ts",
    from:
      "const { epochs: _1, backend: _2, engine: _3, ...training } = config.training;",
    to:
      "const { epochs: _1, backend: _2, engine: _3, learningRate: _4, ...training } =\n    config.training;",
    trains: { resumed: true },
  },
  {
    id: "warm-up-off-by-one",
    mistake: "The warm-up counts the update under way as done.",
    file: schedule,
    from: "const done = step % cycle / cycle;",
    to: "const done = (step + 1) % cycle / cycle;",
    trains: { recipe: { warmUp: { epochs: 1, cycles: 1 } } },
  },
  {
    id: "rate-stage-an-epoch-late",
    mistake: "A learning rate begins one epoch after the one that it was set for.",
    file: schedule,
    from: "fromEpoch <= epoch",
    to: "fromEpoch < epoch",
    trains: { recipe: { rateStages: [{ fromEpoch: 1, learningRate: 1e-4 }] } },
  },
  {
    id: "elbo-printed-as-nll",
    mistake: "-ELBO stands under the name of the NLL.",
    file: "lib/evaluation/weight_stream.ts",
    from: "logMeanWeight: largest[image] + Math.log(sums[image] / numSamples),",
    to: "logMeanWeight: logSums[image] / numSamples,",
  },
  {
    id: "stream-forgets-to-rescale",
    mistake: "A larger weight that comes late does not shrink the sum before it.",
    file: "lib/evaluation/weight_stream.ts",
    from: "sums[image] *= shrink;",
    to: "sums[image] *= Math.min(1, shrink + 1);",
  },
  {
    id: "active-by-the-spread",
    mistake: "A unit is judged by its standard deviation, not its variance.",
    file: "lib/evaluation/active_units.ts",
    from: "return squares / (count - 1);",
    to: "return Math.sqrt(squares / (count - 1));",
  },
];
