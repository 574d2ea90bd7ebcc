import { philoxBlock } from "./philox.ts";
import { checkWord, type RandomAddress } from "./random_address.ts";

/** Reads four numbers from the block that the cursor stands at. */
export type BlockReader = (out: Float64Array) => void;

// Scratch for all: no function that uses it is re-entered before it is done.
const words = new Uint32Array(4);

/** Where the next block is read: `[block, row, step, 0, seed, stream]`. */
export const cursor = new Uint32Array(6);

/** Points the cursor at an address; which block of its row, the caller says. */
export function moveTo({ seed, stream, step = 0, row = 0 }: RandomAddress): void {
  checkWord("seed", seed);
  checkWord("stream", stream);
  checkWord("step", step);
  checkWord("row", row);
  cursor[1] = row;
  cursor[2] = step;
  cursor[4] = seed;
  cursor[5] = stream;
}

const TO_UNIT = 2 ** -32;

/** The centre of a word's interval: never 0 or 1, so its logarithm is finite. */
function toUniform(word: number): number {
  return (word + 0.5) * TO_UNIT;
}

/** Reads four uniform numbers. */
export function readUniforms(out: Float64Array): void {
  philoxBlock(words, cursor);
  for (let i = 0; i < 4; i++) out[i] = toUniform(words[i]);
}

/** Reads four normal numbers: Box and Muller 1958, two from two uniforms. */
export function readNormals(out: Float64Array): void {
  philoxBlock(words, cursor);
  for (let i = 0; i < 4; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(toUniform(words[i])));
    const angle = 2 * Math.PI * toUniform(words[i + 1]);
    out[i] = radius * Math.cos(angle);
    out[i + 1] = radius * Math.sin(angle);
  }
}
