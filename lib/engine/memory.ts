/** Bytes of a page of WebAssembly memory. */
const PAGE = 65536;

/** What 32-bit addresses reach: only what is used takes room. */
const MOST_PAGES = 65536;

/** A memory of at least `bytes`, and whether threads can share it. */
export interface EngineMemory {
  readonly memory: WebAssembly.Memory;
  /** Why it cannot be shared. */
  readonly reason?: string;
}

/**
 * Makes the memory of an engine.
 *
 * @param bytes What it must hold at first.
 * @param options `shared`: whether threads are wanted.
 * @throws {RangeError} If not even a memory for one thread can be had.
 */
export function createMemory(
  bytes: number,
  { shared }: { shared: boolean },
): EngineMemory {
  const initial = pagesFor(bytes);
  if (!shared) return { memory: privateMemory(initial) };
  if (typeof SharedArrayBuffer === "undefined") {
    return { memory: privateMemory(initial), reason: "SharedArrayBuffer is missing" };
  }
  try {
    const options = { initial, maximum: MOST_PAGES, shared: true };
    return { memory: new WebAssembly.Memory(options) };
  } catch (error) {
    const reason = `no shared memory can be had (${(error as Error).message})`;
    return { memory: privateMemory(initial), reason };
  }
}

/**
 * Makes a memory at least so large.
 *
 * @throws {RangeError} If there is not so much.
 */
export function growMemory(memory: WebAssembly.Memory, bytes: number): void {
  const missing = pagesFor(bytes) - memory.buffer.byteLength / PAGE;
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (cause) {
    throw tooLarge(bytes, cause);
  }
}

function privateMemory(initial: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial });
  } catch (cause) {
    throw tooLarge(initial * PAGE, cause);
  }
}

function pagesFor(bytes: number): number {
  const pages = Math.ceil(bytes / PAGE);
  if (pages <= MOST_PAGES) return pages;
  throw tooLarge(bytes);
}

function tooLarge(bytes: number, cause?: unknown): RangeError {
  const megabytes = Math.ceil(bytes / 2 ** 20);
  return new RangeError(
    `Cannot run the engine as its memory must be there: ${megabytes} MB cannot be had; ` +
      "take a smaller batch or network",
    { cause },
  );
}
