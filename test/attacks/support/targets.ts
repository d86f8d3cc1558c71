import type { EventEmitter } from "node:events";
import type pg from "pg";
import { isTenantryError } from "../../../src/core/tenantry-error.js";
import type { Queryable } from "../../../src/database/query.js";
import { sealOf } from "../../database/support/bare.js";
import type { Rows } from "../../database/support/stage.js";
import type { Arena } from "./arena.js";
import type { Answer, Attack, Target } from "./attack.js";
import { forgedClaims } from "./claims.js";

export type TargetKind =
  "tenantry.db" | "a transaction of tenantry.db" | "PostgreSQL, with A's genuine seal" | "the twin";

type Send = (text: string) => Promise<Rows>;

/** Codes of a scope or statement that was refused as it should be. */
const refused = ["TN001", "TN002", "TN003", "DATABASE_SCOPE_REFUSED", "STATEMENT_REFUSED"];

/**
 * @param app a connection of the app role, for the two that go round Tenantry
 * @param mutated whether the guard has something wrong in it, so that any error may come
 */
export function aimAt(
  kind: TargetKind,
  attack: Attack,
  arena: Arena,
  app: pg.Client,
  mutated = false,
): Target {
  const { asA, tenantry } = arena;
  const notices = noticesOf(
    kind === "the twin" || kind.startsWith("PostgreSQL") ? app : tenantry.db,
  );
  const answering =
    (send: Send) =>
    async (text: string): Promise<Answer> => {
      notices.splice(0);
      return answer(() => send(text), mutated ? null : attack, notices);
    };
  const query = (db: Queryable) => async (text: string) => (await db.query(text)).rows;
  const where = kind === "the twin" ? weakTables : guardedTables;
  const common = { ...where, a: arena.a.id, b: arena.b.id };

  if (kind === "tenantry.db" || kind === "a transaction of tenantry.db") {
    const session: Target["session"] = (work) =>
      asA(() =>
        tenantry.db.transaction((tx) =>
          work(answering((text) => tx.savepoint((inner) => query(inner)(text)))),
        ),
      );
    const claims = forgedClaims(arena);
    return {
      ...common,
      claims,
      session,
      run:
        kind === "tenantry.db"
          ? answering((text) => asA(() => query(tenantry.db)(text)))
          : answering((text) => asA(() => tenantry.db.transaction((tx) => query(tx)(text)))),
    };
  }

  const claims =
    kind === "the twin" ? [{ what: "B's id", value: arena.b.id }] : forgedClaims(arena);
  const own = kind === "the twin" ? arena.a.id : sealOf(arena, arena.a.id);
  const inTransaction = async <T>(work: (send: Send) => Promise<T>): Promise<T> => {
    await app.query("begin");
    try {
      await app.query("select set_config($1, $2, true)", [where.setting, own]);
      const result = await work(async (text) => (await app.query<Rows[number]>(text)).rows);
      await app.query("commit");
      return result;
    } catch (error) {
      await app.query("rollback");
      throw error;
    }
  };
  return {
    ...common,
    claims,
    run: answering((text) => inTransaction((send) => send(text))),
    session: (work) =>
      inTransaction((send) =>
        work(
          answering(async (text) => {
            await app.query("savepoint attack");
            try {
              return await send(text);
            } catch (error) {
              await app.query("rollback to savepoint attack");
              throw error;
            }
          }),
        ),
      ),
  };
}

const guardedTables = {
  note: "public.note",
  comment: "public.comment",
  log: "public.log",
  logPartition: "public.log_1",
  sequence: "public.log_id_seq",
  setting: "tenantry.scope",
};
const weakTables = {
  note: "weak.note",
  comment: "weak.comment",
  log: "weak.log",
  logPartition: "weak.log_1",
  sequence: "weak.log_id_seq",
  setting: "app.tenant",
};

async function answer(
  send: () => Promise<Rows>,
  attack: Attack | null,
  notices: string[],
): Promise<Answer> {
  try {
    return { rows: await send(), notices: [...notices] };
  } catch (raised) {
    const error = raised as Error & {
      code?: string;
      detail?: string;
      hint?: string;
      where?: string;
    };
    const { code = "none", message, detail = "", hint = "", where = "" } = error;
    if (attack !== null && !refused.includes(code) && attack.stoppedBy?.includes(code) !== true) {
      throw new Error(`the attack itself is at fault: ${code} ${message}`, { cause: raised });
    }
    const cause = isTenantryError(raised) ? JSON.stringify(raised.cause ?? "") : "";
    return { code, error: [message, detail, hint, where, cause, ...notices].join(" ") };
  }
}

const heard = new WeakMap<object, string[]>();

/** What the server says besides, from now on. */
function noticesOf(source: object): string[] {
  const known = heard.get(source);
  if (known !== undefined) return known;
  const notices: string[] = [];
  heard.set(source, notices);
  const listen = (client: EventEmitter) =>
    client.on("notice", (notice: { message?: string; detail?: string }) => {
      notices.push(`${notice.message ?? ""} ${notice.detail ?? ""}`);
    });
  // The pool tells of each connection it makes; a connection tells for itself.
  (source as EventEmitter).on("connect", listen);
  if (!("totalCount" in source)) listen(source as EventEmitter);
  return notices;
}
