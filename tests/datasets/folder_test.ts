import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { FOLDER_FILES, loadDataset, readImageFolder } from "elbo/datasets";
import { sha256 } from "elbo/files";
import { idxBytes, writeImageFolder } from "../helpers/idx.ts";
import { granted } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";

/** Each of these reads a temporary folder: run by `deno task test`. */
function folderTest(name: string, fn: (dir: string) => Promise<void>): void {
  Deno.test({
    name: `${name} (needs read, write)`,
    ignore: !granted("read", "write"),
    fn: () => withTempDir(fn),
  });
}

folderTest("readImageFolder: images, labels and digests", async (dir) => {
  await writeImageFolder(dir);
  const { name, train, test, sha256: digests } = await readImageFolder(dir);
  assertStrictEquals(name, dir);
  assertEquals([train.name, train.count, train.height, train.width, train.dataDim], [
    "train",
    12,
    4,
    3,
    12,
  ]);
  assertEquals([test.name, test.count], ["test", 5]);
  assertEquals([...train.images.subarray(0, 3)], [0, 37, 74]);
  assertEquals([...test.labels ?? []], [0, 1, 2, 3, 4]);
  assertEquals(Object.keys(digests).sort(), [...FOLDER_FILES].sort());
  const labels = await Deno.readFile(`${dir}/t10k-labels-idx1-ubyte`);
  assertStrictEquals(digests["t10k-labels-idx1-ubyte"], await sha256(labels));
});

folderTest("readImageFolder: gzip gives the same data and digests", async (dir) => {
  await Deno.mkdir(`${dir}/raw`);
  await Deno.mkdir(`${dir}/gz`);
  await writeImageFolder(`${dir}/raw`);
  await writeImageFolder(`${dir}/gz`, { gzip: true });
  const raw = await readImageFolder(`${dir}/raw`, { name: "same" });
  assertEquals(await readImageFolder(`${dir}/gz`, { name: "same" }), raw);
});

folderTest("readImageFolder: names with a dot, and no labels", async (dir) => {
  await writeImageFolder(dir, { labels: false, height: 7, width: 5 });
  for (const prefix of ["train", "t10k"]) {
    const name = `${dir}/${prefix}-images`;
    await Deno.rename(`${name}-idx3-ubyte`, `${name}.idx3-ubyte`);
  }
  const { train, test } = await readImageFolder(dir);
  assertEquals([train.dataDim, test.dataDim], [35, 35]);
  assertEquals([train.labels, test.labels], [undefined, undefined]);
});

folderTest("readImageFolder: of two spellings the plain one", async (dir) => {
  await writeImageFolder(dir, { gzip: true, pixel: () => 1 });
  await writeImageFolder(dir, { pixel: () => 2 });
  assertStrictEquals((await readImageFolder(dir)).train.images[0], 2);
});

type Spoil = (dir: string) => Promise<void>;

const IMAGES = "train-images-idx3-ubyte";
const LABELS = "train-labels-idx1-ubyte";

function put(name: string, bytes: Uint8Array): Spoil {
  return (dir) => Deno.writeFile(`${dir}/${name}`, bytes);
}

const BAD: [string, Spoil, new (...args: never[]) => Error, string[]][] = [
  [
    "labels for another number of images",
    put(LABELS, idxBytes({ shape: [11] })),
    RangeError,
    [LABELS, "12 images of", "it holds 11"],
  ],
  [
    "images whose magic says four dimensions",
    put(IMAGES, idxBytes({ shape: [12, 4, 3] }).with(3, 4)),
    SyntaxError,
    [IMAGES, "images must have 3 at offset 3", "it has 4"],
  ],
  [
    "test images of another size",
    put("t10k-images-idx3-ubyte", idxBytes({ shape: [5, 3, 4] })),
    RangeError,
    ["4 x 3", "they are 3 x 4"],
  ],
  [
    "labels in the place of images",
    put(IMAGES, idxBytes({ shape: [12] })),
    SyntaxError,
    [IMAGES, "images must have 3 at offset 3", "it has 1"],
  ],
  [
    "images in the place of labels",
    put(LABELS, idxBytes({ shape: [12, 4, 3] })),
    SyntaxError,
    [LABELS, "labels must have 1 at offset 3", "it has 3"],
  ],
  ["no images", put(IMAGES, idxBytes({ shape: [0, 4, 3] })), SyntaxError, [
    "none of them",
  ]],
  [
    "images without pixels",
    put(IMAGES, idxBytes({ shape: [12, 4, 0] })),
    SyntaxError,
    ["12 x 4 x 0"],
  ],
  [
    "an image file cut short",
    put(IMAGES, idxBytes({ shape: [12, 4, 3] }).subarray(0, 100)),
    SyntaxError,
    [IMAGES, "offset 100; it may be cut short"],
  ],
  [
    "no test images",
    (dir) => Deno.remove(`${dir}/t10k-images-idx3-ubyte`),
    Deno.errors.NotFound,
    ["must hold t10k-images-idx3-ubyte: it does not; put IDX files there"],
  ],
];

for (const [name, spoil, ErrorClass, parts] of BAD) {
  folderTest(`readImageFolder: refuses ${name}`, async (dir) => {
    await writeImageFolder(dir);
    await spoil(dir);
    const { message } = await assertRejects(() => readImageFolder(dir), ErrorClass);
    for (const part of [dir, ...parts]) assertStringIncludes(message, part);
  });
}

folderTest("readImageFolder: a .gz that is none", async (dir) => {
  await writeImageFolder(dir, { gzip: true });
  await put(`${IMAGES}.gz`, idxBytes({ shape: [12, 4, 3] }))(dir);
  await assertRejects(() => readImageFolder(dir), SyntaxError, "rename it without .gz");
});

folderTest("readImageFolder: an empty folder lists the expected names", async (dir) => {
  const { message } = await assertRejects(
    () => readImageFolder(dir),
    Deno.errors.NotFound,
    "the folder is empty",
  );
  for (const name of FOLDER_FILES) assertStringIncludes(message, name);
});

folderTest("readImageFolder: a file is no folder", async (dir) => {
  await Deno.writeTextFile(`${dir}/file`, "");
  await assertRejects(
    () => readImageFolder(`${dir}/file`),
    Deno.errors.NotADirectory,
    "it is a file; name its folder",
  );
});

folderTest("loadDataset: a folder, split", async (dir) => {
  await writeImageFolder(dir);
  const { train, validation, test } = await loadDataset(dir, {
    validation: 2,
    limit: 4,
  });
  assertEquals([train.count, validation?.count, test.count], [4, 2, 5]);
  await assertRejects(
    () => loadDataset(dir, { limit: 13 }),
    RangeError,
    "from 1 to 12, as there are 12",
  );
});

folderTest("loadDataset: a name that is neither known nor a folder", async (dir) => {
  await assertRejects(
    () => loadDataset(`${dir}/mnits`),
    Deno.errors.NotFound,
    `must be mnist, fashion-mnist or a folder of IDX files: there is no folder`,
  );
});

Deno.test({
  name: "readImageFolder: says which permission is missing",
  permissions: "none",
  fn: async () => {
    await assertRejects(
      () => readImageFolder("data"),
      Deno.errors.NotCapable,
      "add --allow-read=FOLDER",
    );
  },
});
