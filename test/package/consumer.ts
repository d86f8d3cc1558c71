// A user's program: scripts/check-package.js compiles it against the installed tarball, with no
// types in reach but Node's. It is never run.
import { createServer } from "node:http";
import {
  createTenantry,
  fromAccessToken,
  fromHost,
  fromPath,
  fromSealedHeader,
  isTenantryError,
  type Resolver,
  type Tenant,
  type TenantryEvent,
  type TenantScope,
} from "tenantry";
import { consumeJobs, publishJob, type AmqpConsumer, type AmqpPublisher } from "tenantry/amqplib";
import { tenantQueue, type BullQueue } from "tenantry/bullmq";
import { sealMessage } from "tenantry/kafka";
import { tenantStream, type JetStream, type NatsHeaders } from "tenantry/nats";
import { tenantBoss, type Boss } from "tenantry/pg-boss";

interface Project {
  readonly id: string;
  readonly name: string;
}

const fromCustomHeader: Resolver = {
  name: "custom",
  varies: ["x-custom"],
  read: (request) => {
    const value = request.headers.find(([name]) => name.toLowerCase() === "x-custom")?.[1];
    if (value === undefined) return null;
    return { source: "custom", key: { by: "slug", value }, detail: value };
  },
};

const tenantry = createTenantry({
  database: { url: "postgres://app@127.0.0.1:5432/app", maxConnections: 4 },
  operatorDatabase: "postgres://operator@127.0.0.1:5432/app",
  resolve: [
    fromHost({ baseDomain: "app.example.com" }),
    fromPath({ prefix: "/t" }),
    fromAccessToken({
      issuer: "https://auth.example.com",
      audience: "https://app.example.com",
      jwks: "https://auth.example.com/jwks",
    }),
    fromSealedHeader({ audience: "projects" }),
    fromCustomHeader,
  ],
  secret: [process.env["TENANTRY_SECRET"] ?? "", process.env["TENANTRY_OLD_SECRET"] ?? ""],
  central: ["/healthz", "/auth/*"],
  onEvent: (event: TenantryEvent) => console.error(event.type, event.detail["tenantId"]),
});

export async function projects(): Promise<readonly Project[]> {
  const { rows } = await tenantry.db.query<Project>("select id, name from projects where id = $1", [
    tenantry.scope().tenant.id,
  ]);
  return rows;
}

export async function rename(id: string, name: string): Promise<void> {
  await tenantry.db.transaction(async (tx) => {
    await tx.query("update projects set name = $2 where id = $1", [id, name]);
    await tx.savepoint((inner) => inner.query("insert into log (text) values ($1)", [name]));
  });
}

export async function nightly(): Promise<void> {
  await tenantry.forEachTenant((tenant: Tenant) => rename(tenant.id, tenant.name), {
    reason: "nightly",
  });
  await tenantry.enter("acme", { reason: "support case" }, () => projects());
  await tenantry.asOperator({ actor: "ann", reason: "count" }, (db) => db.query("select 1"));
}

export function later(scope: TenantScope): Promise<readonly Project[]> {
  return tenantry.run(scope, () => projects());
}

export async function enqueue(
  clients: { queue: BullQueue; boss: Boss; jetstream: JetStream; headers: () => NatsHeaders },
  channel: AmqpPublisher & AmqpConsumer,
): Promise<void> {
  await tenantQueue(tenantry, clients.queue).add("x", { n: 1 }, { delay: 1000 });
  await tenantBoss(tenantry, clients.boss).send("x", { n: 1 });
  await tenantStream(tenantry, clients).publish("x", Buffer.from("1"));
  publishJob(tenantry, channel, { routingKey: "x" }, Buffer.from("1"));
  await consumeJobs(tenantry, channel, "x", () => 1, { deadLetter: { queue: "x-dead" } });
  sealMessage(tenantry, "x", { value: "1" });
}

createServer((request, response) => {
  const headers = Object.entries(request.headers).map(
    ([name, value]) => [name, String(value)] as const,
  );
  const { method = "GET", url: target = "/" } = request;
  const remoteAddress = request.socket.remoteAddress ?? null;
  tenantry.resolver.resolve({ method, target, headers, remoteAddress }).then(
    (resolution) => response.end(resolution.kind === "tenant" ? resolution.scope.tenant.slug : ""),
    (error: unknown) => {
      response.statusCode = isTenantryError(error) ? error.status : 500;
      response.end(isTenantryError(error) ? JSON.stringify(error.toPublic()) : "");
    },
  );
});
