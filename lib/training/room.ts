/**
 * An array that is lent, given back and lent again.
 *
 * Every epoch needs a few megabytes for as long as it is measured. The collector counts
 * them little, and would let those of ten epochs gather.
 */
export class Room {
  #free = new Float32Array(0);

  /** An array of its own for each borrower; what is in it is left from the last one. */
  lend(length: number): Float32Array<ArrayBuffer> {
    const free = this.#free;
    this.#free = new Float32Array(0);
    return free.length < length ? new Float32Array(length) : free.subarray(0, length);
  }

  /** Its borrower is done with it. */
  giveBack({ buffer }: Float32Array<ArrayBuffer>): void {
    this.#free = new Float32Array(buffer);
  }
}
