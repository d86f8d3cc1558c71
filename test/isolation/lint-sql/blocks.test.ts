import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { lintMigrations } from "../../../src/isolation/lint-sql/lint.js";

function lint(...texts: readonly string[]) {
  const files = texts.map((text, index) => ({ name: `00${index + 1}.sql`, text }));
  return lintMigrations({ files, undoing: [] }, {});
}

/** What is said of the rows of these tables being open, as `a critical`. */
const open = (text: string) =>
  lint(text)
    .findings.filter(({ rule }) => /^row-security-(off|not-forced|without-policy)$/.test(rule.name))
    .map(({ subject, severity, rule }) => `${subject} ${severity ?? rule.severity}`);

const create = (name: string) =>
  `create table ${name} (tenant_id uuid not null, id uuid, primary key (tenant_id, id));`;
const tables = ["a", "b", '"Order"', '"user"'].map(create).join("\n");
const condition = "tenant_id = (select current_setting(''app.tenant'')::uuid)";
const secure = `
  execute format('alter table %I enable row level security', t);
  execute format('alter table public.%1$I force row level security', t);
  execute 'create policy p on ' || quote_ident(t) || ' using (${condition})';`;
const names = "'a', 'b', 'Order', 'user'";
const doing = (declared: string, body: string) => `do $$ declare ${declared} begin ${body} end $$;`;

describe("a DO block that is worked out", () => {
  it.each([
    [
      "foreach over an array",
      "t text;",
      `foreach t in array array[${names}] loop ${secure} end loop;`,
    ],
    [
      "foreach over a variable",
      `t text; list constant text[] := '{a,b,Order,user}';`,
      `foreach t in array list loop ${secure} end loop;`,
    ],
    [
      "select unnest",
      "t text;",
      `for t in select unnest(array[${names}]) loop ${secure} end loop;`,
    ],
    [
      "from unnest, as a record",
      "r record; t text;",
      `for r in select * from unnest(array[${names}]) as u(name) loop t := r.name; ${secure} end loop;`,
    ],
    [
      "values",
      "t text; other text;",
      `for t, other in values ('a', 1), ('b', 2), ('Order', 3), ('user', 4) loop ${secure} end loop;`,
    ],
    [
      "a default inside the loop",
      "t text;",
      `foreach t in array array[${names}] loop
        declare command text := format('alter table %I enable row level security, force row level security', t);
        begin execute command; execute format('create policy p on %I using (%s)', t, '${condition}'); end;
      end loop;`,
    ],
  ])("protects by %s", (_name, declared, body) => {
    expect(open(tables)).toHaveLength(4);
    expect(lint(tables, doing(declared, body)).findings).toEqual([]);
  });

  it.each([
    doing(
      "t text;",
      `foreach t in array array[${names}] loop perform tenantry.protect(t::regclass); end loop;`.replace(
        "'Order', 'user'",
        `'"Order"', '"user"'`,
      ),
    ),
    doing(
      "t text;",
      `foreach t in array array[${names}] loop perform tenantry.protect(format('public.%I', t)); end loop;`,
    ),
    doing(
      "",
      `perform tenantry.protect(format('%I', t)::regclass) from unnest(array[${names}]) t;`,
    ),
    `select tenantry.protect(quote_ident(t)) from (values ('a'), ('b'), ('Order'), ('user')) v(t);`,
  ])("protects by tenantry.protect(): %s", (block) => {
    expect(lint(tables, block).findings).toEqual([]);
  });

  it("protects what the loop goes through, and nothing else", () => {
    const block = doing(
      "t text;",
      `foreach t in array array['a', 'Order'] loop ${secure} end loop;`,
    );
    expect(open(`${tables} ${block}`)).toEqual(["public.b critical", "public.user critical"]);
  });

  it("decides conditions over what it knows", () => {
    const skipping = `foreach t in array array[${names}] loop
      if t = 'a' then continue; end if;
      exit when t in ('user', 'x');
      if t <> 'b' or t = 'a' then ${secure} end if;
    end loop;`;
    const left = ["public.a critical", "public.b critical", "public.user critical"];
    expect(open(`${tables} ${doing("t text;", skipping)}`)).toEqual(left);
  });

  it("takes no variable for known that a branch or a query may have changed", () => {
    const changes = [
      "if random() > 0.5 then t := 'b'; end if;",
      "select 'b' into t;",
      "execute 'select 1' into t;",
      "while random() > 0.5 loop t := 'b'; end loop;",
    ];
    for (const change of changes) {
      const block = doing("t text := 'a';", `${change} execute format('drop table %I', t);`);
      expect(open(`${create("a")} ${block}`)).toEqual(["public.a critical"]);
    }
  });

  it("ends, however many rounds there are", () => {
    const loops = (inner: string, depth: number): string =>
      depth === 0 ? inner : `for i${depth} in 1..900 loop ${loops(inner, depth - 1)} end loop;`;
    const block = doing("t text := 'x';", loops("t := t || t;", 4));
    expect(open(`${create("a")} ${block}`)).toEqual(["public.a critical"]);
  });
});

describe("SQL that is put together at run time", () => {
  const all = (executed: string) =>
    doing("t text;", `for t in select tablename from pg_tables loop ${executed} end loop;`);

  it("lowers what it may mend, and says where", () => {
    const block = all("execute format('alter table %I enable row level security', t);");
    const { findings } = lint(`${create("a")}\n${block}`);
    const found = findings.find(({ rule }) => rule.name === "row-security-off");
    expect(found).toMatchObject({ subject: "public.a", severity: "low" });
    expect(found?.message).toContain("001.sql:2");
    expect(open(`${create("a")} ${all("perform tenantry.protect(t::regclass);")}`)).toEqual([
      "public.a low",
    ]);
  });

  it("lowers nothing for tables made after it, nor what it does not do", () => {
    const enable = "execute format('alter table %I enable row level security', t);";
    expect(open(`${all(enable)} ${create("a")}`)).toEqual(["public.a critical"]);
    const other = "execute format('alter table %I set (fillfactor = 70)', t);";
    expect(open(`${create("a")} ${all(other)}`)).toEqual(["public.a critical"]);
    const on =
      "alter table a enable row level security; create policy p on a using (tenant_id = f());";
    expect(open(`${create("a")} ${on} ${all(enable)}`)).toEqual(["public.a critical"]);
    expect(open(`${create("a")} ${on} ${all(enable.replace("enable", "force"))}`)).toEqual([
      "public.a low",
    ]);
  });
});

describe("a tenant's table kept from the application", () => {
  const kept = `${create("a")} ${create("x")} select tenantry.protect('x'); revoke all on a from public;`;

  it("is no leak as long as nobody gets it back", () => {
    expect(open(kept)).toEqual(["public.a low"]);
    for (const back of [
      "grant select on a to tenantry_app;",
      "grant select on a to web;",
      "grant select on a to public;",
      "grant select on all tables in schema public to tenantry_app;",
      "alter default privileges in schema public grant select on tables to web;",
      "alter table a owner to tenantry_app;",
    ]) {
      expect(open(`${kept} ${back}`)).toEqual(["public.a critical"]);
    }
    expect(open(kept.replace("revoke all", "revoke select"))).toEqual(["public.a critical"]);
  });
});

it("finds nothing critical in Tenantry's own migrations", () => {
  const folder = new URL("../../../migrations/", import.meta.url);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const { findings } = lint(...files.map((name) => readFileSync(new URL(name, folder), "utf8")));
  const worst = findings.filter(({ rule, severity }) => (severity ?? rule.severity) === "critical");
  expect(worst).toEqual([]);
});
