import { createHash, randomBytes } from "node:crypto";
import pg from "pg";
import { isTenantryError, type TenantryError } from "../../../src/core/tenantry-error.js";
import {
  openGrantStage,
  type GrantStage,
  type Person,
} from "../../../src/identity/grant/grant.test-support.js";
import { createGrantDatabase } from "../../../src/identity/grant/index.js";
import type * as sources from "../../../src/identity/authorization/index.js";
import type {
  AuthorizationCodeOptions,
  AuthorizationCodes,
  CodeRedemption,
  CodeRequest,
} from "../../../src/identity/authorization/index.js";
import {
  openIdentityDatabase,
  type IdentityDatabase,
} from "../../../src/identity/identity-database.js";
import type { Rows } from "../../database/support/stage.js";
import type { TestServer } from "../../support/servers.js";
import { until } from "../../support/until.js";
import { caller } from "./identity-fixture.js";

export type CodeSources = Pick<typeof sources, "createAuthorizationCodes">;

export const redirectUri = "https://acme.app.example.com/auth/callback";

/** A code that was issued, and what it is redeemed with. */
export interface Issued {
  readonly person: Person;
  readonly code: string;
  readonly redemption: CodeRedemption;
}

export interface CodeStage {
  readonly world: GrantStage;
  readonly database: IdentityDatabase;
  readonly codes: AuthorizationCodes;
  /** Codes over the same database, otherwise made. */
  open(options?: Partial<AuthorizationCodeOptions>): AuthorizationCodes;
  /** A new person of tenant A, and what a code is asked for with. */
  request(changes?: Partial<CodeRequest>): Promise<{ request: CodeRequest; person: Person }>;
  /** A code of tenant A. */
  issue(changes?: Partial<CodeRequest>): Promise<Issued>;
  /** `done`, or the code of the error; another error is thrown on. */
  redeem(redemption: CodeRedemption, by?: AuthorizationCodes): Promise<string>;
  /** Redeems as often as said, each on connections of its own, with all meeting the code at once. */
  redeemAtOnce(redemption: CodeRedemption, times: number): Promise<readonly string[]>;
  codeRow(code: string): Promise<Rows[number] | undefined>;
  grantsOf(person: Person): Promise<Rows>;
  /** What the tenant's events say of codes of a person, oldest first. */
  eventsOf(person: Person): Promise<Rows>;
  /** Why a code was refused the last time, by the event. */
  lastReason(): unknown;
  age(code: string, seconds: number): Promise<unknown>;
  /** The same place, with codes made by a copy of the sources, which may have a fault. */
  madeBy(code: CodeSources): CodeStage;
  close(): Promise<void>;
}

export const hashOf = (code: string) => createHash("sha256").update(code).digest();

export async function openCodeStage(server: TestServer, sound: CodeSources): Promise<CodeStage> {
  const world = await openGrantStage(server);
  const { stage, events } = world;
  const rivals = [0, 1].map(() =>
    openIdentityDatabase({
      url: stage.database.identityUrl,
      defaultPg: pg,
      keys: stage.keys,
      events: () => undefined,
    }),
  );

  function stageOf({ createAuthorizationCodes }: CodeSources): CodeStage {
    const open: CodeStage["open"] = (options = {}) =>
      createAuthorizationCodes({
        database: world.database,
        grants: world.grants,
        events: (event) => void events.push(event),
        ...options,
      });
    const codes = open();

    const verifiers = new Map<string, string>();
    const request: CodeStage["request"] = async (changes = {}) => {
      const person = await world.addPerson();
      const codeVerifier = randomBytes(32).toString("base64url");
      const codeChallenge = hashOf(codeVerifier).toString("base64url");
      verifiers.set(codeChallenge, codeVerifier);
      const session = { id: person.sessionId, accountId: person.accountId };
      const plain = { tenant: stage.a, redirectUri, client: null, nonce: null };
      return { request: { ...plain, session, codeChallenge, ...changes }, person };
    };
    const redeem: CodeStage["redeem"] = (redemption, by = codes) =>
      outcome(by.redeem(redemption, caller));

    return {
      world,
      database: rivals[0]!,
      codes,
      open,
      request,
      async issue(changes) {
        const { request: wanted, person } = await request(changes);
        const code = await codes.issue(wanted, caller);
        const { tenant, client } = wanted;
        const codeVerifier = verifiers.get(wanted.codeChallenge);
        return { person, code, redemption: { tenant, code, codeVerifier, redirectUri, client } };
      },
      redeem,
      async redeemAtOnce(redemption, times) {
        const holder = new pg.Client({ connectionString: stage.database.adminUrl });
        await holder.connect();
        try {
          await holder.query("begin");
          await holder.query(
            "select from tenantry.authorization_code where code_hash = $1 for update",
            [hashOf(redemption.code as string)],
          );
          const working = rivals
            .slice(0, times)
            .map((rival) => createGrantDatabase(rival, stage.tenantry.tenants))
            .map((database) => redeem(redemption, open({ database })));
          await until(async () => (await waiting()) === times);
          await holder.query("commit");
          return await Promise.all(working);
        } finally {
          await holder.end();
        }
      },
      codeRow: async (code) =>
        (
          await stage.admin("select * from tenantry.authorization_code where code_hash = $1", [
            hashOf(code),
          ])
        )[0],
      grantsOf: ({ accountId }) =>
        stage.admin("select * from tenantry.tenant_grant where account_id = $1", [accountId]),
      eventsOf: ({ accountId }) =>
        stage.admin(
          `select type, outcome, reason, detail, address from tenantry.identity_event
           where account_id = $1 and type like 'authorization-code.%' order by id`,
          [accountId],
        ),
      lastReason: () =>
        events.filter(({ type }) => type === "authorization-code.refused").at(-1)?.detail[
          "because"
        ],
      age: (code, seconds) =>
        stage.admin(
          `update tenantry.authorization_code set created_at = created_at - make_interval(secs => $2),
             expires_at = expires_at - make_interval(secs => $2) where code_hash = $1`,
          [hashOf(code), seconds],
        ),
      madeBy: stageOf,
      async close() {
        await Promise.all(rivals.map((rival) => rival.close()));
        await world.close();
      },
    };
  }

  async function waiting(): Promise<number> {
    const [row] = await stage.admin(
      "select count(*)::integer as count from pg_stat_activity where wait_event_type = 'Lock' and backend_type = 'client backend' and datname = current_database()",
    );
    return row!["count"] as number;
  }
  return stageOf(sound);
}

export async function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: unknown) => {
      if (isTenantryError(error)) return error.code;
      throw error;
    },
  );
}

export async function refusal(work: Promise<unknown>): Promise<TenantryError> {
  const error: unknown = await work.then(
    () => new Error("It was not refused."),
    (thrown: unknown) => thrown,
  );
  if (isTenantryError(error)) return error;
  throw error;
}
