import type { Range } from "../simd/mod.ts";
import type { Machine } from "./machine.ts";

/** Rows of a batch through the layers of the two networks, forward and backward. */
export class LayerPasses {
  readonly #machine: Machine;
  /** The layers that take z and what comes after it. */
  readonly #firstDecoder: number;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#firstDecoder = machine.layout.layers.findIndex(({ layer }) =>
      layer.part === "decoder"
    );
  }

  /** The layer that computes [mean | logVar]. */
  get heads() {
    return this.#machine.layout.layers[this.#firstDecoder - 1];
  }

  /** x -> [mean | logVar], of some images. */
  encode(images: Range): void {
    if (images.from === images.to) return;
    for (let i = 0; i < this.#firstDecoder; i++) this.#machine.forward(i, images);
  }

  /** z -> the parameters of p(x|z), of some draws. */
  decode(draws: Range): void {
    if (draws.from === draws.to) return;
    const { layers } = this.#machine.layout;
    for (let i = this.#firstDecoder; i < layers.length; i++) {
      this.#machine.forward(i, draws);
    }
  }

  /** The gradient by those parameters -> the one by z, of some draws. */
  backThroughDecoder(draws: Range): void {
    const { layers, zGradient } = this.#machine.layout;
    for (let i = layers.length - 1; i > this.#firstDecoder; i--) {
      this.#backThroughLayer(i, draws);
    }
    const first = this.#firstDecoder;
    this.#machine.packGradient(layers[first], draws);
    this.#machine.backward(first, { byX: zGradient, rows: draws });
  }

  /** The gradient by [mean | logVar] -> the one by the first layer, of some images. */
  backThroughEncoder(images: Range): void {
    for (let i = this.#firstDecoder - 1; i > 0; i--) this.#backThroughLayer(i, images);
    // Nobody needs the gradient by the images.
    this.#machine.packGradient(this.#machine.layout.layers[0], images);
  }

  #backThroughLayer(index: number, rows: Range): void {
    const { layers } = this.#machine.layout;
    const below = layers[index - 1];
    this.#machine.packGradient(layers[index], rows);
    this.#machine.backward(index, { byX: below.gradient, rows });
    this.#machine.throughActivation(below, rows);
  }
}
