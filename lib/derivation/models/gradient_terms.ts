import type { NoiseLibrary } from "./integrands.ts";

/** f'(z) (1, eps): one draw of the reparameterised gradient by mean and by scale. */
export function pathTerms({ slope, latentOf }: NoiseLibrary) {
  const meanTerm = (eps: number) => slope(latentOf(eps));
  return [meanTerm, (eps: number) => meanTerm(eps) * eps];
}

/** f(z) grad ln q(z): one draw of the score function's. */
export function scoreTerms({ f, latentOf, q }: NoiseLibrary) {
  const value = (eps: number) => f(latentOf(eps)) / q.scale[0];
  return [
    (eps: number) => value(eps) * eps,
    (eps: number) => value(eps) * (eps ** 2 - 1),
  ];
}
