import { isBinary } from "../datasets/mod.ts";
import { encodeMeans, evenlySpaced } from "../evaluation/mod.ts";
import { imageGrid, klBars, lossCurves, renderChart } from "../figures/mod.ts";
import type { NetworkSpec } from "../networks/mod.ts";
import {
  interpolationPicture,
  manifoldPicture,
  scatterPicture,
} from "./latent_pictures.ts";
import {
  greysOf,
  type PictureSource,
  pixelsOf,
  type RunPicture,
} from "./picture_source.ts";
import { samplePrior } from "./sample_prior.ts";

const RECONSTRUCTIONS_A_ROW = 10;
const PRIOR_SAMPLES = 64;
const PRIOR_COLUMNS = 16;

const DRAWN_FROM: Record<NetworkSpec["likelihood"]["kind"], string> = {
  "bernoulli": "0 or 1, drawn by itself",
  "continuous-bernoulli": "drawn by itself from a continuous Bernoulli",
  "gaussian": "drawn by itself from a Gaussian",
  "gaussian-mixture": "drawn by itself from a mixture of Gaussians",
  "logistic-mixture": "a byte drawn by itself from a mixture of logistics",
};

/**
 * Draw all pictures that a run has something for.
 *
 * @param source The trained model, its metrics and the test images.
 * @returns The pictures in the order of the report.
 */
export async function runPictures(source: PictureSource): Promise<RunPicture[]> {
  const { spec, metrics } = source;
  const isVae = spec.model === "vae";
  const pictures: RunPicture[] = [];
  if (metrics.length > 0) pictures.push(await lossPicture(source));
  const ofCode = await klPicture(source);
  if (ofCode) pictures.push(ofCode);
  pictures.push(await reconstructionPicture(source));
  if (isVae) pictures.push(...await priorPictures(source));
  pictures.push(await scatterPicture(source));
  // An autoencoder has no prior whose quantiles the codes could lie on.
  if (isVae && spec.latentDim <= 2) pictures.push(await manifoldPicture(source));
  if (source.images.count >= 2) pictures.push(await interpolationPicture(source));
  return pictures;
}

async function lossPicture({ metrics, spec }: PictureSource): Promise<RunPicture> {
  const chart = lossCurves(metrics);
  const isVae = spec.model === "vae";
  const last = metrics[metrics.length - 1];
  const end = last.testElbo === null
    ? `-ln p(x|z) ends at ${(-last.testExpectedLogLikelihood).toFixed(2)}`
    : `-ELBO ends at ${(-last.testElbo).toFixed(2)}`;
  return {
    name: "loss_curves",
    spec: chart,
    png: await renderChart(chart),
    title: "Training",
    caption: isVae
      ? "−ELBO by epoch, and its two parts on the test images, in nats per image. The " +
        "train line is the mean over the epoch, taken while the weights moved; the test " +
        "line is of the weights at the epoch's end. The y axes do not start at 0."
      : "−ln p(x|z) at the code of x by epoch, in nats per image. The train line is the " +
        "mean over the epoch, taken while the weights moved.",
    alt:
      `Lines over ${metrics.length} epochs; on the test images ${end} nats per image.`,
  };
}

/** Runs that were begun before the KL was kept by dimension have none. */
async function klPicture({ metrics }: PictureSource): Promise<RunPicture | undefined> {
  const records = metrics.flatMap(({ epoch, testKlByDimension }) =>
    testKlByDimension ? [{ label: epoch, kl: testKlByDimension }] : []
  );
  const last = records.at(-1);
  if (last === undefined) return undefined;
  const chart = klBars(records);
  const { testActiveUnits } = metrics[metrics.length - 1];
  return {
    name: "kl_by_dimension",
    spec: chart,
    png: await renderChart(chart),
    title: "KL by dimension",
    caption: "KL(q(z|x) ‖ p(z)) on the test images by epoch. Each piece is a latent " +
      "dimension, the largest at the bottom; one that has died has no height.",
    alt: `Bars in pieces; at the end ${testActiveUnits} of ${last.kl.length} latent ` +
      `dimensions are active.`,
  };
}

async function reconstructionPicture(source: PictureSource): Promise<RunPicture> {
  const { images, step, spec, binarization } = source;
  const { height, width, dataDim } = images;
  const indices = evenlySpaced(images.count, 2 * RECONSTRUCTIONS_A_ROW);
  const shown = pixelsOf(source, indices);
  const codes = await encodeMeans(step, shown);
  const { mean } = await step.decode(codes, indices.length);
  const binary = isBinary(binarization);
  const layers = [greysOf(source, indices), ...(binary ? [shown.pixels] : []), mean];
  const names = ["image", ...(binary ? ["binarised input"] : []), "reconstruction"];
  const columns = Math.min(RECONSTRUCTIONS_A_ROW, indices.length);
  const blocks = Math.ceil(indices.length / columns);
  const grid = new Float32Array(blocks * layers.length * columns * dataDim);
  // A last block that is short stays background where it has no image.
  layers.forEach((layer, row) => {
    for (let i = 0; i < indices.length; i++) {
      const block = Math.floor(i / columns);
      const cell = (block * layers.length + row) * columns + i % columns;
      grid.set(layer.subarray(i * dataDim, (i + 1) * dataDim), cell * dataDim);
    }
  });
  const at = spec.model === "vae" ? "at z = E[z|x]" : "at z = the code of x";
  return {
    name: "reconstructions",
    png: await imageGrid({
      ...{ images: grid, count: grid.length / dataDim, height, width, columns },
      invert: true,
      rowLabels: Array.from({ length: blocks }, () => names).flat(),
      rowBreaks: Array.from({ length: blocks }, (_, i) => (i + 1) * layers.length - 1),
      title: "Test images and their reconstructions",
      subtitle: `a reconstruction is the decoder's mean E[x|z] ${at}`,
    }),
    title: "Reconstructions",
    caption: `Test images, evenly spaced over the set${
      binary ? ", what the encoder saw of them," : ""
    } and the decoder's mean ${at}. Ink is 1, paper is 0.`,
    alt: `${indices.length} test images above what the decoder makes of their codes.`,
  };
}

async function priorPictures(source: PictureSource): Promise<RunPicture[]> {
  const { images: { height, width }, spec } = source;
  const samples = await samplePrior(source, { count: PRIOR_SAMPLES });
  const layout = { count: PRIOR_SAMPLES, height, width, columns: PRIOR_COLUMNS };
  const values = DRAWN_FROM[spec.likelihood.kind];
  return [
    {
      name: "prior_means",
      png: await imageGrid({
        ...layout,
        images: samples.means,
        invert: true,
        title: "Decoder means E[x|z] at z ~ N(0, I)",
        subtitle: "the average image at each z, not a sample of x",
      }),
      title: "Means at draws of the prior",
      caption:
        `The decoder's mean at ${PRIOR_SAMPLES} draws of z from the prior. These ` +
        "are smoother than anything that the model generates: they are no samples of x.",
      alt: `${PRIOR_SAMPLES} smooth images that the decoder gives as means.`,
    },
    {
      name: "prior_samples",
      png: await imageGrid({
        ...layout,
        images: samples.draws,
        invert: true,
        title: "Samples x ~ p(x|z) at z ~ N(0, I)",
        subtitle: `what the model generates: every pixel is ${values}`,
      }),
      title: "Samples of the model",
      caption:
        "At the same z, each pixel drawn from p(x|z): the images that this model " +
        "gives a probability to. Their grain is the price of pixels that are " +
        "independent given z.",
      alt: `${PRIOR_SAMPLES} grainy images, drawn pixel by pixel.`,
    },
  ];
}
