import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { probe } from "../../src/isolation/probe/probe.js";

const json = { "application/json": { schema: { type: "object" } } };
const written = {
  responses: {},
  requestBody: {
    content: {
      "application/json": {
        schema: {
          type: "object",
          properties: {
            name: { type: "string" },
            projectId: { type: "string" },
            projectIds: { type: "array", items: { type: "string" } },
          },
        },
      },
    },
  },
};
const read = { responses: { 200: { description: "", content: json } } };
const document = {
  openapi: "3.1.0",
  info: { title: "settings", version: "1" },
  paths: {
    "/projects": { get: read, post: written },
    "/settings": { get: read, put: written, patch: written, delete: { responses: {} } },
  },
};

let server: Server;
let writes: string[] = [];
beforeAll(async () => {
  const names = new Map<string, string>([
    ["a", "first"],
    ["b", "second"],
  ]);
  const projects: { id: string; owner: string; name: string }[] = [];
  server = createServer((request, response) => {
    void (async () => {
      let text = "";
      for await (const chunk of request) text += String(chunk);
      const owner = String(request.headers["authorization"]);
      const answer = (status: number, body: unknown) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      };
      if (request.url === "/openapi.json") return answer(200, document);
      if (!names.has(owner)) return answer(401, {});
      if (request.url === "/projects" && request.method === "POST") {
        const name = /"name":"([^"]*)"/.exec(text)?.[1] ?? "";
        const made = { id: crypto.randomUUID(), owner, name };
        projects.push(made);
        return answer(201, made);
      }
      if (request.url === "/projects") {
        return answer(
          200,
          projects.filter((each) => each.owner === owner),
        );
      }
      if (request.url !== "/settings") return answer(404, {});
      if (request.method !== "GET") writes.push(`${request.method!} ${owner}`);
      answer(200, { name: names.get(owner) });
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => server.close());

async function run(destructive: boolean) {
  writes = [];
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const identities = ["a", "b"].map((name) => ({
    name,
    tenant: name,
    headers: { authorization: name },
  }));
  const openapi = `${baseUrl}/openapi.json`;
  return probe({ baseUrl, identities, openapi, destructive, timingSamples: 0, seed: 7 });
}

it("writes no settings, which no id says to be the probe's, unless it may", async () => {
  const report = await run(false);
  expect(writes).toEqual([]);
  const cells = report.matrices.flatMap(({ columns, rows }) =>
    rows
      .filter(({ name }) => name === "PUT /settings")
      .flatMap((row) => columns.map((column, index) => `${column} ${row.cells[index]!.verdict}`)),
  );
  for (const column of ["claims", "references", "batches", "errors"]) {
    expect(cells).toContain(`${column} unproven`);
  }
  await run(true);
  expect(writes).toContain("PUT a");
}, 60_000);
