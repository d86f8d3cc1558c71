import { readFile } from "node:fs/promises";
import { getRequestListener } from "@hono/node-server";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { createTenantry, fromAccessToken, fromHost, type Tenantry } from "tenantry";
import { honoServerErrors } from "tenantry/hono";
import type { IdentityInput } from "../../../src/isolation/probe/identity/identity-file.js";
import {
  audience,
  issuer,
  keySet,
  sign,
  signingKey,
} from "../../../src/resolver/access-token/tokens.test-support.js";
import { asAdmin, createTestDatabase, type TestDatabase } from "../../support/databases.js";
import type { TestServer } from "../../support/servers.js";
import { createApp } from "./app.js";
import type { Bug } from "./bugs.js";

export interface ProbedService {
  readonly database: TestDatabase;
  /** A listener of its own, on this machine, with these bugs. */
  listen(...bugs: readonly Bug[]): Promise<Listening>;
  close(): Promise<void>;
}

export interface Listening {
  readonly baseUrl: string;
  readonly identities: readonly IdentityInput[];
}

export const slugs = ["acme", "globex"] as const;

export async function openService(server: TestServer): Promise<ProbedService> {
  const database = await createTestDatabase(server);
  const tables = await readFile(new URL("tables.sql", import.meta.url), "utf8");
  await asAdmin(database.ownerUrl, (owner) => owner.query(tables));
  const key = await signingKey("EdDSA", "ed-1");
  const tenantry = createTenantry({
    database: database.appUrl,
    operatorDatabase: database.operatorUrl,
    secret: database.secret,
    resolve: [
      fromHost({ baseDomain: "app.localhost" }),
      fromAccessToken({
        issuer,
        audience,
        jwks: keySet(key),
        required: ({ target }) => target.startsWith("/api/"),
      }),
    ],
    central: ["/healthz"],
    onEvent: () => undefined,
  });
  const identities = await Promise.all(
    slugs.map(async (slug): Promise<IdentityInput> => {
      const { id } = await tenantry.tenants.create({ slug, name: slug });
      const token = await sign(key, { tenant_id: id, sub: `user-of-${slug}` });
      return {
        name: `user-${slug}`,
        tenant: slug,
        parameters: { tenantId: id },
        host: `${slug}.app.localhost`,
        headers: { authorization: `Bearer ${token}` },
      };
    }),
  );
  const unscoped = new pg.Pool({ connectionString: database.adminUrl, max: 4 });
  unscoped.on("error", () => undefined);
  const servers: Server[] = [];
  return {
    database,
    async listen(...bugs) {
      const http = await listen(tenantry, unscoped, new Set(bugs));
      servers.push(http);
      return { baseUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, identities };
    },
    async close() {
      for (const http of servers) {
        http.closeAllConnections();
        http.close();
      }
      await unscoped.end();
      await tenantry.close();
      await database.drop();
    },
  };
}

async function listen(
  tenantry: Tenantry,
  unscoped: pg.Pool,
  bugs: ReadonlySet<Bug>,
): Promise<Server> {
  const app = createApp({ tenantry, unscoped, bugs });
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: honoServerErrors(tenantry),
  });
  const http = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return http;
}
