import type { Mutant } from "../mutant.ts";

const pixels = "lib/datasets/pixels.ts";

/** Wrong pixels, wrong splits, wrong batches. */
export const datasetMutants: readonly Mutant[] = [
  {
    id: "negative-images",
    mistake: "Pixels are drawn with the probability of their paper, not of their ink.",
    file: pixels,
    from: "words[i & 3] + 0.5 < WORD_BOUND[images[from + i]] ? 1 : 0",
    to: "words[i & 3] + 0.5 >= WORD_BOUND[images[from + i]] ? 1 : 0",
    trains: {},
  },
  {
    id: "dynamic-drawn-once",
    mistake: "Dynamic binarisation draws the same pixels in every epoch.",
    file: pixels,
    from: `address[2] = binarization === "static" ? 0 : step;`,
    to: `address[2] = 0 * step;`,
    trains: {},
  },
  {
    id: "byte-over-256",
    mistake: "A byte is divided by 256, so that full ink is not quite 1.",
    file: pixels,
    from: "(_, byte) => byte / 255);",
    to: "(_, byte) => byte / 256);",
    trains: { likelihood: "gaussian" },
  },
  {
    id: "thresholded-for-binarised",
    mistake: "Evaluation cuts at one half where it says that it draws.",
    file: pixels,
    from: `    ? "static"\n    : options.binarization;`,
    to: `    ? "threshold"\n    : options.binarization;`,
    trains: {},
  },
  {
    id: "validation-among-the-training",
    mistake: "The validation images are images that are trained on.",
    file: "lib/datasets/image_set.ts",
    from: `slice(set, { name: "validation", from: rest, to: count }),`,
    to: `slice(set, { name: "validation", from: 0, to: validation }),`,
    trains: {},
  },
  {
    id: "tested-on-the-training-set",
    mistake: "The test set is read from the training files.",
    file: "lib/datasets/folder.ts",
    from: `await readSet("test", "t10k");`,
    to: `await readSet("test", "train");`,
    trains: {},
  },
  {
    id: "last-batch-dropped",
    mistake: "The images that do not fill a batch are never used.",
    file: "lib/datasets/batches.ts",
    from: "Math.ceil(order.length / batchSize)",
    to: "Math.floor(order.length / batchSize)",
    trains: {},
  },
  {
    id: "one-order-for-all-epochs",
    mistake: "Every epoch sees the images in the same order.",
    file: "lib/datasets/batches.ts",
    from: "stream: STREAMS.shuffle, step: epoch }",
    to: "stream: STREAMS.shuffle, step: 0 * epoch }",
    trains: {},
  },
];
