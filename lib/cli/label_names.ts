/** What the labels of a known data set stand for. */
export interface Labelling {
  /** What a class is called, "digit" say. */
  readonly title: string;
  /** The name of each class, where the number is not the name. */
  readonly names?: readonly string[];
}

/** The classes of Fashion-MNIST by their numbers, from its own description. */
const GARMENTS = [
  "T-shirt",
  "trouser",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "ankle boot",
];

/**
 * Say what the labels of a data set are called.
 *
 * @param dataset The name of the data set.
 * @returns "digit" for MNIST, garments for Fashion-MNIST, "label" for any other.
 */
export function labellingOf(dataset: string): Labelling {
  if (dataset === "mnist") return { title: "digit" };
  if (dataset === "fashion-mnist") return { title: "garment", names: GARMENTS };
  return { title: "label" };
}
