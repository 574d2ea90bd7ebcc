/** Float64 reference networks with hand-written backpropagation. */
export {
  checkSpec,
  type LikelihoodSpec,
  type NetworkSpec,
  VARIANCE_FLOOR,
  weightShapes,
} from "./spec.ts";
export { checkWeights, initialWeights, type Weight, type Weights } from "./weights.ts";
