import pg from "pg";
import { makeSeal, type SealContents } from "../../../src/core/seal/seal.js";
import type { SealPurpose } from "../../../src/core/seal/purpose.js";
import type { Rows, Stage } from "./stage.js";

/** Runs `work` on a connection of pg's own, without anything of Tenantry's in between. */
export async function withBare<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "tenantry test bare" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The last one's rows, of statements in one transaction under this setting, which is undone. */
export async function underSeal(
  client: pg.Client,
  seal: string | null,
  ...statements: (string | [string, unknown[]])[]
): Promise<Rows> {
  await client.query("begin");
  try {
    if (seal !== null) await client.query("select set_config('tenantry.scope', $1, true)", [seal]);
    let rows: Rows = [];
    for (const statement of statements) {
      const [text, values] = typeof statement === "string" ? [statement, []] : statement;
      ({ rows } = await client.query<Rows[number]>(text, values));
    }
    return rows;
  } finally {
    await client.query("rollback");
  }
}

/** A seal under the stage's own secret, good for a minute. */
export function sealOf(
  stage: Pick<Stage, "keys">,
  tenantId: string,
  { purpose = "database", ...contents }: Partial<SealContents> & { purpose?: SealPurpose } = {},
): string {
  const expiresAt = Math.floor(Date.now() / 1000) + 60;
  return makeSeal(stage.keys, purpose, { tenantId, expiresAt, claims: {}, ...contents });
}

/**
 * The first value that a statement gives, sent by pg's own means past the scoped client: as whatever
 * stands between could send one, and to see what is on a connection when no scope is set.
 */
export async function rawQuery(client: object, text: string): Promise<unknown> {
  const query = pg.Client.prototype.query as unknown as (
    this: object,
    text: string,
  ) => Promise<{ rows: object[] }>;
  const { rows } = await query.call(client, text);
  return Object.values(rows[0] ?? {})[0];
}
