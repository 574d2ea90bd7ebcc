/**
 * Files: safetensors, whole writes, hashes, and errors that a user can act on.
 *
 * @module
 */
export { type FileAction, fileError, readFile } from "./file_error.ts";
export { appendDurably } from "./append_durably.ts";
export { isTemporary, writeAtomically } from "./atomic_write.ts";
export { sha256 } from "./hash.ts";
export { isThere } from "./is_there.ts";
export { readSafetensors } from "./safetensors_read.ts";
export {
  safetensorsParts,
  type WritableTensor,
  writeSafetensors,
} from "./safetensors_write.ts";
export type {
  Safetensors,
  SafetensorsArray,
  SafetensorsArrays,
  SafetensorsDtype,
  SafetensorsTensor,
} from "./safetensors_types.ts";
