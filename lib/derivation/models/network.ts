import { normal } from "../../distributions/mod.ts";
import { trainedNetwork } from "../../exact/mod.ts";
import { libraryFace } from "./library.ts";
import type { Choice, LatentLibrary } from "./faces.ts";
import { networkData } from "./network_data.ts";
import { chosen } from "./library_models.ts";
import { encoderVariants, networkProbes } from "./parameters.ts";

/** The trained network by the library: exact's quadrature, networks' encoder. */
export function networkLibrary(): LatentLibrary {
  const { spec, weights, image } = networkData();
  const model = trainedNetwork(spec, weights, { tolerance: 1e-8 });
  const { mean, scale } = model.approxPosterior(image);
  const qs = encoderVariants.map(({ shift, stretch }) =>
    normal({
      mean: mean.map((m, i) => m + shift[i] * scale[i]),
      scale: scale.map((s) => s * stretch),
    })
  );
  return libraryFace((choice: Choice) => ({
    model,
    x: image,
    q: chosen(qs, choice),
    toLatent: (z) => z,
    fromLatent: (z) => z,
  }), { numObservations: 1, numApprox: qs.length, probes: networkProbes });
}
