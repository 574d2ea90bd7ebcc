import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { readIdx } from "elbo/datasets";
import { idxBytes } from "../helpers/idx.ts";
import { fc } from "../helpers/fast_check.ts";

const source = "train-images-idx3-ubyte";

Deno.test("readIdx: a file written out byte by byte", () => {
  const bytes = new Uint8Array([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 3, 7, 8, 255]);
  const { shape, values } = readIdx(bytes, { source });
  assertEquals(shape, [1, 3]);
  assertEquals(values, new Uint8Array([7, 8, 255]));
});

Deno.test("readIdx: whatever is written is read back, raw or gzip", () => {
  const shape = fc.array(fc.nat(6), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      shape,
      fc.infiniteStream(fc.nat(255)),
      fc.boolean(),
      (shape, s, gzip) => {
        const size = shape.reduce((product, n) => product * n, 1);
        const values = Uint8Array.from(s.take(size));
        const read = readIdx(idxBytes({ shape, values, gzip }), { source });
        assertEquals(read, { shape, values });
      },
    ),
  );
});

Deno.test("readIdx: a view that starts inside its buffer", () => {
  const bytes = idxBytes({ shape: [2], values: [4, 5] });
  const inside = new Uint8Array(bytes.length + 5);
  inside.set(bytes, 5);
  assertEquals(
    readIdx(inside.subarray(5), { source }).values,
    new Uint8Array([4, 5]),
  );
});

Deno.test("readIdx: an empty file of no images is a shape with a zero", () => {
  const { shape, values } = readIdx(idxBytes({ shape: [0, 28, 28] }), { source });
  assertEquals([shape, values.length], [[0, 28, 28], 0]);
});

Deno.test("readIdx: cut short anywhere, it says so with name and offset", () => {
  const bytes = idxBytes({ shape: [2, 3, 2], values: Array(12).fill(9) });
  for (let length = 0; length < bytes.length; length++) {
    const { message } = assertThrows(
      () => readIdx(bytes.subarray(0, length), { source }),
      SyntaxError,
      `Cannot read ${source} as`,
    );
    if (length >= 4) {
      assertStringIncludes(message, `ends at offset ${length}; it may be`);
    }
  }
});

Deno.test("readIdx: cut gzip is refused anywhere", () => {
  const bytes = idxBytes({ shape: [40], gzip: true });
  for (let length = 0; length < bytes.length; length++) {
    assertThrows(() => readIdx(bytes.subarray(0, length), { source }), SyntaxError);
  }
});

const small = idxBytes({ shape: [3], values: [1, 2, 3] });

function changed(at: number, byte: number): Uint8Array {
  return small.with(at, byte);
}

const corrupt = idxBytes({ shape: [64], values: [1, 2, 3], gzip: true });
corrupt[corrupt.length - 6] ^= 0xff;

const BAD: [string, Uint8Array, string, string][] = [
  [
    "too long",
    new Uint8Array([...small, 4]),
    source,
    "offset 11: it ends at offset 12",
  ],
  ["wrong magic", changed(0, 1), source, "starts with 01 00 08"],
  [
    "a zip file",
    new TextEncoder().encode("PK\x03\x04"),
    source,
    "starts with 50 4b 03",
  ],
  ["no file at all", new Uint8Array(), source, "starts with nothing"],
  ["numbers of another kind", changed(2, 0x0d), source, "starts with 00 00 0d"],
  ["no dimension", changed(3, 0), source, "offset 3: it has none"],
  ["more dimensions than bytes", changed(3, 200), source, "from offset 4 to 804"],
  ["a size beyond the file", changed(4, 255), source, "it may be cut short"],
  ["a .gz that is none", small, `${source}.gz`, "must start with 1f 8b"],
  ["gzip of something else", corrupt, source, "gzip data must be whole"],
];

for (const [name, bytes, from, part] of BAD) {
  Deno.test(`readIdx: refuses ${name}`, () => {
    const { message } = assertThrows(
      () => readIdx(bytes, { source: from }),
      SyntaxError,
      part,
    );
    assertStringIncludes(message, `Cannot read ${from} as`);
  });
}

Deno.test("readIdx: random bytes give a SyntaxError and nothing else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (bytes, zip) => {
      const start = zip ? [0x1f, 0x8b, 8] : [0, 0, 8];
      const input = new Uint8Array([...start, ...bytes]);
      try {
        readIdx(input, { source });
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
    }),
  );
});
