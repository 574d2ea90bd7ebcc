import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { chooseBackend } from "elbo/backend";
import { granted } from "../helpers/permissions.ts";

/** A test on wasm, which must leave neither tensors nor data behind. */
export function testOnWasm(name: string, fn: () => void): void {
  Deno.test({
    name: `${name} (reads the wasm module)`,
    ignore: !granted("read"),
    fn: async () => {
      await chooseBackend("wasm");
      const { numTensors, numDataBuffers } = tf.memory();
      tf.tidy(fn);
      assertEquals(tf.memory().numTensors, numTensors, "tensors were left behind");
      assertEquals(tf.memory().numDataBuffers, numDataBuffers, "data was left behind");
    },
  });
}
