import type { Found } from "../../checks/check.js";
import type { Database } from "../database/database.js";
import { judged, Unanswered, type Item } from "../item.js";
import { failBeside, type Burst } from "../server/burst.js";
import { tally } from "../server/refusals.js";

export const k5: Item = {
  id: "K5",
  name: "context-cleared-on-errors",
  severity: "critical",
  question: "Is nothing left of one tenant's failed request when the next begins",
  title: "After one tenant's failed request another is not answered as itself",
  meaning:
    "What a request sets and its error path does not take back, as a variable, a connection's setting or an open transaction, belongs to the next request: of whichever tenant comes.",
  needs: ["server"],
  async answer({ server, given: { database } }) {
    const pair = await server.pair();
    const before = new Date();
    const burst = await failBeside(server, pair);
    const left = database === undefined ? null : await leftOpen(database, before);
    const evidence = evidenceOf(burst, left);
    if (burst.failing.every(({ status }) => status > 0 && status < 400)) {
      throw new Unanswered(`${evidence} Nothing failed, so nothing is told of what comes after.`);
    }
    const findings = [
      ...gapsIn(burst, server.route),
      ...(left ?? []).map((session): Found => ({
        subject: `role ${session.role}`,
        detail: "transaction left open",
        message: `After the failed requests a session of ${session.role} was left ${session.state ?? "open"}.`,
        mend: "Roll back, and destroy the connection where that fails, on every error path.",
        severity: "medium",
      })),
    ];
    const busy = burst.pages.filter(({ as }) => as === "busy").length;
    if (findings.length === 0 && busy > 0) {
      throw new Unanswered(
        `${evidence} ${busy} pages were refused for being too many: lift the service's limits for this, and ask again.`,
      );
    }
    return judged(findings, evidence);
  },
};

const mend =
  "Keep the tenant in AsyncLocalStorage.run or a transaction's own setting, never in what outlives the request; give connections back clean on every path.";

function gapsIn({ pages }: Burst, route: string): readonly Found[] {
  const foreign = pages.filter(({ as }) => as === "other");
  const lost = pages.filter(({ as }) => as === "nobody");
  const gap = (count: number, detail: string, seen: string): Omit<Found, "severity"> => ({
    subject: `GET ${route}`,
    detail,
    message: `Of ${pages.length} pages that were asked for after or beside another tenant's failing requests, ${count} ${seen}.`,
    mend,
  });
  return [
    ...(foreign.length > 0
      ? [gap(foreign.length, "another's page", "held what is that tenant's own")]
      : []),
    ...(lost.length > 0
      ? [
          {
            ...gap(
              lost.length,
              "no page",
              `were not answered as before (${tally(lost.map(({ received }) => received))})`,
            ),
            severity: "medium" as const,
          },
        ]
      : []),
  ];
}

function evidenceOf({ failing, abandoned, pages }: Burst, left: readonly unknown[] | null): string {
  const own = pages.filter(({ as }) => as === "own").length;
  const sessions =
    left === null
      ? "The application's sessions were not seen (--database-url of a superuser's login, or one in pg_read_all_stats)."
      : left.length === 0
        ? "No session of the application was left in a transaction."
        : `${left.length} sessions of the application were left in a transaction.`;
  return `${failing.length} failing requests (${tally(failing)}) and ${abandoned} abandoned ones of either tenant; of ${pages.length} pages of the other, after and beside them, ${own} were its own. ${sessions}`;
}

interface Session {
  readonly role: string;
  /** Null where this login may not see it. */
  readonly state: string | null;
}

/**
 * Sessions of the application that began a transaction in the meantime and stay in it; null where the login may
 * not see what they do.
 */
async function leftOpen(database: Database, since: Date): Promise<readonly Session[] | null> {
  const { appRoles } = await database.read();
  const names = appRoles.map(({ name }) => name);
  const look = () =>
    database.ask<Session>(
      `select usename::text as role, state from pg_catalog.pg_stat_activity
       where datname = pg_catalog.current_database() and usename::text = any($1)
         and (query = '<insufficient privilege>'
           or state like 'idle in transaction%' and xact_start >= $2::timestamptz)`,
      [names, since.toISOString()],
    );
  const deadline = performance.now() + 1_000;
  let rows = await look();
  // A transaction that is just ending is none that was left.
  while (rows.length > 0 && !rows.some(isHidden) && performance.now() < deadline) {
    rows = await look();
  }
  return rows.some(isHidden) ? null : rows;
}

const isHidden = ({ state }: Session) => state === null;
