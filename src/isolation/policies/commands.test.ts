import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createEmptyDatabase, type TestDatabase } from "../../../test/support/databases.js";
import { describeOnServers } from "../../../test/support/servers.js";
import { openTables, verdictsWith } from "./policies.test-support.js";

const own = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid";
const policy = (name: string, rest: string) => `create policy ${name} on app.projects ${rest};`;

/** What SELECT, INSERT, UPDATE and DELETE come to. */
const cases: readonly (readonly [title: string, sql: string, verdicts: string])[] = [
  ["no policy refuses everything", "", "denied denied denied denied"],
  [
    "USING serves as WITH CHECK",
    policy("p", `using (${own})`),
    "isolated isolated isolated isolated",
  ],
  [
    "a policy FOR SELECT lets nothing else in",
    policy("p", `for select using (${own})`),
    "isolated denied denied denied",
  ],
  [
    "an INSERT without a check is refused",
    `${policy("p", `for select using (${own})`)} ${policy("q", "for insert")}`,
    "isolated denied denied denied",
  ],
  [
    "permissive policies are joined by OR",
    policy("p", `using (${own})`) + policy("q", "using (is_public)"),
    "leaks leaks leaks leaks",
  ],
  [
    "a restrictive floor holds them",
    policy("p", "using (true)") + policy("f", `as restrictive using (${own})`),
    "isolated isolated isolated isolated",
  ],
  [
    "a floor FOR SELECT leaves writes open",
    policy("p", "using (true)") + policy("f", `as restrictive for select using (${own})`),
    "isolated leaks leaks leaks",
  ],
  [
    "a restrictive policy on something else is no floor",
    policy("p", "using (true)") + policy("f", "as restrictive using (deleted_at is null)"),
    "leaks leaks leaks leaks",
  ],
  [
    "a restrictive policy alone lets nothing in",
    policy("f", `as restrictive using (${own})`),
    "denied denied denied denied",
  ],
  [
    "an open USING of UPDATE is found behind a tight SELECT",
    policy("s", `for select using (${own})`) +
      policy("u", `for update using (true) with check (${own})`),
    "isolated denied leaks denied",
  ],
  [
    "a check that omits the tenant is found behind a tight USING",
    policy("p", `using (${own}) with check (name <> '')`),
    "isolated leaks leaks isolated",
  ],
  [
    "who may not update the tenant's column moves no row",
    `${policy("p", `using (${own}) with check (name <> '')`)}
     revoke update on app.projects from {app}; grant update (name) on app.projects to {app};`,
    "isolated leaks isolated isolated",
  ],
  [
    "a row tied to the user can be forged for any tenant",
    policy("p", "using (owner_id = auth.uid())"),
    "unknown leaks leaks unknown",
  ],
  [
    "a policy TO another role is not asked",
    policy("p", `using (${own})`) + policy("q", "to {group} using (true)"),
    "isolated isolated isolated isolated",
  ],
  [
    "a policy TO an inherited role is asked",
    `grant {group} to {app}; ${policy("p", `using (${own})`)} ${policy("q", "for select to {group} using (true)")}`,
    "leaks isolated isolated isolated",
  ],
  [
    "a floor TO a role that is not inherited is not asked",
    `alter role {app} noinherit; grant {group} to {app};
     ${policy("p", "using (true)")} ${policy("f", `as restrictive to {group} using (${own})`)}`,
    "leaks leaks leaks leaks",
  ],
  [
    "SET ROLE counts: what the app can become sees with its own policies",
    `alter role {app} noinherit; grant {group} to {app};
     ${policy("p", `using (${own})`)} ${policy("q", "for delete to {group} using (true)")}`,
    "isolated isolated isolated leaks",
  ],
  [
    "the owner's rights get round what is not forced",
    `alter table app.projects owner to {group}; grant {group} to {app}; ${policy("p", `using (${own})`)}`,
    "leaks leaks leaks leaks",
  ],
  [
    "FORCE holds the owner",
    `alter table app.projects owner to {group}; alter table app.projects force row level security;
     grant {group} to {app}; ${policy("p", `using (${own})`)}`,
    "isolated isolated isolated isolated",
  ],
  [
    "BYPASSRLS is seen",
    `alter role {app} bypassrls; ${policy("p", `using (${own})`)}`,
    "leaks leaks leaks leaks",
  ],
  [
    "without a privilege nothing is open",
    `revoke all on app.projects from {app}; grant select on app.projects to {app}; ${policy("p", "using (true)")}`,
    "leaks denied denied denied",
  ],
  [
    "row security that is off holds nobody",
    "alter table app.projects disable row level security;",
    "leaks leaks leaks leaks",
  ],
  [
    "a condition on the current role is worked out for the role",
    policy("p", `using (${own} or current_user = '{group}')`),
    "isolated isolated isolated isolated",
  ],
  [
    "a condition on membership is worked out too",
    `grant {group} to {app}; ${policy("p", `using (${own} or pg_has_role(current_user, '{group}', 'MEMBER'))`)}`,
    "leaks leaks leaks leaks",
  ],
  [
    "a NULL tenant that cannot be is no case",
    policy("p", `using (${own} or tenant_id is null)`),
    "isolated isolated isolated isolated",
  ],
  [
    "a NULL tenant that can be may be planted",
    `alter table app.projects alter tenant_id drop not null; ${policy("p", `using (${own} or tenant_id is null)`)}`,
    "unknown leaks leaks leaks",
  ],
  [
    "a policy that leads back to its own table is read once",
    policy(
      "p",
      `using (exists (select 1 from app.projects q where q.tenant_id = projects.tenant_id and q.${own}))`,
    ),
    "isolated isolated isolated isolated",
  ],
];

describeOnServers("what all policies of a table come to", (server) => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createEmptyDatabase(server);
    client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    await openTables(client);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it.each(cases)("%s", async (_title, sql, expected) => {
    const verdicts = await verdictsWith(client, sql, "app.projects");
    const found = ["SELECT", "INSERT", "UPDATE", "DELETE"].map((each) => verdicts[each]!.verdict);
    expect(found.join(" "), JSON.stringify(verdicts, null, 1)).toBe(expected);
  });
});
