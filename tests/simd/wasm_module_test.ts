import { assertEquals, assertThrows } from "@std/assert";
import {
  assemble,
  call,
  f32,
  f64,
  i32,
  i64,
  instantiate,
  repeatWhile,
  select,
  type ValueType,
  when,
} from "elbo/simd";
import type { Code, FunctionSource, NewLocal, Variable } from "elbo/simd";

const memory = () => new WebAssembly.Memory({ initial: 1 });

/** The value of an expression of parameters. */
function evaluate(
  params: ValueType[],
  body: (params: readonly Variable[], newLocal: NewLocal) => Code,
): (result: ValueType, ...args: number[]) => number {
  return (result, ...args) =>
    instantiate({ f: { params, result, body } }, memory()).f(...args);
}

Deno.test("wasm module: constants survive their encoding", () => {
  for (const value of [0, 1, -1, 63, 64, -64, -65, 127, 128, 2 ** 31 - 1, -(2 ** 31)]) {
    assertEquals(evaluate([], () => i32.const(value))("i32"), value);
    const wide = evaluate([], () => i32.wrap_i64(i64.const(BigInt(value))));
    assertEquals(wide("i32"), value);
  }
  for (const value of [0, -0, 1 / 3, -1e300, 2 ** -1074, Infinity, NaN]) {
    assertEquals(evaluate([], () => f64.const(value))("f64"), value);
    assertEquals(evaluate([], () => f32.const(value))("f32"), Math.fround(value));
  }
});

Deno.test("wasm module: operations compute what their names say", () => {
  const of = (f: (x: Code, y: Code) => Code, type: ValueType) => {
    const run = evaluate([type, type], ([x, y]) => f(x.get, y.get));
    return (x: number, y: number) => run(type, x, y);
  };
  assertEquals(of(i32.sub, "i32")(3, 5), -2);
  assertEquals(of(i32.div_s, "i32")(-7, 2), -3);
  assertEquals(of(i32.rem_u, "i32")(-1, 16), 15);
  assertEquals(of(i32.shr_s, "i32")(-8, 1), -4);
  assertEquals(of(i32.shr_u, "i32")(-8, 28), 15);
  assertEquals(of(i32.rotl, "i32")(1, 33), 2);
  assertEquals(of(i32.ge_u, "i32")(-1, 1), 1);
  assertEquals(of(f32.copysign, "f32")(3, -0), -3);
  assertEquals(of(f64.min, "f64")(2, -1), -1);
  assertEquals(of(f64.div, "f64")(1, 3), 1 / 3);
  const rounded = evaluate(["f64"], ([x]) => f64.promote_f32(f32.demote_f64(x.get)));
  assertEquals(rounded("f64", 0.1), Math.fround(0.1));
  const bits = evaluate(["f32"], ([x]) => i32.reinterpret_f32(x.get));
  assertEquals(bits("i32", 1), 0x3f800000);
});

Deno.test("wasm module: loops, branches and calls", () => {
  // The greatest common divisor, and how often a number can be halved.
  const functions: Record<string, FunctionSource> = {
    gcd: {
      params: ["i32", "i32"],
      result: "i32",
      body: ([x, y], newLocal) => {
        const rest = newLocal("i32");
        return [
          when(
            y.get,
            repeatWhile([
              rest.set(i32.rem_u(x.get, y.get)),
              x.set(y.get),
              y.set(rest.get),
            ], y.get),
          ),
          x.get,
        ];
      },
    },
    isOdd: {
      params: ["i32"],
      result: "i32",
      body: ([x], newLocal) => {
        const answer = newLocal("i32");
        const one = i32.eq(call(0, x.get, i32.const(2)), i32.const(1));
        return [
          when(one, answer.set(i32.const(1)), answer.set(i32.const(0))),
          select(answer.get, i32.const(7), i32.const(1)),
        ];
      },
    },
  };
  const { gcd, isOdd } = instantiate(functions, memory());
  assertEquals([gcd(84, 36), gcd(17, 5), gcd(9, 0)], [12, 1, 9]);
  assertEquals([3, 4, 5].map((x) => isOdd(x)), [1, 0, 1]);
});

Deno.test("wasm module: only a memory as large as promised is taken", () => {
  const bytes = assemble({}, { pages: 2 });
  const module = new WebAssembly.Module(bytes);
  const start = (memory: WebAssembly.Memory) =>
    new WebAssembly.Instance(module, { env: { memory } });
  assertThrows(() => start(memory()), WebAssembly.LinkError);
  start(new WebAssembly.Memory({ initial: 3 }));
});

Deno.test("wasm module: an access beyond the memory is an error, not a wrong number", () => {
  const source = {
    f: { params: [], body: () => f32.store(i32.const(65533), f32.const(1)) },
  };
  const { f } = instantiate(source, memory());
  assertThrows(() => f(), WebAssembly.RuntimeError);
});
