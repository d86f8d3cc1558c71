import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import type { TenantryEvent } from "tenantry";
import { asAdmin, createTestDatabase, type TestDatabase } from "../../../test/support/databases.js";
import type { TestServer } from "../../../test/support/servers.js";
import type { IdentityInput } from "../../../src/isolation/probe/identity/identity-file.js";
import type { Answer } from "../src/demo/attack.js";
import { ownerOf, type DemoAccount } from "../src/seed/accounts.js";
import type { DatabaseSettings } from "../src/settings.js";
import { startTracker, type Tracker } from "../src/tracker.js";

/** The real service, in this process, on a database of its own. */
export interface RunningTracker {
  readonly tracker: Tracker;
  readonly database: TestDatabase;
  readonly events: readonly TenantryEvent[];
  /** Asks as `<slug>.localhost`, or as any other host; with no token. */
  ask(host: string, path: string, init?: Ask): Promise<Answer>;
  /** The same with the token of the owner of the host's tenant, or of another demo account. */
  askAs(who: "owner" | DemoAccount, host: string, path: string, init?: Ask): Promise<Answer>;
  /** The owner of a demo tenant, as `probe` and `checklist` take one. */
  readonly ownerFor: (slug: string) => Promise<IdentityInput>;
  /** Sends bytes as they are and returns what came back; for what no HTTP client would send. */
  sendRaw(head: string): Promise<Answer>;
  close(): Promise<void>;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The tracker's settings for a database of the tests. */
export const settingsOf = (database: TestDatabase): DatabaseSettings => ({
  url: database.appUrl,
  operatorUrl: database.operatorUrl,
  identityUrl: database.identityUrl,
  migrationUrl: database.migratorUrl,
  secret: database.secret,
});

export interface TrackerSettings {
  readonly injectableSearch: boolean;
}

export async function runTracker(
  server: TestServer,
  { injectableSearch }: TrackerSettings,
): Promise<RunningTracker> {
  const database = await createTestDatabase(server);
  const events: TenantryEvent[] = [];
  const tracker = await startTracker({
    port: 0,
    injectableSearch,
    database: settingsOf(database),
    onEvent: (event) => events.push(event),
    onLetter: () => undefined,
  });
  return {
    tracker,
    database,
    events,
    ask: (host, path, init) => ask(tracker.port, host, path, init),
    async askAs(who, host, path, init = {}) {
      const slug = host.split(".", 1)[0]!.toLowerCase();
      const token = await tracker.tokens.of(who === "owner" ? ownerOf(slug)! : who, slug);
      const headers = { ...init.headers, authorization: `Bearer ${token}` };
      return ask(tracker.port, host, path, { ...init, headers });
    },
    ownerFor: async (slug) => ({
      name: `owner-of-${slug}`,
      tenant: slug,
      host: `${slug}.localhost:${tracker.port}`,
      headers: { authorization: `Bearer ${await tracker.tokens.of(ownerOf(slug)!, slug)}` },
      parameters: { tenantId: tracker.tenantIds.get(slug)! },
    }),
    sendRaw: (head) => sendRaw(tracker.port, head),
    async close() {
      await tracker.close();
      await removeTwinLogins(database);
      await database.drop();
    },
  };
}

/** Logins belong to the server and would outlive the database. */
export async function removeTwinLogins({ adminUrl }: TestDatabase): Promise<void> {
  await asAdmin(adminUrl, async (admin) => {
    const { rows } = await admin.query<{ login: string }>(
      `select grantee as login from information_schema.role_table_grants
       where table_schema = 'usual_way' and grantee like 'tracker\\_usual\\_way\\_%'`,
    );
    for (const { login } of rows) await admin.query(`drop owned by ${login}; drop role ${login}`);
  });
}

function ask(
  port: number,
  host: string,
  path: string,
  { method = "GET", headers = {}, body }: Ask = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const target = { host: "127.0.0.1", port, path, method, agent: false };
    const outgoing = httpRequest({ ...target, headers: { host, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode: status = 0, headers: received } = response;
        const text = Object.entries(received).map(([name, value]) => [name, String(value)]);
        resolve({
          status,
          headers: Object.fromEntries(text) as Answer["headers"],
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function sendRaw(port: number, head: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(head));
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("end", () => resolve(readAnswer(Buffer.concat(chunks).toString())));
  });
}

function readAnswer(text: string): Answer {
  const [head = "", body = ""] = text.split("\r\n\r\n", 2);
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(":")).toLowerCase(),
    line.slice(line.indexOf(":") + 2),
  ]);
  return {
    status: Number(statusLine.split(" ")[1]),
    headers: Object.fromEntries(headers) as Answer["headers"],
    body,
  };
}

/** What an answer says, without the time of day: answers that must not differ are equal in it. */
export function withoutDate({ status, headers, body }: Answer): Answer {
  const others = Object.entries(headers).filter(([name]) => name !== "date");
  return { status, headers: Object.fromEntries(others), body };
}
