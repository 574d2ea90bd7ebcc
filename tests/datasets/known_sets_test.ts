import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FASHION_MNIST_PLACES, loadDataset, loadFashionMnist } from "elbo/datasets";
import { verifier } from "../../lib/datasets/verify.ts";
import { writeImageFolder } from "../helpers/idx.ts";
import { granted } from "../helpers/permissions.ts";
import { withTempDir } from "../helpers/temp_dir.ts";

const DEBIAN = FASHION_MNIST_PLACES[FASHION_MNIST_PLACES.length - 1];

/** Counts that others published: 5,923 zeros and 5,421 fives among the 60,000 digits. */
Deno.test({
  name: "loadDataset mnist: 60,000 and 10,000 digits as published (needs read)",
  ignore: !granted("read"),
  fn: async () => {
    const { name, train, test, sha256 } = await loadDataset("mnist");
    assertEquals([name, train.count, test.count], ["mnist", 60000, 10000]);
    assertEquals([train.height, train.width, train.dataDim], [28, 28, 784]);
    assertStrictEquals(Object.keys(sha256).length, 4);
    const { labels, images } = train;
    assert(labels);
    const counts = Array(10).fill(0);
    for (const label of labels) counts[label]++;
    assertEquals(
      counts,
      [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    );
    assertEquals([...labels.subarray(0, 5)], [5, 0, 4, 1, 9]);
    // The mean that data loaders normalise MNIST with: 0.1307.
    const sum = images.reduce((total, byte) => total + byte, 0);
    assertStrictEquals((sum / images.length / 255).toFixed(4), "0.1307");
  },
});

Deno.test({
  name: "loadDataset mnist: one clear sentence without read permission",
  permissions: "none",
  fn: async () => {
    await assertRejects(
      () => loadDataset("mnist"),
      Deno.errors.NotCapable,
      "as this program must be allowed to read it: it is not; add --allow-read=FOLDER",
    );
  },
});

Deno.test({
  name: "loadFashionMnist: explains how to get it, without a prompt",
  permissions: "none",
  fn: async () => {
    const { message } = await assertRejects(
      () => loadDataset("fashion-mnist"),
      Deno.errors.NotFound,
      "apt install dataset-fashion-mnist",
    );
    assert(message.includes("(not allowed); allow reading with --allow-read="));
  },
});

Deno.test({
  name: "loadFashionMnist: a folder that is not there is missing (needs read)",
  ignore: !granted("read"),
  fn: async () => {
    await assertRejects(
      () => loadFashionMnist(["data/nowhere"]),
      Deno.errors.NotFound,
      "data/nowhere (missing); on Debian",
    );
  },
});

Deno.test({
  name: "loadFashionMnist: other images under its name are refused (needs read, write)",
  ignore: !granted("read", "write"),
  fn: () =>
    withTempDir(async (dir) => {
      await writeImageFolder(dir);
      await assertRejects(
        () => loadFashionMnist([dir]),
        RangeError,
        "train-images-idx3-ubyte as its SHA-256 must be c59f468a",
      );
    }),
});

function debianHasIt(): boolean {
  const read = { name: "read", path: DEBIAN } as const;
  if (Deno.permissions.querySync(read).state !== "granted") return false;
  try {
    return Deno.statSync(DEBIAN).isDirectory;
  } catch {
    return false;
  }
}

Deno.test({
  name: `loadFashionMnist: 6,000 of each class (needs Debian's package and read)`,
  ignore: !debianHasIt(),
  fn: async () => {
    const { name, train, test } = await loadFashionMnist([DEBIAN]);
    assertEquals([name, train.count, test.count, train.dataDim], [
      "fashion-mnist",
      60000,
      10000,
      784,
    ]);
    const counts = Array(10).fill(0);
    for (const label of train.labels ?? []) counts[label]++;
    assertEquals(counts, Array(10).fill(6000));
  },
});

Deno.test("verifier: passes the right digest alone", async () => {
  const check = verifier({ a: "00" }, "copy it again");
  check({ path: "dir/a", name: "a", sha256: "00" });
  await assertRejects(
    // deno-lint-ignore require-await
    async () => check({ path: "dir/a", name: "a", sha256: "01" }),
    RangeError,
    "Cannot use dir/a as its SHA-256 must be 00: it is 01; copy it again",
  );
});
