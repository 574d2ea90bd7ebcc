// Not by networks' mod.ts: each worker would load all of it.
import { decoderHeads } from "../networks/decoder_heads.ts";
import { type NetworkSpec, weightShapes } from "../networks/spec.ts";

/** The part of a layer's columns that is one named weight and its bias. */
export interface Head {
  /** Such as `encoder.mean`; its weight is `encoder.mean.weight`. */
  readonly name: string;
  /** Its first column in the layer. */
  readonly column: number;
  /** How many columns it has. */
  readonly outputs: number;
}

/**
 * A layer y = f(x W + b). Heads that share their input are one layer, side by side: one
 * product instead of two.
 */
export interface Layer {
  readonly part: "encoder" | "decoder";
  readonly heads: readonly Head[];
  /** Numbers in one x. */
  readonly inputs: number;
  /** f: the network's activation in hidden layers, nothing in the last one of a part. */
  readonly isHidden: boolean;
}

/** Columns are worked on sixteen at a time: a panel. Sizes are rounded up to whole ones. */
export const PANEL = 16;

/** Numbers in a vector register; a head begins at a whole one. */
const LANES = 4;

/** The least multiple of `unit` that is not below `size`. */
export function roundUp(size: number, unit: number): number {
  return Math.ceil(size / unit) * unit;
}

/** The columns of a layer that are in use; those between two heads stay zero. */
export function columnsOf({ heads }: Layer): number {
  const { column, outputs } = heads[heads.length - 1];
  return column + outputs;
}

/** The layers in the order in which an image passes them, encoder first. */
export function layersOf(spec: NetworkSpec): Layer[] {
  const shapes = weightShapes(spec);
  const layer = (part: Layer["part"], names: readonly string[]): Layer => {
    const [inputs] = shapes.get(`${part}.${names[0]}.weight`)!;
    const heads: Head[] = [];
    let column = 0;
    for (const name of names) {
      const shape = shapes.get(`${part}.${name}.weight`);
      if (!shape) continue;
      heads.push({ name: `${part}.${name}`, column, outputs: shape[1] });
      column += roundUp(shape[1], LANES);
    }
    return { part, heads, inputs, isHidden: /^\d+$/.test(names[0]) };
  };
  const hidden = spec.hidden.map((_, i) => String(i));
  return [
    ...hidden.map((name) => layer("encoder", [name])),
    layer("encoder", ["mean", "logVar"]),
    ...hidden.map((name) => layer("decoder", [name])),
    layer("decoder", decoderHeads(spec).map(({ name }) => name)),
  ];
}

/** A new field of a network does not compile before the engine has thought of it. */
const THOUGHT_OF: Readonly<Record<keyof NetworkSpec, true>> = {
  model: true,
  dataDim: true,
  hidden: true,
  convolution: true,
  latentDim: true,
  activation: true,
  likelihood: true,
  beta: true,
  freeBits: true,
  samples: true,
  encoderGradient: true,
};

/** Why the engine cannot compute a network; undefined if it can. */
export function engineGap(
  network: Pick<NetworkSpec, "likelihood"> & { readonly convolution?: unknown },
): string | undefined {
  const { convolution, likelihood } = network;
  const other = Object.keys(network).find((name) => !Object.hasOwn(THOUGHT_OF, name));
  if (other !== undefined) return `it knows no ${other}`;
  if (convolution) return "it has convolutions";
  const { kind } = likelihood;
  if (kind === "bernoulli") return undefined;
  if (kind !== "gaussian") return `it knows no ${kind} likelihood`;
  const { variance } = likelihood;
  if (typeof variance === "number" || variance === "pixel" || variance === "shared") {
    return undefined;
  }
  return `it knows no ${variance} variance`;
}
