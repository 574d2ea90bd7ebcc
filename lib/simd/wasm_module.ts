import {
  type Code,
  encodeName,
  encodeType,
  encodeUnsigned,
  flatten,
  type ValueType,
  type VectorConstant,
} from "./code.ts";
import { type Variable, variable } from "./control.ts";

/** Makes a local variable of the function that is being written; it starts at zero. */
export type NewLocal = (type: ValueType) => Variable;

/** A function of a module. */
export interface FunctionSource {
  /** The types of its parameters. */
  readonly params: readonly ValueType[];
  /** The type of its result; default none. */
  readonly result?: ValueType;
  /** Writes the code; what it leaves on the stack is the result. */
  readonly body: (params: readonly Variable[], newLocal: NewLocal) => Code;
}

/**
 * The bytes of a WebAssembly module that works on one imported memory,
 * `env.memory`, and exports its functions by name.
 *
 * Fragments are written as expressions: `f32x4.add(x, y)` is the code that computes x,
 * then y, then adds. Functions are numbered in the order given, for `call`.
 * Binary format: WebAssembly Core Specification 2.0, chapter 5.
 *
 * @param functions The functions by name.
 * @param limits Of the memory: `shared` if threads share it, `pages` of 64 KiB that it
 *   has at least; default: neither.
 * @returns The bytes, for `new WebAssembly.Module`.
 */
export function assemble(
  functions: Readonly<Record<string, FunctionSource>>,
  { shared = false, pages = 0 }: {
    readonly shared?: boolean;
    readonly pages?: number;
  } = {},
): Uint8Array<ArrayBuffer> {
  const sources = Object.values(functions);
  const types = sources.map(({ params, result }) => [
    0x60,
    vector(params.map(encodeType)),
    vector(result ? [encodeType(result)] : []),
  ]);
  // A memory matches an import of a lower minimum and, if shared, a higher maximum.
  const limits = shared
    ? [0x03, encodeUnsigned(pages), encodeUnsigned(MAX_PAGES)]
    : [0x00, encodeUnsigned(pages)];
  const imports = [[encodeName("env"), encodeName("memory"), 0x02, limits]];
  const exports = Object.keys(functions).map((name, i) => [
    encodeName(name),
    0x00,
    encodeUnsigned(i),
  ]);
  const constants = keepConstants();
  const bodies = sources.map((source) => functionBody(source, constants.load));
  return new Uint8Array(flatten([
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    section(1, vector(types)),
    section(2, vector(imports)),
    section(3, vector(sources.map((_, i) => encodeUnsigned(i)))),
    section(6, vector(constants.globals())),
    section(7, vector(exports)),
    section(10, vector(bodies)),
  ]));
}

/** What a module exports: functions of numbers. */
export type Exports = Readonly<Record<string, (...args: number[]) => number>>;

/**
 * Compiles functions for a memory, at once.
 *
 * The present size of the memory becomes the least one of the module: where the engine
 * checks each access, it then needs one comparison for it, not two, which is a quarter
 * of the time of a matrix product. A memory never shrinks, so the functions stay good.
 *
 * @param functions The functions by name.
 * @param memory The memory, shared by threads or not.
 * @returns The compiled functions.
 *
 * @example Add one to a number in memory
 * ```ts
 * import { f32, instantiate } from "elbo/simd";
 * import { assertEquals } from "@std/assert";
 *
 * const memory = new WebAssembly.Memory({ initial: 1 });
 * const { addOne } = instantiate({
 *   addOne: {
 *     params: ["i32"],
 *     body: ([at]) => f32.store(at.get, f32.add(f32.load(at.get), f32.const(1))),
 *   },
 * }, memory);
 * addOne(8);
 * assertEquals(new Float32Array(memory.buffer)[2], 1);
 * ```
 */
export function instantiate(
  functions: Readonly<Record<string, FunctionSource>>,
  memory: WebAssembly.Memory,
): Exports {
  const bytes = assemble(functions, {
    shared: isShared(memory),
    pages: memory.buffer.byteLength / PAGE_BYTES,
  });
  const module = new WebAssembly.Module(bytes);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as Exports;
}

function isShared(memory: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer !== "undefined" &&
    memory.buffer instanceof SharedArrayBuffer;
}

const MUTABLE = 1;
const END = 0x0b;
const PAGE_BYTES = 65536;
// Four gibibytes.
const MAX_PAGES = 65536;

type LoadConstant = (constant: VectorConstant) => readonly number[];

// Vector constants become globals that are declared as mutable: the engine would build
// an immutable one anew from three instructions at each use, and must load this one,
// which halves the time of an exponential.
function keepConstants(): { load: LoadConstant; globals: () => Code[] } {
  const indices = new Map<string, number>();
  return {
    load: ({ vector }) => {
      const key = vector.join();
      const index = indices.get(key) ?? indices.size;
      indices.set(key, index);
      return [0x23, ...encodeUnsigned(index)];
    },
    globals: () =>
      [...indices.keys()].map((key) => [
        encodeType("v128"),
        MUTABLE,
        [0xfd, 12, key.split(",").map(Number)],
        END,
      ]),
  };
}

function functionBody({ params, body }: FunctionSource, load: LoadConstant): Code {
  const locals: ValueType[] = [];
  const newLocal: NewLocal = (type) => variable(params.length + locals.push(type) - 1);
  const code = body(params.map((_, i) => variable(i)), newLocal);
  const declared = vector(locals.map((type) => [1, encodeType(type)]));
  return sized(flatten([declared, code, END], load));
}

function section(id: number, content: Code): Code {
  return [id, sized(content)];
}

function sized(content: Code): Code {
  const bytes = flatten(content);
  return [encodeUnsigned(bytes.length), bytes];
}

function vector(items: readonly Code[]): Code {
  return [encodeUnsigned(items.length), items];
}
