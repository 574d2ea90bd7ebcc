import type { NetworkSpec } from "../networks/mod.ts";

/** The layers of an encoder in a word: 784-conv16-conv32-400-20. */
export function encoderSizes(
  { dataDim, convolution, hidden, latentDim }: NetworkSpec,
): string {
  const convolutions = (convolution?.channels ?? []).map((count) => `conv${count}`);
  return [dataDim, ...convolutions, ...hidden, latentDim].join("-");
}

/** The layers of a network there and back: 784-400-20-400-784. */
export function networkSizes(spec: NetworkSpec): string {
  const there = encoderSizes(spec).split("-");
  return [...there, ...there.slice(0, -1).toReversed()].join("-");
}
