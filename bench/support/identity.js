import pg from "pg";
import { createIdentity, createOutbox } from "../../dist/http/identity/index.js";
import { secret } from "./database.js";

export const identityRole = "tenantry_bench_identity";
export const password = "four unrelated words here";
const caller = { address: "192.0.2.7", userAgent: "bench" };

/**
 * Identity on the bench's database, with members of one tenant, each with a session.
 * @param {Awaited<ReturnType<typeof import("./database.js").openBench>>} bench @param {number} people
 */
export async function openIdentityBench(bench, people) {
  const url = new URL(bench.url);
  url.username = identityRole;
  const admin = new pg.Client(bench.adminUrl);
  await admin.connect();
  await admin.query(`do $$ begin
    if not exists (select from pg_roles where rolname = '${identityRole}') then create role ${identityRole}; end if;
    alter role ${identityRole} login password '${url.password}';
    grant tenantry_identity to ${identityRole};
  end $$`);
  const identity = createIdentity({
    tenants: bench.tenantry.tenants,
    hosts: { baseDomain: "example.com" },
    database: url.href,
    secret,
    serviceName: "Bench",
    issuer: "https://auth.example.com",
    mailer: createOutbox({ print: () => {} }),
    // Nobody here guesses; a limit would be what is measured.
    attempts: { account: [{ failures: 1_000_000, within: 60 }], address: [], tenant: [] },
    // What is measured is a rotation, each time.
    grants: { settleSeconds: 0 },
    onEvent: () => {},
  });
  const tenant = await bench.tenantry.tenants.find({ by: "id", value: bench.ids[7] });
  const members = [];
  for (let i = 0; i < people; i++) {
    const email = { address: `person-${i}@example.test`, key: `person-${i}@example.test` };
    const { id } = await identity.accounts.create(
      { email, passwordHash: null, emailVerified: true },
      caller,
    );
    await identity.members.admit(tenant, { accountId: id, role: "member" }, caller);
    const { token } = await identity.sessions.start({ accountId: id, methods: ["pwd"] }, caller);
    members.push({ id, email: email.address, sessionToken: token });
  }
  await admin.query("vacuum analyze");
  await admin.end();
  return { identity, tenant, members, caller, device: { ...caller, client: null } };
}
