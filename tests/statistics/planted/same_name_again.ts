Deno.test("no draws at all", () => {});
