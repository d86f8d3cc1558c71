import { describe } from "vitest";
import { runRule } from "./rule-tester.js";

describe("no-enter-with", () => {
  runRule("no-enter-with", {
    valid: ["storage.run(value, work);", "enterWith(value);"],
    invalid: [
      { code: "storage.enterWith(value);", says: ["enterWith"] },
      { code: "storage['enterWith'](value);", says: ["enterWith"] },
      { code: "const enter = storage?.enterWith;", says: ["enterWith"] },
    ],
  });
});

describe("no-callback-query", () => {
  runRule("no-callback-query", {
    valid: [
      "await pool.query('select 1');",
      "await pool.query('select 1', [id]);",
      "const { rows } = await client.query({ text, values });",
      "router.query('name', (value) => value);",
      "t.procedure.query(({ ctx }) => ctx);",
      "query('select 1', () => {});",
    ],
    invalid: [
      { code: "pool.query('select 1', (error, result) => {});", says: ["callback"] },
      { code: "client.query(text, values, function (error) {});", says: ["callback"] },
      { code: "this.pool.query(text, [id], callback);", says: ["callback"] },
      { code: "anything.query(`select ${id}`, cb);", says: ["callback"] },
    ],
    typed: {
      valid: ["await pool.query<Row>('select 1', [id] as const);"],
      invalid: [{ code: "pool!.query('select 1', (e: Error) => {});", says: ["callback"] }],
    },
  });
});

describe("no-unscoped-client", () => {
  const code = (text: string) => ({ code: text, filename: "src/routes/projects.ts" });
  runRule("no-unscoped-client", {
    valid: [
      code("import { Client } from 'discord.js'; new Client();"),
      code("import { Pool } from 'tinypool'; new Pool();"),
      code("import { Kysely } from 'kysely'; new Kysely({ dialect: d(tenantry.pool) });"),
      code(
        "import { drizzle } from 'drizzle-orm/node-postgres'; drizzle({ client: tenantry.pool });",
      ),
      code("drizzle(pool);"),
      { code: "import { Pool } from 'pg'; new Pool();", filename: "src/db/pool.ts" },
      { code: "import { Pool } from 'pg'; new Pool();", filename: "scripts/backfill.ts" },
      {
        code: "import { Pool } from 'pg'; new Pool();",
        filename: "a/b.ts",
        options: [{ allow: ["a/*"] }],
      },
    ],
    invalid: [
      { ...code("import { Pool } from 'pg'; new Pool();"), says: ["unscoped"] },
      { ...code("import pg from 'pg'; new pg.Client(url);"), says: ["unscoped"] },
      { ...code("const { Pool: P } = require('pg'); new P();"), says: ["unscoped"] },
      {
        ...code("import { PrismaClient as C } from '@prisma/client'; new C();"),
        says: ["unscoped"],
      },
      {
        ...code(
          "import { PrismaClient } from '../generated/prisma/client.js'; new PrismaClient();",
        ),
        says: ["unscoped"],
      },
      {
        ...code("import { drizzle } from 'drizzle-orm/node-postgres'; drizzle(url);"),
        says: ["unscoped"],
      },
      {
        ...code("import postgres from 'postgres'; const sql = postgres(url);"),
        says: ["unscoped"],
      },
      { ...code("import { Kysely } from 'kysely'; new Kysely({ dialect });"), says: ["unscoped"] },
    ],
    typed: {
      valid: [code("import type { Pool } from 'pg'; declare const pool: Pool;")],
      invalid: [
        {
          ...code("import { Kysely } from 'kysely'; new Kysely<DB>({ dialect });"),
          says: ["unscoped"],
        },
      ],
    },
  });
});

describe("no-operator-in-handler", () => {
  runRule("no-operator-in-handler", {
    valid: [
      "await tenantry.asOperator(why, work);",
      { code: "await tenantry.asOperator(why, work);", filename: "src/routes/admin/tenants.ts" },
    ],
    invalid: [
      {
        code: "await tenantry.asOperator(why, work);",
        filename: "src/routes/x.ts",
        says: ["operator"],
      },
      { code: "app.get('/x', async () => tenantry.asOperator(why, work));", says: ["operator"] },
      {
        code: "export function h(req, res) { return tenantry.asOperator(why, work); }",
        says: ["operator"],
      },
    ],
  });
});

describe("no-unkeyed-cache", () => {
  runRule("no-unkeyed-cache", {
    valid: [
      "redis.get(`projects:${tenant.id}:${id}`);",
      "redis.get(`projects:${req.orgId}`);",
      "cache.set('p:' + scope.tenant.id, value);",
      "cache.get(key);",
      "cache.get(keyOf(id));",
      "cache.get('global:countries');",
      "tenantry.cache.get('projects');",
      "headers.get('etag');",
      "new URLSearchParams(text).get('page');",
      "const seen = new Map(); export function f(id) { return seen.get(id); }",
      "export function f() { const cache = new Map(); for (const a of b) cache.get(a); }",
      "const projectCache = new Map(); export const f = (tenantId) => projectCache.get(tenantId);",
      "unstable_cache(async (tenantId) => load(tenantId), ['projects']);",
      "unstable_cache(async () => load(), ['projects', tenant.id]);",
      "unstable_cache(async () => countries(), ['global:countries']);",
      "unstable_cache(load, ['projects']);",
    ],
    invalid: [
      { code: "redis.get(`projects:${id}`);", says: ["key"] },
      { code: "redis.set('settings', value);", says: ["key"] },
      { code: "this.cache.get('projects:' + id);", says: ["key"] },
      { code: "sessionCache.get(`user:${id}`);", says: ["key"] },
      {
        code: "const projectCache = new Map(); export const f = (id) => projectCache.get(id);",
        says: ["map"],
      },
      { code: "unstable_cache(async () => load(), ['projects']);", says: ["framework"] },
      { code: "unstable_cache(async (id) => load(id));", says: ["framework"] },
    ],
    typed: {
      valid: ["const c = new Map<string, number>(); export const f = (id: string) => c.get(id);"],
      invalid: [{ code: "redis.get(`p:${id}` as string);", says: ["key"] }],
    },
  });
});

describe("no-ambient-tenant-in-cache", () => {
  runRule("no-ambient-tenant-in-cache", {
    valid: [
      "cache(async () => tenantry.scope());",
      "const { tenant } = tenantry.scope(); unstable_cache(async (id) => load(id))(tenant.id);",
      "async function load(id) { 'use cache'; return fetch(id); }",
      "async function load() { return tenantry.scope(); }",
      "async function load() { 'use client'; return tenantry.scope(); }",
    ],
    invalid: [
      { code: "unstable_cache(async () => tenantry.scope().tenant.id);", says: ["ambient"] },
      {
        code: "unstable_cache(async () => { const s = storage.getStore(); return s; });",
        says: ["ambient"],
      },
      {
        code: "async function load() { 'use cache'; return tenantry.db.query('select 1'); }",
        says: ["ambient"],
      },
      {
        code: "async function load() { 'use cache: remote'; return currentScope(); }",
        says: ["ambient"],
      },
      {
        code: "'use cache'; export async function load() { return tenantry.scope(); }",
        says: ["ambient"],
      },
    ],
  });
});

describe("no-tenant-from-request", () => {
  runRule("no-tenant-from-request", {
    valid: [
      "const { tenant } = tenantry.scope();",
      "const { name } = req.body;",
      "const id = req.params.id;",
      "const id = session.tenantId;",
      "const id = job.data.tenantId;",
      "headers['x-tenant-id'] = seal;",
      "request.headers['x-tenant-id'] = seal;",
      "delete req.headers['x-tenant-id'];",
      "map.get('tenantId');",
      "config.get('tenant');",
      "headers.set('x-tenant-id', seal);",
      { code: "req.body.tenantId;", options: [{ names: ["studio"] }] },
      {
        code: "req.body.tenantId;",
        filename: "src/sign-in.ts",
        options: [{ allow: ["**/sign-in.ts"] }],
      },
    ],
    invalid: [
      { code: "const id = req.body.tenantId;", says: ["claimed"] },
      { code: "const id = request.query.organization_id;", says: ["claimed"] },
      { code: "const id = req.params['tenant'];", says: ["claimed"] },
      { code: "const id = req.headers['x-tenant-id'];", says: ["claimed"] },
      { code: "const id = ctx.request.body?.orgId;", says: ["claimed"] },
      { code: "const { tenantId, name } = req.body;", says: ["claimed"] },
      { code: "const { tenantId: id } = await request.json();", says: ["claimed"] },
      { code: "const id = (await request.json()).tenantId;", says: ["claimed"] },
      { code: "const id = c.req.param('tenant');", says: ["claimed"] },
      { code: "const id = c.req.header('X-Tenant-Id');", says: ["claimed"] },
      { code: "const id = url.searchParams.get('tenantId');", says: ["claimed"] },
      { code: "const id = (await searchParams).tenant;", says: ["claimed"] },
      { code: "const id = (await headers()).get('x-tenant-id');", says: ["claimed"] },
      {
        code: "const id = req.body.studioId;",
        options: [{ names: ["studio_id"] }],
        says: ["claimed"],
      },
    ],
    typed: {
      valid: ["const { name } = (await request.json()) as Body;"],
      invalid: [
        { code: "const { tenantId } = (await request.json()) as Body;", says: ["claimed"] },
      ],
    },
  });
});

describe("no-tenant-in-error", () => {
  runRule("no-tenant-in-error", {
    valid: [
      "throw new Error(`tenant ${tenant.name} is broken`);",
      "app.get('/x', () => { throw new NotFoundError('no such project'); });",
      "res.status(500).json({ error: 'INTERNAL' });",
      "log.error(error.message);",
      "res.json({ message: post.message });",
      "res.json(rows);",
      "Response.json({ code: error.code });",
    ],
    invalid: [
      { code: "throw new NotFoundError(`no project in ${tenant.name}`);", says: ["thrown"] },
      {
        code: "app.get('/x', () => { throw new Error('not in ' + org.name); });",
        says: ["thrown"],
      },
      {
        code: "throw new Error(`${tenantId} has none`);",
        filename: "src/routes/x.ts",
        says: ["thrown"],
      },
      { code: "res.status(500).json({ error: err.message });", says: ["answered"] },
      {
        code: "try { work(); } catch (problem) { c.json({ error: problem.detail }, 500); }",
        says: ["answered"],
      },
      { code: "reply.code(500).send(error.stack);", says: ["answered"] },
      { code: "new Response(error.message, { status: 500 });", says: ["answered"] },
      { code: "NextResponse.json({ error: e.detail });", says: ["answered"] },
    ],
    typed: {
      valid: [],
      invalid: [{ code: "res.json({ error: (err as Error).message });", says: ["answered"] }],
    },
  });
});
