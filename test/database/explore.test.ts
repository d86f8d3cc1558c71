import { afterAll, beforeAll, describe, expect, it } from "vitest";
import pg from "pg";
import { embeddedServer } from "../support/servers.js";
import { createStage, type Stage } from "./support/stage.js";
import { openWireTap } from "./support/wire-tap.js";
import { makeSeal } from "../../src/core/seal/seal.js";

let s: Stage;
beforeAll(async () => {
  s = await createStage(embeddedServer(), { schema: "create table note (id int primary key, body text); select tenantry.protect('note')" });
});
afterAll(() => s?.close());
const show = async (label: string, w: () => unknown) => {
  try { console.log(label, JSON.stringify(await w())); } catch (e) { const x = e as any; console.log(label, "ERR", x.code, x.message); }
};
it("explores", async () => {
  const db = s.open({ maxConnections: 1 }).db;
  const A = (q: string, v?: unknown[]) => s.asA(() => db.query(q, v)).then((r) => r.rows);
  const B = (q: string, v?: unknown[]) => s.asB(() => db.query(q, v)).then((r) => r.rows);
  await A("insert into note values (1,'a')");
  await show("explain analyze", () => A(`explain /* ${"x".repeat(300)} */ analyze select * from note`));
  await show("alter role", () => A("alter role current_user set timezone = 'Asia/Tokyo'"));
  await show("alter role reset", () => A("alter role current_user reset timezone"));
  await show("setseed", () => A("select setseed(0.5)"));
  await show("bad value", () => A("select $1::text", [{ toPostgres() { throw new Error("no"); } }]));
  const cyc: any = {}; cyc.x = cyc;
  await show("bad value", () => A("select $1::text", [cyc]));
  await show("after", () => A("select 1"));
  await show("too many", () => A("select $1::text"));
  await show("nul", () => A("select $1::text", ["a\0b"]));
  await show("nul text", () => A("select 1 \0 garbage"));
  await show("after", () => A("select pg_backend_pid()"));
  await show("prepared", () => B("select name, statement from pg_prepared_statements"));
  // operator listeners
  process.on("warning", (w) => console.log("WARNING", w.name, w.message));
  for (let i = 0; i < 12; i++) await s.tenantry.asOperator({ actor: "x", reason: "y" }, (o) => o.query("select 1"));
  const seal = makeSeal(s.keys, "database", { tenantId: s.a.id, expiresAt: Math.floor(Date.now() / 1000) + 60, claims: {} });
  const c = new pg.Client(s.database.appUrl); await c.connect();
  const raw = async (seal: string, q = "select count(*) from note") => { await c.query("begin"); try { await c.query("select set_config('tenantry.scope',$1,true)", [seal]); return (await c.query(q)).rows; } finally { await c.query("rollback"); } };
  await show("genuine", () => raw(seal));
  await show("dot", () => raw(seal.slice(0, -65) + "x" + seal.slice(-64)));
  await show("dot mb", () => raw(seal.slice(0, -65) + "é" + seal.slice(-64)));
  for (const streams of [1, 2, 4, 6, 8, 12, 16, 64]) {
  const db2 = s.open({ maxConnections: 1, connectionTimeout: 2000 }).db;
  await s.asA(async () => { for (let i = 0; i < 5; i++) await db2.query("select * from note"); });
  let stop = false; let n = 0;
  const stream = Array.from({ length: streams }, () => s.asA(async () => { while (!stop) { await db2.query("select * from note").catch((e: any) => { console.log(e.code); stop = true; }); n++; } }));
  await new Promise(r => setTimeout(r, 50));
  const t = performance.now();
  await show("tx under load " + streams, () => s.asB(() => db2.transaction((tx) => tx.query("select 1"))).then((r) => r.rowCount));
  console.log("took", performance.now() - t, n);
  stop = true; await Promise.all(stream);
  }
  await c.end();
}, 60000);
