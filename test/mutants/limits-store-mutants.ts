/** The set-up of docs/limits.md with something granted too much, or left out. */
export interface StoreMutant {
  readonly name: string;
  /** Run by a superuser; `%login` is the login that counts. */
  readonly sql: string;
  /** One of test/limits/support/store-guards.ts. */
  readonly killedBy: string;
}

const app = "the-app-does-not-reach-the-counters";
const login = "the-login-that-counts-reaches-nothing-else";

export const storeMutants: readonly StoreMutant[] = [
  {
    name: "the counters are in no manifest",
    sql: "delete from tenantry.manifest where relation = 'rate_limit'::regclass",
    killedBy: "the-start-up-check-knows-the-counters",
  },
  {
    name: "the app may read the counters",
    sql: "grant select on rate_limit to tenantry_app",
    killedBy: app,
  },
  {
    name: "the app may reset the counters",
    sql: "grant delete on rate_limit to tenantry_app",
    killedBy: app,
  },
  {
    name: "the app may change the counters",
    sql: "grant update on rate_limit to tenantry_app",
    killedBy: app,
  },
  {
    name: "the app may make counters",
    sql: "grant insert on rate_limit to tenantry_app",
    killedBy: app,
  },
  {
    name: "anybody may reset the counters",
    sql: "grant delete on rate_limit to public",
    killedBy: app,
  },
  {
    name: "the login that counts is the app's, too",
    sql: "grant tenantry_app to %login",
    killedBy: login,
  },
  {
    name: "the login that counts reaches the owner",
    sql: "grant tenantry_owner to %login",
    killedBy: login,
  },
  {
    name: "the login that counts is a superuser",
    sql: "alter role %login superuser",
    killedBy: login,
  },
  {
    name: "the login that counts is above row security",
    sql: "alter role %login bypassrls",
    killedBy: login,
  },
  {
    name: "the login that counts owns the counters",
    sql: "alter table rate_limit owner to %login",
    killedBy: login,
  },
  {
    name: "the login that counts may truncate",
    sql: "grant truncate on rate_limit to %login",
    killedBy: login,
  },
  {
    name: "the login that counts may make tables",
    sql: "grant create on schema public to %login",
    killedBy: login,
  },
  {
    name: "the login that counts may read a tenant's table",
    sql: "create table note (); grant select on note to %login",
    killedBy: login,
  },
  {
    name: "the login that counts may read the keys",
    sql: "grant usage on schema tenantry to %login; grant select on tenantry.seal_key to %login",
    killedBy: login,
  },
];
