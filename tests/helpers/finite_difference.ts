/** What {@linkcode finiteDifferenceGradient} takes. */
export interface FiniteDifferenceOptions {
  /** The step relative to `max(1, |x|)`; default cbrt(eps), best for central ones. */
  step?: number;
}

const CUBE_ROOT_OF_EPSILON = Math.cbrt(2 ** -52);

/**
 * The gradient of `f` at `x` by central differences,
 * `(f(x + h e_i) - f(x - h e_i)) / (2 h)`.
 *
 * Its error is about `h^2 |f'''| / 6 + eps |f| / h`: with the default step near
 * 1e-10 of the scale of f for smooth f of order 1.
 *
 * @param f A function of a vector; it may keep no reference to its argument.
 * @param x The point, `[n]`.
 * @returns The gradient, `[n]`.
 */
export function finiteDifferenceGradient(
  f: (x: number[]) => number,
  x: ArrayLike<number>,
  { step = CUBE_ROOT_OF_EPSILON }: FiniteDifferenceOptions = {},
): number[] {
  return Array.from(x, (value, i) => {
    const h = step * Math.max(1, Math.abs(value));
    const at = (moved: number) => {
      const point = Array.from(x);
      point[i] = moved;
      return f(point);
    };
    const above = value + h;
    const below = value - h;
    // above - below, not 2 h: the rounding of the two points then cancels.
    return (at(above) - at(below)) / (above - below);
  });
}
