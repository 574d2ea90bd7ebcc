export * from "./marginal.ts";
export * from "./bound.ts";
export * from "./parts.ts";
export * from "./gaussian_kl.ts";
export * from "./gaussian_moments.ts";
export * from "./steps.ts";
export * from "./reparameterization.ts";
