export { strictEqual as assertStrictEquals } from "node:assert";
