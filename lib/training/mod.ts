/**
 * Training: the run folder, its files, and the loop that fills it.
 *
 * @module
 */
export {
  formatRunConfig,
  hashRunConfig,
  parseRunConfig,
  RUN_FORMAT,
  type RunConfig,
} from "./config.ts";
export { formatMetrics, type MetricsRecord, parseMetrics } from "./metrics.ts";
export { type Versions, versions } from "./versions.ts";
