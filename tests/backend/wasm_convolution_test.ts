import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { createRandom, STREAMS } from "elbo/math";
import { fc } from "../helpers/fast_check.ts";
import { float32Tolerance } from "../helpers/tolerance.ts";
import { testOnWasm } from "./on_wasm.ts";

const random = createRandom({ seed: 31, stream: STREAMS.test });

interface Case {
  batch: number;
  height: number;
  width: number;
  channels: number;
  filters: number;
  size: [number, number];
  stride: [number, number];
  pad: "same" | "valid" | number;
}

const cases: fc.Arbitrary<Case> = fc.record({
  batch: fc.integer({ min: 1, max: 5 }),
  height: fc.integer({ min: 4, max: 12 }),
  width: fc.integer({ min: 4, max: 12 }),
  channels: fc.integer({ min: 1, max: 6 }),
  filters: fc.integer({ min: 1, max: 20 }),
  size: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  pad: fc.constantFrom("same", "valid"),
});

function randomTensor(shape: number[]): tf.Tensor4D {
  const size = { length: tf.util.sizeFromShape(shape) };
  return tf.tensor4d(
    Float32Array.from(size, () => random.normal()),
    shape as [number, number, number, number],
  );
}

/** The convolution and both gradients by loops, in float64. */
function reference(
  info: tf.backend_util.Conv2DInfo,
  { x, filter, dy }: Record<"x" | "filter" | "dy", Float32Array>,
): { y: Float64Array; dx: Float64Array; dFilter: Float64Array } {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = info;
  const { outChannels, filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const { top, left } = info.padInfo;
  const y = new Float64Array(dy.length);
  const dx = new Float64Array(x.length);
  const dFilter = new Float64Array(filter.length);
  for (let b = 0; b < batchSize; b++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        for (let ky = 0; ky < filterHeight; ky++) {
          for (let kx = 0; kx < filterWidth; kx++) {
            const iy = oy * strideHeight - top + ky;
            const ix = ox * strideWidth - left + kx;
            if (iy < 0 || iy >= inHeight || ix < 0 || ix >= inWidth) continue;
            for (let c = 0; c < inChannels; c++) {
              const i = ((b * inHeight + iy) * inWidth + ix) * inChannels + c;
              for (let o = 0; o < outChannels; o++) {
                const j = ((b * outHeight + oy) * outWidth + ox) * outChannels + o;
                const f = ((ky * filterWidth + kx) * inChannels + c) * outChannels + o;
                y[j] += x[i] * filter[f];
                dx[i] += dy[j] * filter[f];
                dFilter[f] += x[i] * dy[j];
              }
            }
          }
        }
      }
    }
  }
  return { y, dx, dFilter };
}

function assertClose(found: tf.Tensor, exact: Float64Array, terms: number): void {
  const tolerance = float32Tolerance(terms, 10);
  const values = found.dataSync();
  assertEquals(values.length, exact.length);
  exact.forEach((value, i) =>
    assert(Math.abs(values[i] - value) <= tolerance, `${i}: ${values[i]}, not ${value}`)
  );
}

function checkCase(
  { batch, height, width, channels, filters, size, stride, pad }: Case,
): void {
  const inShape: [number, number, number, number] = [batch, height, width, channels];
  const filterShape: [number, number, number, number] = [...size, channels, filters];
  const shapes = [inShape, filterShape, stride, 1, pad] as const;
  const info = tf.backend_util.computeConv2DInfo(...shapes);
  const [x, filter, dy] = [inShape, filterShape, info.outShape].map(randomTensor);
  const exact = reference(info, {
    x: x.dataSync() as Float32Array,
    filter: filter.dataSync() as Float32Array,
    dy: dy.dataSync() as Float32Array,
  });
  const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad);
  assertClose(convolve(x, filter), exact.y, size[0] * size[1] * channels);
  const [dx, dFilter] = tf.grads(convolve)([x, filter], dy);
  assertClose(dx, exact.dx, size[0] * size[1] * filters);
  assertClose(dFilter, exact.dFilter, batch * info.outHeight * info.outWidth);
}

testOnWasm("conv2d: any shape and both gradients agree with float64", () => {
  fc.assert(
    fc.property(cases, (shape) => {
      tf.tidy(() => checkCase(shape));
    }),
    { numRuns: 60 },
  );
});

testOnWasm("conv2d: a batch whose patches come in several groups", () => {
  const stride: [number, number] = [2, 2];
  for (const batch of [50, 53]) {
    checkCase({
      ...{ batch, height: 14, width: 14, channels: 16, filters: 9 },
      ...{ size: [4, 4], stride, pad: "same" },
    });
  }
});

testOnWasm("conv2d: an explicit padding, larger than the filter needs", () => {
  checkCase({
    ...{ batch: 2, height: 5, width: 6, channels: 2, filters: 3 },
    ...{ size: [3, 3], stride: [2, 1], pad: 2 },
  });
});

testOnWasm("conv2dTranspose: is the transpose of conv2d", () => {
  const [x, filter, y] = [[2, 8, 8, 3], [4, 4, 3, 5], [2, 4, 4, 5]].map(randomTensor);
  const back = tf.conv2dTranspose(y, filter, [2, 8, 8, 3], 2, "same");
  const left = tf.sum(tf.mul(tf.conv2d(x, filter, 2, "same"), y)).dataSync()[0];
  const right = tf.sum(tf.mul(x, back)).dataSync()[0];
  // The same sum of 2 * 4 * 4 * 5 * 48 products of a size of 1.
  assert(Math.abs(left - right) <= float32Tolerance(7680, 100), `${left}, ${right}`);
});

testOnWasm("fused.conv2d: bias and activation follow", () => {
  const [x, filter] = [[2, 6, 6, 2], [3, 3, 2, 4]].map(randomTensor);
  const bias = tf.tensor1d([1, -1, 0.5, 0]);
  const layer = { x, filter, strides: 2, pad: "same", bias } as const;
  for (const activation of ["linear", "relu", "elu"] as const) {
    const plain = tf.add(tf.conv2d(x, filter, 2, "same"), bias);
    const f = { linear: (x: tf.Tensor) => x, relu: tf.relu, elu: tf.elu }[activation];
    const found = tf.fused.conv2d({ ...layer, activation });
    assertEquals(found.dataSync(), f(plain).dataSync());
  }
});

testOnWasm("conv2d: sees a write into the memory of its filter", () => {
  const [x, filter] = [[1, 5, 5, 2], [3, 3, 2, 3]].map(randomTensor);
  const before = tf.conv2d(x, filter, 1, "same").dataSync();
  const backend = tf.backend() as unknown as {
    wasm: { HEAPU8: Uint8Array };
    dataIdMap: { get(dataId: object): { memoryOffset: number } };
  };
  const { memoryOffset } = backend.dataIdMap.get(filter.dataId);
  const values = new Float32Array(
    backend.wasm.HEAPU8.buffer,
    memoryOffset,
    filter.size,
  );
  values.forEach((value, i) => values[i] = 2 * value);
  // Doubling is exact in binary.
  const after = tf.conv2d(x, filter, 1, "same").dataSync();
  assertEquals(after, before.map((value) => 2 * value));
});

testOnWasm("conv2d: a filter with holes is refused, with what to do", () => {
  const [x, filter] = [[1, 7, 7, 1], [3, 3, 1, 1]].map(randomTensor);
  assertThrows(
    () => tf.conv2d(x, filter, 1, "valid", "NHWC", 2),
    TypeError,
    "ask for cpu or webgpu",
  );
});
