import { createTenantry, fromHost, type Tenant, type Tenantry } from "tenantry";
import {
  createIdentity,
  createIdentityHandler,
  createOutbox,
  parseEmailAddress,
  type Identity,
  type IdentityHandler,
  type IdentityHandlerOptions,
  type IdentityOptions,
  type Outbox,
} from "tenantry/identity";
import pg from "pg";
import { createPasswordHasher } from "../../../src/identity/password/hasher.js";
import { createTestDatabase, type TestDatabase } from "../../support/databases.js";
import type { TestServer } from "../../support/servers.js";
import { caller } from "./identity-fixture.js";

export const authHost = "auth.example.com";
export const baseDomain = "app.example.com";
export const goodPassword = "four unrelated words here";

/** As little as is allowed: what is tested here is not its cost. */
const cheap = { memoryKib: 7_168, passes: 5, parallelism: 1 };

/** Identity, served as one function from a request to a response, on a database of its own. */
export interface IdentitySite {
  readonly test: TestDatabase;
  readonly tenantry: Tenantry;
  readonly identity: Identity<Permission>;
  readonly outbox: Outbox;
  readonly events: string[];
  readonly acme: Tenant;
  readonly globex: Tenant;
  readonly hostOf: (tenant: Tenant) => string;
  readonly handler: IdentityHandler;
  /** A browser with a jar of cookies for each host. */
  browser(by?: IdentityHandler): Browser;
  /** An account with a confirmed address and `goodPassword`, a member of these tenants. */
  person(
    name: string,
    roles?: readonly (readonly [Tenant, string])[],
  ): Promise<{ id: string; email: string }>;
  admin<Row>(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

type Permission = "projects:read" | "projects:write";

/** What the site's identity is made with. */
export function siteOptions(made: {
  readonly tenants: Tenantry["tenants"];
  readonly test: TestDatabase;
  readonly outbox: Outbox;
  readonly onEvent: (event: { readonly type: string }) => void;
}): IdentityOptions<Permission> {
  const { tenants, test, outbox, onEvent } = made;
  return {
    ...{ tenants, hosts: { baseDomain }, onEvent, mailer: outbox, passwords: cheap },
    ...{ database: test.identityUrl, secret: test.secret, serviceName: "Tracker" },
    issuer: `https://${authHost}`,
    permissions: ["projects:read", "projects:write"],
    roles: { member: ["projects:read", "projects:write"], viewer: ["projects:read"] },
  };
}

export interface SiteOptions {
  readonly identity?: Partial<IdentityOptions<Permission>>;
  readonly handler?: IdentityHandlerOptions;
  /** Default `app.example.com`. */
  readonly baseDomain?: string;
  /** Stands between identity and its database. */
  readonly tap?: (databaseUrl: string) => Promise<string>;
}

export async function openIdentitySite(
  server: TestServer,
  options: SiteOptions = {},
): Promise<IdentitySite> {
  const { baseDomain: base = baseDomain } = options;
  const test = await createTestDatabase(server);
  const events: string[] = [];
  const onEvent = ({ type }: { type: string }) => void events.push(type);
  const outbox = createOutbox({ print: () => undefined });
  const registry = createTenantry({
    ...{ database: test.appUrl, operatorDatabase: test.operatorUrl, secret: test.secret, onEvent },
    resolve: [fromHost({ baseDomain: base })],
  });
  const database = (await options.tap?.(test.identityUrl)) ?? test.identityUrl;
  const made = { tenants: registry.tenants, test, outbox, onEvent };
  const identity = createIdentity({ ...siteOptions(made), database, ...options.identity });
  const tenantry = createTenantry({
    ...{ database: test.appUrl, secret: test.secret, onEvent, registry: registry.tenants },
    resolve: [fromHost({ baseDomain: base }), identity.fromCredentials()],
  });
  const handler = createIdentityHandler(identity, options.handler);
  const superuser = new pg.Pool({ connectionString: test.adminUrl, max: 2 });
  // `end` does not wait for the sockets, and the drop of the database ends those that are left.
  superuser.on("error", () => undefined);
  const passwordHash = await createPasswordHasher(cheap).hash(goodPassword);
  let people = 0;
  return {
    ...{ test, tenantry, identity, outbox, events, handler },
    acme: await registry.tenants.create({ slug: "acme", name: "Acme" }),
    globex: await registry.tenants.create({ slug: "globex", name: "Globex" }),
    hostOf: ({ slug }) => `${slug}.${base}`,
    browser: (by = handler) =>
      createBrowser((request) => by(request, { remoteAddress: "203.0.113.9" })),
    async person(name, roles = []) {
      const email = parseEmailAddress(`${name}-${(people += 1)}@example.test`);
      const { id } = (await identity.accounts.create(
        { email, passwordHash, emailVerified: true },
        caller,
      ))!;
      for (const [tenant, role] of roles) {
        await identity.members.admit(tenant, { accountId: id, role }, caller);
      }
      return { id, email: email.address };
    },
    admin: async (text, values) => (await superuser.query(text, values)).rows as never,
    async close() {
      await Promise.all([identity.close(), tenantry.close(), superuser.end()]);
      await registry.close();
      await test.drop();
    },
  };
}

export interface Call {
  readonly json?: unknown;
  readonly form?: Record<string, string>;
  /** As it is, with whatever content type the headers say. */
  readonly text?: string;
  readonly token?: string;
  /** Default: the host's own, as a browser sends it with every write. */
  readonly origin?: string | null;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** Of an error: Tenantry's code, or OAuth's. */
  readonly code: string | null;
  /** The body as it came. */
  readonly text: string;
  readonly headers: Headers;
}

export interface Browser {
  /** host → name → value. */
  readonly jar: Map<string, Map<string, string>>;
  call(method: string, host: string, path: string, call?: Call): Promise<Answer>;
  /** Follows redirects between the hosts of the site. */
  visit(url: string): Promise<{ readonly url: string; readonly answer: Answer | null }>;
  signIn(email: string, password?: string): Promise<Answer>;
  /** Signs the tenant's host in by code, and gives an access token. */
  enter(host: string): Promise<string>;
}

function createBrowser(handle: (request: Request) => Promise<Response | null>): Browser {
  const jar: Browser["jar"] = new Map();
  const browser: Browser = {
    jar,
    async call(method, host, path, { json, form, text: raw, token, origin, headers = {} } = {}) {
      const all = new Headers(headers);
      const cookies = [...(jar.get(host) ?? [])].map(([name, value]) => `${name}=${value}`);
      if (cookies.length > 0 && !all.has("cookie")) all.set("cookie", cookies.join("; "));
      if (token !== undefined) all.set("authorization", `Bearer ${token}`);
      if (method !== "GET" && origin !== null) all.set("origin", origin ?? `https://${host}`);
      if (json !== undefined) all.set("content-type", "application/json");
      if (form !== undefined) all.set("content-type", "application/x-www-form-urlencoded");
      const body =
        json !== undefined
          ? JSON.stringify(json)
          : form
            ? new URLSearchParams(form).toString()
            : raw;
      const init = { method, headers: all, ...(body === undefined ? {} : { body }) };
      const response = await handle(new Request(`https://${host}${path}`, init));
      if (response === null) throw new Error(`identity does not serve ${path}`);
      keep(jar, host, response.headers.getSetCookie());
      const text = await response.text();
      const answered = text === "" ? {} : (JSON.parse(text) as Answer["body"]);
      return {
        status: response.status,
        body: answered,
        code: codeOf(answered),
        text,
        headers: response.headers,
      };
    },
    async visit(given) {
      let url = new URL(given);
      for (let hops = 0; hops < 10; hops++) {
        if (!url.pathname.startsWith("/auth/")) return { url: url.href, answer: null };
        const answer = await browser.call("GET", url.host, url.pathname + url.search);
        const location = answer.headers.get("location");
        if (location === null) return { url: url.href, answer };
        url = new URL(location, url);
      }
      throw new Error("too many redirects");
    },
    signIn: (email, password = goodPassword) =>
      browser.call("POST", authHost, "/auth/sign-in", { json: { email, password } }),
    async enter(host) {
      const { answer } = await browser.visit(`https://${host}/auth/login?return_to=/projects`);
      if (answer !== null) throw new Error(`not let in: ${JSON.stringify(answer.body)}`);
      const tokens = await browser.call("POST", host, "/auth/token", {
        form: { grant_type: "refresh_token" },
      });
      return tokens.body["access_token"] as string;
    },
  };
  return browser;
}

function codeOf({ error }: Answer["body"]): string | null {
  if (typeof error === "string") return error;
  return (error as { code: string } | undefined)?.code ?? null;
}

function keep(jar: Browser["jar"], host: string, lines: readonly string[]): void {
  const cookies = jar.get(host) ?? new Map<string, string>();
  jar.set(host, cookies);
  for (const line of lines) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
    if (/; Max-Age=0(;|$)/.test(line)) cookies.delete(name!);
    else cookies.set(name!, value!);
  }
}
