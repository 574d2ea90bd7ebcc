/** A row-major matrix as an array of rows. */
export function rows(values: ArrayLike<number>, count: number): number[][] {
  const width = values.length / count;
  const flat = Array.from(values);
  return Array.from(
    { length: count },
    (_, row) => flat.slice(row * width, (row + 1) * width),
  );
}
