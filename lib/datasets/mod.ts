/**
 * Images as bytes: IDX files, MNIST and its kin, binarisation and batches.
 *
 * @module
 */
export { type IdxArray, readIdx } from "./idx.ts";
export { type Dataset, type ImageSet, splitTrain } from "./image_set.ts";
export {
  type FileCheck,
  FOLDER_FILES,
  type FolderFile,
  readImageFolder,
} from "./folder.ts";
export { FASHION_MNIST_PLACES, loadFashionMnist } from "./fashion_mnist.ts";
export { loadMnist } from "./mnist.ts";
export { DATASET_NAMES, loadDataset, type LoadOptions } from "./load.ts";
export {
  type Binarization,
  type BinarizationChoice,
  binarizationFor,
  BINARIZATIONS,
  byteModel,
  isBinary,
  type LikelihoodName,
  type PixelWays,
  pixelWays,
} from "./binarization.ts";
export {
  batchPixels,
  EVALUATION_BINARIZATION_SEED,
  evaluationPixels,
  type PixelOptions,
} from "./pixels.ts";
export { epochBatches, orderedBatches } from "./batches.ts";
