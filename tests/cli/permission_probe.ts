/**
 * Tries, in the place of a command, what a training has no business to do, in this thread
 * and in a worker, and prints what came of each as JSON.
 */
export {};

const inside = Deno.args[0];

const attempts: Record<string, (inside: string) => unknown> = {
  "reads the data folder": () => Deno.readTextFileSync("data/README.md"),
  "writes its run": (inside) => Deno.writeTextFileSync(`${inside}/probe.txt`, "x"),
  "reads the system": () => Deno.readTextFileSync("/etc/hostname"),
  "reads a folder above": () => [...Deno.readDirSync("..")],
  "writes into the library": () =>
    Deno.writeTextFileSync("lib/mod.ts", "", { append: true }),
  "writes a temporary file": () => Deno.makeTempFileSync(),
  "removes the data": () => Deno.removeSync("data/README.md"),
  "fetches": () => fetch("http://127.0.0.1:8080/"),
  "connects": () => Deno.connect({ port: 8080 }),
  "imports from elsewhere": () => import(`http://127.0.0.1:8080/${"a"}.ts`),
  "reads the environment": () => Deno.env.get("HOME"),
  "starts a process": () => new Deno.Command("true").outputSync(),
};

/** The name of what each attempt ends with. */
async function outcomes(inside: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      await attempt(inside);
      found[name] = "done";
    } catch (error) {
      const { message } = error as Error;
      found[name] = /^Requires [a-z]+ access to/.test(message) ? "refused" : message;
    }
  }
  return found;
}

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<string>) => void;
  postMessage?: (found: unknown) => void;
};
// A worker is the main module of itself, too.
if (!("WorkerGlobalScope" in globalThis)) {
  const worker = new Worker(import.meta.url, { type: "module" });
  const byWorker = new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
  worker.postMessage(inside);
  console.log(JSON.stringify([await outcomes(inside), await byWorker]));
  worker.terminate();
} else {
  scope.onmessage = async ({ data }) => scope.postMessage?.(await outcomes(data));
}
