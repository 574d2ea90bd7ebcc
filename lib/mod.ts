/**
 * The public surface of elbo that needs no tfjs: the mathematics, the exact
 * models, the derivation's ledger and the data sets. The rooms that train
 * (`elbo/models`, `elbo/training`, ...) are imported by their own names.
 *
 * @module
 */
export * from "./math/mod.ts";
export * from "./distributions/mod.ts";
export * from "./networks/mod.ts";
export * from "./exact/mod.ts";
export * from "./estimators/mod.ts";
export * from "./derivation/mod.ts";
export * from "./files/mod.ts";
export * from "./datasets/mod.ts";
