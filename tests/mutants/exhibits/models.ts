import type { Mutant } from "../mutant.ts";

const adam = "lib/models/adam_rate.ts";
const backward = "lib/models/backward.ts";
const forward = "lib/models/forward.ts";
const kSample = "lib/models/k_sample.ts";
const likelihood = "lib/models/likelihood.ts";
const objective = "lib/models/objective.ts";

/** Wrong objectives, gradients and updates of the networks that train on tfjs. */
export const modelMutants: readonly Mutant[] = [
  {
    id: "mean-over-pixels-sum-over-latents",
    mistake:
      "The reconstruction is averaged over pixels, the KL summed: a silent beta.",
    file: likelihood,
    from: "fused.bernoulliSlope({ x, logits: decoded.output }, 1 / x.shape[0])",
    to: "fused.bernoulliSlope({ x, logits: decoded.output }, 1 / x.size)",
    trains: {},
  },
  {
    id: "squared-error-without-its-variance",
    mistake: "The Gaussian's gradient by its mean is that of a squared error.",
    file: likelihood,
    from: "const scaledError = tf.div(error, variance);",
    to: "const scaledError = tf.mul(error, 2);",
    trains: { likelihood: "gaussian" },
  },
  {
    id: "gaussian-without-its-constant",
    mistake: "The Gaussian density leaves out ln(2 pi): training is the same.",
    file: likelihood,
    from: "tf.add(tf.log(variance), LOG_2_PI)",
    to: "tf.add(tf.log(variance), 0 * LOG_2_PI)",
    trains: { likelihood: "gaussian" },
  },
  {
    id: "logits-that-overflow",
    mistake: "ln(exp(l) + 1) in float32, infinite from l = 88.7 on.",
    file: likelihood,
    from: "tf.add(tf.relu(output), tf.log1p(tf.exp(tf.neg(tf.abs(output)))))",
    to: "tf.log(tf.add(tf.exp(output), 1))",
  },
  {
    id: "log-variance-as-log-scale",
    mistake: "exp(logVar) is taken for the scale.",
    file: forward,
    from: "tf.mul(tf.exp(tf.mul(logVar, 0.5)), eps)",
    to: "tf.mul(tf.exp(logVar), eps)",
    trains: {},
  },
  {
    id: "noise-without-its-scale",
    mistake: "z = mean + eps, as the essay's sketch has it.",
    file: forward,
    from: "tf.mul(tf.exp(tf.mul(logVar, 0.5)), eps)",
    to: "tf.mul(tf.onesLike(logVar), eps)",
    trains: {},
  },
  {
    id: "kl-gradient-without-its-one",
    mistake: "The gradient of the KL by logVar misses its -1: the scales shrink.",
    file: objective,
    from: "tf.mul(tf.sub(tf.square(scale), 1), share)",
    to: "tf.mul(tf.square(scale), share)",
    trains: {},
  },
  {
    id: "kl-per-image-not-per-batch",
    mistake: "The KL's gradient is summed over the batch, the rest averaged.",
    file: objective,
    from: "const all = beta / mean.shape[0];",
    to: "const all = beta;",
    trains: {},
  },
  {
    id: "gradient-of-logvar-not-halved",
    mistake: "The gradient by logVar forgets that scale = exp(logVar / 2).",
    file: objective,
    from: "tf.add(tf.mul(byScale, scale), tf.mul(",
    to: "tf.add(tf.mul(2, tf.mul(byScale, scale)), tf.mul(",
    trains: {},
  },
  {
    id: "sigmoid-slope-for-tanh",
    mistake: "The slope of tanh is written as 1 - y instead of 1 - y^2.",
    file: backward,
    from: "tf.sub(1, tf.square(output))",
    to: "tf.sub(1, output)",
  },
  {
    id: "gradient-not-passed-on",
    mistake: "A detach too much: the encoder learns from the KL alone.",
    file: objective,
    from: "latentGradient(spec, encoded, { byZ, eps, pressed })",
    to: "latentGradient(spec, encoded, { byZ: tf.zerosLike(byZ), eps, pressed })",
    trains: {},
  },
  {
    id: "biases-never-learn",
    mistake: "The gradient of every bias is 0.",
    file: backward,
    from: "this.gradient.set(`${name}.bias`, by.bias);",
    to: "this.gradient.set(`${name}.bias`, tf.mul(0, by.bias));",
    trains: {},
  },
  {
    id: "adam-without-correction",
    mistake: "Adam leaves out the correction of its first moment.",
    file: adam,
    from: "rate: learningRate * correction / (1 - BETA_1 ** step),",
    to: "rate: learningRate * correction,",
    trains: {},
  },
  {
    id: "adam-second-moment-of-rmsprop",
    mistake: "Adam's second moment forgets as fast as its first.",
    file: adam,
    from: "const BETA_2 = 0.999;",
    to: "const BETA_2 = 0.9;",
    trains: {},
  },
  {
    id: "one-noise-for-all-steps",
    mistake: "The generator starts anew at every step: all batches share one noise.",
    file: "lib/models/batch_tensors.ts",
    from: "eps: drawNoise({ ...noise, step: batch.step, rows,",
    to: "eps: drawNoise({ ...noise, step: 0, rows,",
    trains: {},
  },
  {
    id: "weights-of-losses",
    mistake: "The log weights are negated: the worst sample weighs most.",
    file: "lib/models/log_weights.ts",
    from: "return tf.add(logLikelihoods, logDensityRatio({ eps, z, logVar }));",
    to: "return tf.sub(logDensityRatio({ eps, z, logVar }), logLikelihoods);",
  },
  {
    id: "parts-that-do-not-add-up",
    mistake: "The objective that is printed has beta where its parts have none.",
    file: "lib/models/batch_numbers.ts",
    from: `elbo: model === "vae" ? expectedLogLikelihood - kl : NaN,`,
    to: `elbo: model === "vae" ? expectedLogLikelihood - beta * kl : NaN,`,
    trains: {},
  },
  {
    id: "iwae-that-softmaxes-losses",
    mistake: "The K samples are weighed by a softmax of losses: the worst counts most.",
    file: kSample,
    from: "tf.softmax(byImage)",
    to: "tf.softmax(tf.neg(byImage))",
    trains: { network: { samples: 5 } },
  },
  {
    id: "second-weight-not-squared",
    mistake:
      "The doubly reparameterised gradient by the mean misses its second weight.",
    file: kSample,
    from: "const mean = tf.mul(byWeight, shares) as tf.Tensor2D;",
    to: "const mean = byWeight as tf.Tensor2D;",
    trains: {
      network: { samples: 5, encoderGradient: "doubly-reparameterized" },
    },
  },
  {
    id: "posterior-not-detached",
    mistake:
      "A detach too few: ln q's own parameters move in a doubly reparameterised " +
      "gradient.",
    file: "lib/networks/k_sample_gradient.ts",
    from: "doubly ? 0 : -0.5",
    to: "doubly ? -0.5 : -0.5",
  },
  {
    id: "free-bits-in-name-only",
    mistake: "The KL presses on dimensions below their free bits all the same.",
    file: objective,
    from: 'pressed: tf.cast(tf.greater(means, freeBits), "float32"),',
    to: "pressed: tf.onesLike(means),",
    trains: { network: { freeBits: 0.5 } },
  },
  {
    id: "continuous-bernoulli-of-cross-entropy",
    mistake:
      "The continuous Bernoulli learns by the gradient of the cross entropy: its " +
      "normaliser is forgotten.",
    file: likelihood,
    from: "return byMean(continuousBernoulliMean(decoded.output));",
    to: "return byMean(tf.sigmoid(decoded.output));",
    trains: { likelihood: "continuous-bernoulli" },
  },
  {
    id: "highest-bin-with-an-edge",
    mistake:
      "The bin of full ink ends at 1 + 1/510, so that the masses miss their rest.",
    file: "lib/models/logistic_component.ts",
    from: "tf.less(x, 1 - HALF_LEVEL)",
    to: "tf.less(x, 1 + HALF_LEVEL)",
    trains: { likelihood: "logistic-mixture" },
  },
];
