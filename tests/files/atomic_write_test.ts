import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { fileError, readFile, writeAtomically } from "elbo/files";
import { granted } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";

/** Each of these writes to a temporary folder: run by `deno task test`. */
function fileTest(name: string, fn: (dir: string) => Promise<void>): void {
  Deno.test({
    name: `${name} (needs read, write)`,
    ignore: !granted("read", "write"),
    fn: () => withTempDir(fn),
  });
}

async function namesIn(dir: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(dir), ({ name }) => name);
  return names.sort();
}

fileTest(
  "writeAtomically: writes text and bytes, replaces, leaves nothing",
  async (dir) => {
    const path = `${dir}/a.txt`;
    await writeAtomically(path, "first, quite long");
    await writeAtomically(path, "naïve");
    assertStrictEquals(await Deno.readTextFile(path), "naïve");
    await writeAtomically(path, new Uint8Array([7, 0, 9]));
    assertEquals(await readFile(path), new Uint8Array([7, 0, 9]));
    const parts = [
      new Uint8Array(100_000).fill(1),
      new Uint8Array(0),
      Uint8Array.of(2),
    ];
    await writeAtomically(path, parts);
    const whole = new Uint8Array(100_001).fill(1).fill(2, 100_000);
    assertEquals(await readFile(path), whole);
    await writeAtomically(path, "");
    assertEquals(await namesIn(dir), ["a.txt"]);
  },
);

fileTest("writeAtomically: a reader never sees half of a file", async (dir) => {
  const path = `${dir}/big`;
  const contents = (byte: number) => new Uint8Array(1 << 20).fill(byte);
  await writeAtomically(path, contents(0));
  let writing = true;
  const writer = (async () => {
    for (let byte = 1; byte <= 20; byte++) await writeAtomically(path, contents(byte));
    writing = false;
  })();
  let reads = 0;
  for (; writing || reads === 0; reads++) {
    const bytes = await readFile(path);
    assertEquals(bytes, contents(bytes[0]));
  }
  await writer;
  assertEquals(await namesIn(dir), ["big"]);
});

fileTest("writeAtomically: many at once leave one whole file", async (dir) => {
  const path = `${dir}/x`;
  const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
  await Promise.all(texts.map((text) => writeAtomically(path, text)));
  assertEquals(texts.includes(await Deno.readTextFile(path)), true);
  assertEquals(await namesIn(dir), ["x"]);
});

fileTest("writeAtomically: says that the folder is missing", async (dir) => {
  const error = await assertRejects(
    () => writeAtomically(`${dir}/no/a.txt`, "text"),
    Deno.errors.NotFound,
    "its folder must exist",
  );
  assertStringIncludes(error.message, `Cannot write ${dir}/no/a.txt as`);
});

fileTest(
  "writeAtomically: what it cannot replace stays, without a stray",
  async (dir) => {
    await Deno.mkdir(`${dir}/a/inside`, { recursive: true });
    await assertRejects(() => writeAtomically(`${dir}/a`, "text"), Error);
    assertEquals(await namesIn(dir), ["a"]);
    assertEquals(await namesIn(`${dir}/a`), ["inside"]);
  },
);

Deno.test({
  name: "writeAtomically: says which permission is missing, without a prompt",
  permissions: "none",
  fn: async () => {
    await assertRejects(
      () => writeAtomically("runs/never.txt", "text"),
      Deno.errors.NotCapable,
      "Cannot write runs/never.txt as this program must be allowed to write it",
    );
    await assertRejects(
      () => readFile("runs/never.txt"),
      Deno.errors.NotCapable,
      "--allow-read=FOLDER",
    );
  },
});

function coded(code: string): Error {
  return Object.assign(new Error(`${code} (os error 28)`), { code });
}

const SAYINGS: [string, Error, string][] = [
  ["a full disk", coded("ENOSPC"), "it is full; free some"],
  ["a used-up quota", coded("EDQUOT"), "quota"],
  ["a read-only disk", coded("EROFS"), "choose another folder"],
  ["a limit on files", coded("EFBIG"), "raise it (ulimit -f)"],
  ["a faulty disk", coded("EIO"), "it reports a fault"],
  ["a denial", new Deno.errors.PermissionDenied("os error 13"), "the system denies it"],
  ["a folder", new Deno.errors.IsADirectory("os error 21"), "it is a folder"],
  ["a file for a folder", new Deno.errors.NotADirectory("os error 20"), "it is a file"],
];

for (const [name, cause, part] of SAYINGS) {
  Deno.test(`fileError: ${name} becomes one clear sentence, the cause kept`, () => {
    const error = fileError(cause, { action: "write", path: "runs/1/config.json" });
    assertStringIncludes(error.message, "Cannot write runs/1/config.json as ");
    assertStringIncludes(error.message, part);
    assertStrictEquals(error.message.includes("os error"), false);
    assertStrictEquals(error.cause, cause);
    assertStrictEquals(error.constructor, cause.constructor);
  });
}

Deno.test({
  name: "fileError: an error that Deno gives a number only is told as well",
  // Windows has other numbers.
  ignore: Deno.build.os === "windows",
  fn: () => {
    for (const [number, part] of [[27, "ulimit -f"], [28, "it is full"]] as const) {
      const cause = new Error(`Some words of the system (os error ${number})`);
      const { message } = fileError(cause, { action: "write", path: "a" });
      assertStringIncludes(message, part);
    }
    const other = new Error("Some words of the system (os error 4711)");
    assertStrictEquals(fileError(other, { action: "write", path: "a" }), other);
  },
});

Deno.test("fileError: what is not about a file stays as it is", () => {
  const bug = new TypeError("x is not a function");
  assertStrictEquals(fileError(bug, { action: "read", path: "a" }), bug);
  assertEquals(fileError("text", { action: "read", path: "a" }).message, "text");
});
