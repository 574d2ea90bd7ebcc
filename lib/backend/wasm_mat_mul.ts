import * as tf from "@tensorflow/tfjs";

type KernelArguments = Parameters<tf.KernelFunc>[0];
type Backend = KernelArguments["backend"];
type Operands = { a: tf.TensorInfo; b: tf.TensorInfo };
type Transposes = { transposeA: boolean; transposeB: boolean };

const backendName = "wasm";

/**
 * Replaces the two matrix products of the wasm backend by ones that are fast for
 * transposed operands and remember no weight.
 *
 * The stock kernels are fast only where neither operand is transposed; every gradient
 * of a product transposes one, and takes a naive loop ten times slower. They also keep
 * a packed copy of the right operand for as long as its tensor lives, so that after a
 * write into its memory they answer for the old values. Here operands are laid out as
 * the fast path wants them, and the right one is a tensor of its own, gone with its
 * packed copy after the product.
 *
 * Both must be replaced: ready-made layers run the fused product, gradients the plain.
 */
export function registerMatMuls(): void {
  replaceKernel(tf._FusedMatMul, multiply);
  replaceKernel(tf.BatchMatMul, multiplyEitherWay);
}

function replaceKernel(
  name: string,
  run: (stock: tf.KernelConfig, args: KernelArguments) => tf.TensorInfo,
): void {
  const stock = tf.getKernel(name, backendName);
  tf.unregisterKernel(name, backendName);
  // The spread passes setupFunc on: it binds the wasm function of the stock kernel.
  tf.registerKernel({ ...stock, kernelFunc: (args) => run(stock, args) });
}

function multiply(stock: tf.KernelConfig, args: KernelArguments): tf.TensorInfo {
  const { inputs, attrs, backend } = args;
  const { a, b } = inputs as Operands;
  const { transposeA, transposeB } = attrs as unknown as Transposes;
  const left = transposeA ? transpose(a, backend) : undefined;
  const right = transposeB ? transpose(b, backend) : copy(b, backend);
  const product = stock.kernelFunc({
    inputs: { ...inputs, a: left ?? a, b: right },
    attrs: { ...attrs, transposeA: false, transposeB: false },
    backend,
  });
  if (left) dispose(left, backend);
  dispose(right, backend);
  return product as tf.TensorInfo;
}

// a b = (b^T a^T)^T. The right operand is packed element by element, at the price of
// several transposes; where it is the larger one by far, it goes to the left.
function multiplyEitherWay(
  stock: tf.KernelConfig,
  args: KernelArguments,
): tf.TensorInfo {
  const { inputs, attrs, backend } = args;
  const { a, b } = inputs as Operands;
  const { transposeA, transposeB } = attrs as unknown as Transposes;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const inner = b.shape.at(transposeB ? -1 : -2)!;
  const productSize = size(a) / inner * columns;
  if (size(b) <= size(a) + productSize) return multiply(stock, args);

  const transposed = multiply(stock, {
    inputs: { a: b, b: a },
    attrs: { transposeA: !transposeB, transposeB: !transposeA },
    backend,
  });
  const product = transpose(transposed, backend);
  dispose(transposed, backend);
  return product;
}

function transpose(x: tf.TensorInfo, backend: Backend): tf.TensorInfo {
  const batchAxes = x.shape.slice(0, -2).map((_, axis) => axis);
  const perm = [...batchAxes, x.shape.length - 1, x.shape.length - 2];
  return run(tf.Transpose, { inputs: { x }, attrs: { perm }, backend });
}

function copy(x: tf.TensorInfo, backend: Backend): tf.TensorInfo {
  return run(tf.Identity, { inputs: { x }, backend });
}

function run(kernelName: string, args: KernelArguments): tf.TensorInfo {
  return tf.getKernel(kernelName, backendName).kernelFunc(args) as tf.TensorInfo;
}

function dispose(x: tf.TensorInfo, backend: Backend): void {
  (backend as tf.KernelBackend).disposeData(x.dataId);
}

function size({ shape }: tf.TensorInfo): number {
  return tf.util.sizeFromShape(shape);
}
