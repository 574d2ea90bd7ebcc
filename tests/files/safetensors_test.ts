import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { readSafetensors, type SafetensorsArray, writeSafetensors } from "elbo/files";
import { fc } from "../helpers/fast_check.ts";

const SOURCE = "model.safetensors";

/** A file put together by hand, so that reader and writer have separate witnesses. */
function craft(header: unknown, data: number[] = [], pad = ""): Uint8Array {
  const json = typeof header === "string" ? header : JSON.stringify(header);
  const text = new TextEncoder().encode(json + pad);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

function headerText(bytes: Uint8Array): string {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  return new TextDecoder().decode(bytes.subarray(8, 8 + length));
}

Deno.test("readSafetensors: a file written out byte by byte", () => {
  const entry = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  // 1.5 is 0x3fc00000 and -2 is 0xc0000000, little-endian.
  const bytes = craft({ w: entry }, [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0], "   ");
  const { tensors, metadata } = readSafetensors(bytes, SOURCE);
  assertEquals([...tensors], [
    ["w", { dtype: "F32", shape: [2], values: new Float32Array([1.5, -2]) }],
  ]);
  assertEquals(metadata, {});
});

Deno.test("readSafetensors: a view that starts inside its buffer, at an odd byte", () => {
  const bytes = writeSafetensors(
    new Map([["w", { shape: [1], values: new Float64Array([Math.PI]) }]]),
  );
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  const { tensors } = readSafetensors(shifted.subarray(3));
  assertEquals(tensors.get("w")?.values, new Float64Array([Math.PI]));
});

Deno.test("writeSafetensors: the bytes of a small file", () => {
  const bytes = writeSafetensors(
    new Map([["w", { shape: [1], values: new Float32Array([1.5]) }]]),
    { a: "b" },
  );
  const json =
    `{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`;
  assertEquals(headerText(bytes), json.padEnd(80));
  assertEquals([...bytes.subarray(0, 8)], [80, 0, 0, 0, 0, 0, 0, 0]);
  assertEquals([...bytes.subarray(88)], [0, 0, 0xc0, 0x3f]);
});

Deno.test("writeSafetensors: the bytes do not depend on the order of the maps", () => {
  const a = { shape: [3], values: new Uint8Array([1, 2, 3]) };
  const b = { shape: [1], values: new Float64Array([4]) };
  const c = { shape: [1], values: new Float32Array([5]) };
  const left = writeSafetensors(
    new Map<string, typeof a | typeof b | typeof c>([
      ["a", a],
      ["b", b],
      ["c", c],
    ]),
    { x: "1", y: "2" },
  );
  const right = writeSafetensors(
    new Map<string, typeof a | typeof b | typeof c>([
      ["c", c],
      ["b", b],
      ["a", a],
    ]),
    { y: "2", x: "1" },
  );
  assertEquals(left, right);
  assertEquals([...readSafetensors(left).tensors.keys()], ["b", "c", "a"]);
  assertNotEquals(left, writeSafetensors(new Map(), { x: "1", y: "2" }));
});

const array: fc.Arbitrary<SafetensorsArray> = fc.oneof(
  fc.float32Array(),
  fc.float64Array(),
  fc.int32Array(),
  fc.uint32Array(),
  fc.int16Array(),
  fc.uint16Array(),
  fc.int8Array(),
  fc.uint8Array(),
);

Deno.test("safetensors: whatever is written is read back, bit for bit", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: "binary" }), array),
      fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" })),
      (arrays, metadata) => {
        const given = new Map(
          Object.entries(arrays).filter(([name]) => name !== "__metadata__")
            .map(([name, values]) => [name, { shape: [values.length, 1], values }]),
        );
        const bytes = writeSafetensors(given, metadata);
        const read = readSafetensors(bytes, SOURCE);
        assertEquals(new Set(read.tensors.keys()), new Set(given.keys()));
        for (const [name, { shape, values }] of given) {
          const tensor = read.tensors.get(name);
          assert(tensor);
          assertEquals(tensor.shape, shape);
          assertEquals(tensor.values.constructor, values.constructor);
          assertEquals(
            new Uint8Array(tensor.values.buffer),
            new Uint8Array(values.slice().buffer),
          );
        }
        assertEquals({ ...read.metadata }, { ...metadata });
        assertEquals(
          (bytes.length - [...given.values()].reduce(
            (sum, { values }) => sum + values.byteLength,
            0,
          )) % 8,
          0,
        );
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("readSafetensors: a file cut short anywhere is refused by name", () => {
  const bytes = writeSafetensors(
    new Map([["w", { shape: [2, 2], values: new Float32Array([1, 2, 3, 4]) }]]),
    { spec: "tiny" },
  );
  for (let length = 0; length < bytes.length; length++) {
    const { message } = assertThrows(
      () => readSafetensors(bytes.subarray(0, length), SOURCE),
      SyntaxError,
      "may be cut short",
    );
    assertStringIncludes(message, `Cannot read ${SOURCE} as`);
  }
});

const f32 = (shape: number[], begin: number, end: number) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

const BAD: [string, Uint8Array, string][] = [
  ["trailing bytes", craft({ w: f32([1], 0, 4) }, [0, 0, 0, 0, 9]), "follows its last"],
  ["a hole", craft({ w: f32([1], 4, 8) }, Array(8).fill(0)), "leaves a hole"],
  [
    "an overlap",
    craft({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, Array(12).fill(0)),
    'tensor "b" must begin at offset',
  ],
  [
    "a size that is not its shape's",
    craft({ w: f32([3], 0, 4) }),
    "must take 12 bytes",
  ],
  ["offsets in the wrong order", craft({ w: f32([1], 4, 0) }), "in order"],
  ["a negative offset", craft({ w: f32([1], -4, 0) }), "two integers"],
  ["a fractional shape", craft({ w: f32([0.5], 0, 2) }), "integers from 0 on"],
  ["a negative shape", craft({ w: f32([-1, -1], 0, 4) }), "integers from 0 on"],
  [
    "an unknown dtype",
    craft({ w: { dtype: "BF16", shape: [], data_offsets: [0, 2] } }, [0, 0]),
    'it is "BF16"',
  ],
  [
    "a dtype from the prototype",
    craft({ w: { dtype: "toString", shape: [], data_offsets: [0, 2] } }, [0, 0]),
    "must be one of",
  ],
  ["a header that is no JSON", craft("{not json"), "must be JSON"],
  ["a header that is a list", craft("[]"), "must be a JSON object"],
  ["a tensor that is a number", craft({ w: 3 }), "must be a JSON object"],
  ["metadata that is a list", craft({ __metadata__: [] }), "must be a JSON object"],
  ["metadata with a number", craft({ __metadata__: { step: 3 } }), "must be a string"],
  ["text instead", new TextEncoder().encode("PK: a zip file"), "another kind of file"],
];

for (const [name, bytes, part] of BAD) {
  Deno.test(`readSafetensors: refuses ${name}, with the source's name`, () => {
    const error = assertThrows(() => readSafetensors(bytes, SOURCE), SyntaxError, part);
    assertStringIncludes(error.message, `Cannot read ${SOURCE} as`);
  });
}

Deno.test("readSafetensors: refuses a header that is not UTF-8", () => {
  const bytes = craft({ w: f32([0], 0, 0) });
  bytes[11] = 0xff;
  assertThrows(() => readSafetensors(bytes), SyntaxError, "JSON in UTF-8");
});

Deno.test("readSafetensors: random bytes give a SyntaxError and nothing else", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
    assertThrows(() => readSafetensors(bytes), SyntaxError);
  }));
});

Deno.test("writeSafetensors: refuses what could not be read back", () => {
  const values = new Float32Array(2);
  const write = (name: string, shape: number[]) => () =>
    writeSafetensors(new Map([[name, { shape, values }]]));
  assertThrows(write("w", [3]), RangeError, "must hold 3 values: there are 2");
  assertThrows(write("w", [-2, -1]), RangeError, "integers from 0 on");
  assertThrows(write("__metadata__", [2]), RangeError, "the format's own");
  const wrong = new BigInt64Array(2) as unknown as Float32Array;
  assertThrows(
    () => writeSafetensors(new Map([["w", { shape: [2], values: wrong }]])),
    TypeError,
    "BigInt64Array",
  );
});
