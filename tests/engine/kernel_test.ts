import { assertEquals } from "@std/assert";
import { kernelTest, outputsOf, textOf } from "../notebooks/cells.ts";

const cell = `
import { createEngineStep } from "elbo/engine";
import { say } from "elbo/jupyter";

const spec = {
  ...{ model: "vae", dataDim: 30, hidden: [20], latentDim: 3, activation: "relu" },
  ...{ likelihood: { kind: "bernoulli" }, beta: 1 },
};
const images = Float32Array.from({ length: 8 * 30 }, (_, i) => i * i % 5 === 0 ? 1 : 0);
const biases = [];
for (const threads of [1, 2]) {
  const options = { seed: 0, learningRate: 0.01, threads, onNote: say };
  const step = await createEngineStep(spec, options);
  for (let i = 0; i < 5; i++) await step.train({ images, batchSize: 8, step: i });
  biases.push((await step.state()).weights.get("decoder.output.bias").values.join());
  step.dispose();
}
await say(String(biases[0] === biases[1] && biases[0].length > 100));
`;

kernelTest("engine: two threads in a notebook's kernel", async (scratch) => {
  const [outputs] = await outputsOf([cell], { scratch });
  assertEquals(textOf(outputs).trim(), "true");
});
