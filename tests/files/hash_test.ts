import { assertStrictEquals } from "@std/assert";
import { sha256 } from "elbo/files";

// FIPS 180-4, the examples of SHA-256, and the well-known digest of nothing.
const VECTORS = [
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
];

for (const [text, digest] of VECTORS) {
  Deno.test(`sha256: the published digest of ${JSON.stringify(text)}`, async () => {
    assertStrictEquals(await sha256(new TextEncoder().encode(text)), digest);
  });
}

Deno.test("sha256: reads a view's own bytes, not its whole buffer", async () => {
  const bytes = new TextEncoder().encode("-abc-").subarray(1, 4);
  assertStrictEquals(await sha256(bytes), VECTORS[1][1]);
});
