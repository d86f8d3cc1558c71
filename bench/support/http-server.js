// One server of bench/http.js, in a process of its own: AsyncLocalStorage, once used anywhere in a
// process, makes every request of it dearer, and the server without Tenantry shall not pay for that.
import { once } from "node:events";
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import createFastify from "fastify";
import { Hono } from "hono";
import pg from "pg";
import { createTenantry, fromHost } from "tenantry";
import { expressErrors, expressTenancy } from "tenantry/express";
import { fastifyErrors, fastifyTenancy } from "tenantry/fastify";
import { honoErrors, honoTenancy } from "tenantry/hono";

/** @typedef {{ framework: string, handler: "json" | "database", scoped: boolean, url: string, tenantId: string, secret: string }} Options */

/** @type {Options} */
const { framework, handler, scoped, url, tenantId, secret } = JSON.parse(process.argv[2]);

const tenantry = scoped
  ? createTenantry({
      database: { url, pg },
      secret,
      resolve: [fromHost({ baseDomain: "example.com" })],
      onEvent: () => {},
    })
  : undefined;
const bare = new pg.Pool({ connectionString: url, max: 10 });
// The server is stopped before its sockets have closed.
bare.on("error", () => {});

/** What the plain handler answers: some 400 bytes of JSON. */
const projects = Array.from({ length: 10 }, (_, id) => ({ id, name: `project ${id}`, open: true }));

const columns = "select id, name, status, amount from";
const answers = {
  json: async () => {
    await Promise.resolve();
    return projects;
  },
  database: async () => {
    const { rows } = tenantry
      ? await tenantry.db.query(`${columns} items where id > $1 order by id limit 10`, [7])
      : await bare.query(
          `${columns} bare_items where tenant_id = $2 and id > $1 order by id limit 10`,
          [7, tenantId],
        );
    return rows;
  },
};
const answer = answers[handler];

const servers = {
  express() {
    const app = express();
    if (tenantry) app.use(expressTenancy(tenantry));
    app.get("/projects", async (_request, response) => void response.json(await answer()));
    if (tenantry) app.use(expressErrors(tenantry));
    return createServer(app);
  },
  async fastify() {
    const app = createFastify();
    if (tenantry) {
      app.register(fastifyTenancy(tenantry));
      app.setErrorHandler(fastifyErrors(tenantry));
    }
    app.get("/projects", () => answer());
    await app.ready();
    return app.server;
  },
  hono() {
    const app = new Hono();
    if (tenantry) app.use(honoTenancy(tenantry)).onError(honoErrors(tenantry));
    app.get("/projects", async (c) => c.json(await answer()));
    return createServer(getRequestListener(app.fetch));
  },
};

await tenantry?.ready();
const server = await servers[framework]();
await once(server.listen(0, "127.0.0.1"), "listening");
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpu: user + system });
});
process.on("disconnect", () => process.exit());
process.send({ port: server.address().port });
