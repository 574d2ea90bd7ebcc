/**
 * A stand-in for the part of `jsr:@std/cli` that this repository uses.
 *
 * @module
 */
export * from "./parse_args.ts";
