/**
 * Training: the run folder, its files, and the loop that fills it.
 *
 * @module
 */
export { type Versions, versions } from "./versions.ts";
