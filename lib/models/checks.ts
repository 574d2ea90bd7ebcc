import type { NetworkSpec } from "../networks/mod.ts";

/** What a matrix is for, what it is called and which shape it must have. */
export interface MatrixShape {
  readonly act: string;
  readonly name: string;
  readonly rows: readonly [name: string, size: number];
  readonly columns: readonly [name: string, size: number];
}

/** @throws {RangeError} unless `values` has rows * columns elements */
export function checkMatrix(values: Float32Array, shape: MatrixShape): void {
  const { act, name, rows: [rowsName, rows], columns: [columnsName, columns] } = shape;
  checkSize(act, rowsName, rows);
  if (values.length !== rows * columns) {
    throw new RangeError(
      `Cannot ${act} as the length of ${name} must be ${rowsName} * ${columnsName} = ` +
        `${rows} * ${columns}: ${values.length}`,
    );
  }
}

/** @throws {RangeError} unless `size` is a positive integer */
export function checkSize(act: string, name: string, size: number): void {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new RangeError(
      `Cannot ${act} as ${name} must be a positive integer: ${size}`,
    );
  }
}

/** @throws {RangeError} unless `count` is zero or a positive integer */
export function checkCount(act: string, name: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(
      `Cannot ${act} as ${name} must be zero or a positive integer: ${count}`,
    );
  }
}

/** @throws {RangeError} unless an option of training is finite and positive */
export function checkPositive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) {
    throw new RangeError(
      `Cannot train as ${name} must be finite and positive: ${value}`,
    );
  }
}

/** @throws {RangeError} unless the weight of the KL is finite and not negative */
export function checkBeta(act: string, beta: number): void {
  if (!(beta >= 0 && beta < Infinity)) {
    throw new RangeError(
      `Cannot ${act} as beta must be finite and not negative: ${beta}`,
    );
  }
}

/** @throws {TypeError} unless the model has a q(z|x) */
export function checkVae(act: string, { model }: NetworkSpec): void {
  if (model !== "vae") {
    throw new TypeError(`Cannot ${act} as the model must be a vae: ${model}`);
  }
}
