/**
 * Choosing and speeding up the tensor backend that trains.
 *
 * @module
 */
export {
  type Backend,
  type BackendName,
  type BackendRequest,
  chooseBackend,
} from "./choose_backend.ts";
