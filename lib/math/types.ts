/** A vector: a plain array of float64 numbers, shape `[n]`. */
export type Vector = readonly number[];

/** A matrix: an array of its rows, shape `[rows][columns]`. */
export type Matrix = readonly (readonly number[])[];
