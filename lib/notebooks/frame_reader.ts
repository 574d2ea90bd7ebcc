/** Hands out exact numbers of bytes from a stream that arrives in odd pieces. */
export class FrameReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #pieces: Uint8Array[] = [];
  #available = 0;

  /** @param reader The stream to read; this object becomes its only user. */
  constructor(reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.#reader = reader;
  }

  /**
   * Reads exactly `length` bytes.
   *
   * @param length Number of bytes, at least 0.
   * @returns A fresh array of that length.
   * @throws {Deno.errors.UnexpectedEof} When the stream ends before.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { FrameReader } from "./frame_reader.ts";
   *
   * const stream = ReadableStream.from([Uint8Array.of(1, 2), Uint8Array.of(3, 4)]);
   * const reader = new FrameReader(stream.getReader());
   * assertEquals(await reader.read(3), Uint8Array.of(1, 2, 3));
   * ```
   */
  async read(length: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#available < length) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Deno.errors.UnexpectedEof("the peer closed the connection");
      this.#pieces.push(value);
      this.#available += value.length;
    }
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const piece = this.#pieces[0];
      const taken = piece.subarray(0, length - filled);
      bytes.set(taken, filled);
      filled += taken.length;
      if (taken.length === piece.length) this.#pieces.shift();
      else this.#pieces[0] = piece.subarray(taken.length);
    }
    this.#available -= length;
    return bytes;
  }
}
