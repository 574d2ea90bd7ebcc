import type * as tf from "@tensorflow/tfjs";
import {
  advance,
  type Code,
  f32x4,
  forSteps,
  forVectors,
  i32,
  select,
  type Variable,
  when,
} from "../simd/mod.ts";
import { kernel } from "./wasm_tensors.ts";

/** Sizes of a convolution, as tfjs works them out. */
export type Convolution = tf.backend_util.Conv2DInfo;

/** Numbers in one patch: what one output sees of the input. */
export function patchSize(info: Convolution): number {
  return info.filterHeight * info.filterWidth * info.inChannels;
}

/**
 * Between images [height, width, channels] at the address `x` and their patches at
 * `columns`, one row for each output place, as a filter is stored.
 *
 * "gather" copies patches out of images, zeros where they reach over the edge; "scatter",
 * its transpose, adds patches to images.
 */
export function movePatches(
  direction: "gather" | "scatter",
  info: Convolution,
  { x, columns, images }: { x: number; columns: number; images: number },
): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const sizes = [inHeight, inWidth, inChannels, outHeight, outWidth];
  const steps = [filterHeight, filterWidth, strideHeight, strideWidth];
  const { top, left } = padInfo;
  const name = `${direction} ${[...sizes, ...steps, top, left]}`;
  const { run } = kernel(name, () => ({
    params: ["i32", "i32", "i32"],
    body: ([x, columns, images], newLocal) => {
      const int = () => newLocal("i32");
      const [image, y, left_, row, first, last, count] = Array.from({ length: 7 }, int);
      const [outY, outX, from, to, patch] = Array.from({ length: 5 }, int);
      const move = ({ load, store }: Lanes) =>
        direction === "gather"
          ? store(to, load(from))
          : store(from, f32x4.add(load(from), load(to)));
      // The part of a filter's row that lies in the image, if its line does.
      const line = [
        first.set(atLeast(i32.sub(i32.const(0), left_.get), i32.const(0))),
        last.set(
          atMost(i32.sub(i32.const(inWidth), left_.get), i32.const(filterWidth)),
        ),
        when(
          i32.and(
            i32.lt_u(y.get, i32.const(inHeight)),
            i32.lt_s(first.get, last.get),
          ),
          [
            from.set(at(x, [
              i32.mul(i32.add(image.get, y.get), i32.const(inWidth)),
              left_.get,
              first.get,
            ], inChannels)),
            to.set(at(columns, [first.get], inChannels)),
            count.set(
              i32.mul(i32.sub(last.get, first.get), i32.const(inChannels)),
            ),
            forVectors({ pointers: [from, to], count, newLocal }, move),
          ],
        ),
        advance(y, i32.const(1)),
        advance(columns, i32.const(4 * filterWidth * inChannels)),
      ];
      const clear = direction === "gather"
        ? [
          patch.set(columns.get),
          count.set(i32.const(patchSize(info))),
          forVectors(
            { pointers: [patch], count, newLocal },
            ({ store }) => store(patch, f32x4.const(0)),
          ),
        ]
        : [];
      const count_ = (i: Variable, to: number, body: Code) => [
        i.set(i32.const(0)),
        forSteps(i, { to: i32.const(to), step: 1 }, body),
      ];
      // `image` counts lines, so that a line of all images has one number.
      return forSteps(image, {
        to: i32.mul(images.get, i32.const(inHeight)),
        step: inHeight,
      }, [
        count_(
          outY,
          outHeight,
          count_(outX, outWidth, [
            clear,
            y.set(
              i32.sub(
                i32.mul(outY.get, i32.const(strideHeight)),
                i32.const(top),
              ),
            ),
            left_.set(
              i32.sub(
                i32.mul(outX.get, i32.const(strideWidth)),
                i32.const(left),
              ),
            ),
            count_(row, filterHeight, line),
          ]),
        ),
      ]);
    },
  }));
  run(x, columns, images);
}

type Lanes = Parameters<Parameters<typeof forVectors>[1]>[0];

// The address of an element, its place being a sum of terms, each so many numbers wide.
function at(base: Variable, terms: Code[], width: number): Code {
  const place = terms.reduce((sum, term) => i32.add(sum, term));
  return i32.add(base.get, i32.mul(place, i32.const(4 * width)));
}

function atLeast(x: Code, bound: Code): Code {
  return select(x, bound, i32.gt_s(x, bound));
}

function atMost(x: Code, bound: Code): Code {
  return select(x, bound, i32.lt_s(x, bound));
}
