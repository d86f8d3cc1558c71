import { describe, expect, it } from "vitest";
import { classify } from "./classify.js";

const untainted = { kind: "statement", taints: false };
const tainted = { kind: "statement", taints: true };
const around = (text: string) => [
  text,
  text.toUpperCase(),
  `  \n\t${text}`,
  `/* a /* nested */ comment */ ${text}`,
  `-- a comment\n${text}`,
  `;${text}`,
];

describe("a statement that reads or writes rows", () => {
  it.each([
    "select 1",
    "with x as (select 1) select * from x",
    "(select 1)",
    "values (1)",
    "table projects",
    "insert into begin values (1)",
    "update projects set name = 'begin'",
    "delete from projects",
    "merge into a using b on true when matched then delete",
    "call a_procedure()",
    "explain select 1",
    "explain select * from analyses",
    "show timezone",
    "notify channel",
    "",
    "-- nothing at all",
  ])("passes: %j", (text) => {
    for (const written of around(text)) expect(classify(written)).toEqual(untainted);
  });
});

describe("a statement about a transaction", () => {
  it.each([
    ["begin", "begin"],
    ["begin work", "begin"],
    ["begin isolation level serializable", "begin"],
    ["start transaction read only", "begin"],
    ["commit", "commit"],
    ["commit and no chain", "commit"],
    ["end transaction", "commit"],
    ["rollback", "rollback"],
    ["abort", "rollback"],
  ])("is recognised: %j", (text, kind) => {
    for (const written of around(text)) expect(classify(written)).toEqual({ kind });
  });

  it.each([
    "savepoint a",
    "release savepoint a",
    "release a",
    "rollback to a",
    "rollback to savepoint a",
    "rollback work to savepoint a",
    "declare c cursor for select 1",
    "declare c scroll cursor for select 1",
    "fetch all from c",
    "move 1 in c",
    "close c",
    "lock table projects",
    "set local statement_timeout = 100",
    "set constraints all deferred",
    "set transaction isolation level serializable",
  ])("belongs inside one: %j", (text) => {
    for (const written of around(text)) expect(classify(written).kind).toBe("inTransaction");
  });
});

describe("a statement that outlives its scope, or reads round it", () => {
  it.each([
    "commit and chain",
    "rollback and chain",
    "prepare transaction 'x'",
    "commit prepared 'x'",
    "rollback prepared 'x'",
    "set timezone = 'UTC'",
    "set session timezone = 'UTC'",
    "set time zone 'UTC'",
    "set role tenantry_owner",
    "set session authorization x",
    "set session characteristics as transaction read only",
    "set local role tenantry_owner",
    "set local session authorization x",
    "set local tenantry.scope = 'x'",
    "set local Tenantry.Operator = 'x'",
    'set local "tenantry.scope" = 1',
    'set local "role" = x',
    `set local u&"\\0072ole" = x`,
    "reset all",
    "reset role",
    "discard all",
    "load 'x'",
    "listen a",
    "unlisten *",
    "prepare p as select 1",
    "execute p",
    "deallocate all",
    "do $$ begin end $$",
    `select u&"set\\005fconfig"('a.b', 'c', false)`,
    "select lo_create(0)",
    "select convert_from(lo_get(oid), 'UTF8') from pg_largeobject_metadata",
    "select dblink_connect('x')",
    "select lastval()",
    "select pg_catalog.currval('a')",
    "select query_to_xml('select set_' || 'config(''timezone'', ''x'', false)', true, true, '')",
    "select query_to_xml_and_xmlschema('x', true, true, '')",
    "select pg_catalog . \"query_to_xml\"('x', true, true, '')",
    "select * from ts_stat('select 1')",
    "select ts_rewrite('a'::tsquery, 'select 1')",
    "copy projects from stdin",
    "copy (select 1) to stdout",
    "declare c cursor with hold for select 1",
    "declare c insensitive no scroll cursor with hold for select 1",
    `declare "${"c".repeat(200)}" no scroll cursor with  hold for select 1`,
    "explain analyze select 1",
    "explain analyse select 1",
    "explain verbose analyze select 1",
    "explain (analyze) select 1",
    "explain (costs off, ANALYZE true) select 1",
  ])("is refused: %j", (text) => {
    for (const written of around(text)) expect(classify(written).kind).toBe("refused");
  });

  it("is refused with what to do instead", () => {
    const refused = classify("listen a") as { what: string; fix: string };
    expect(refused.what).toBe("LISTEN");
    expect(refused.fix).not.toBe("");
  });

  it("is refused however long the comment is that hides its second half", () => {
    const long = `/* ${"x".repeat(5_000)} */`;
    expect(classify(`explain ${long} analyze select 1`).kind).toBe("refused");
    expect(classify(`explain (costs off, ${long} analyze) select 1`).kind).toBe("refused");
    expect(classify(`declare c cursor with ${long} hold for select 1`).kind).toBe("refused");
    expect(classify(`declare c cursor with/**/hold for select 1`).kind).toBe("refused");
  });
});

describe("a statement that may leave something on the session", () => {
  it.each([
    "select set_config('a.b', 'c', false)",
    "select pg_catalog . Set_Config ('a.b', 'c', false)",
    "select pg_advisory_lock(1)",
    "select pg_try_advisory_lock_shared(1)",
    "select pg_advisory_unlock_all()",
    "update pg_settings set setting = 'off' where name = 'row_security'",
    `update pg_catalog."pg_settings" set setting = 'off'`,
    "create temp table t (a int)",
    "create temporary view v as select 1",
    "create table pg_temp.t (a int)",
  ])("taints its connection: %j", (text) => {
    for (const written of around(text)) expect(classify(written)).toEqual(tainted);
  });
});

it("judges a text the same the second time, from memory", () => {
  const text = "select /* remembered */ 1";
  expect(classify(text)).toBe(classify(text));
});
