import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { createStage, type Stage } from "../../database/support/stage.js";
import { asAdmin } from "../../support/databases.js";
import type { TestServer } from "../../support/servers.js";

export interface LimitsStage {
  readonly stage: Stage;
  /** That counts, and does nothing else. */
  readonly login: string;
  /** Of the login that only counts. */
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/** A stage whose limits are set up by the very SQL of docs/limits.md. */
export async function createLimitsStage(server: TestServer): Promise<LimitsStage> {
  const login = `tenantry_test_limits_${randomBytes(4).toString("hex")}`;
  const password = randomBytes(12).toString("hex");
  const stage = await createStage(server);
  const [forAdministrator, forOwner] = documentedSql().map((sql) =>
    sql
      .replaceAll("shop_limits", login)
      .replace("database shop", `database ${stage.database.name}`)
      .replace("change me", password),
  );
  await stage.admin(forAdministrator!);
  await stage.owner(forOwner!);
  const url = new URL(stage.database.adminUrl);
  url.username = login;
  url.password = password;
  const pool = new pg.Pool({ connectionString: url.href, max: 4 });
  pool.on("error", () => undefined);
  return {
    stage,
    login,
    pool,
    async close() {
      await pool.end();
      await stage.close();
      await asAdmin(server.adminUrl, (admin) => admin.query(`drop role ${login}`));
    },
  };
}

function documentedSql(): readonly string[] {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/limits.md"), "utf8");
  const blocks = [...page.matchAll(/```sql\n(.*?)```/gs)].map(([, sql]) => sql!);
  if (blocks.length !== 2) throw new Error(`docs/limits.md has ${blocks.length} blocks of SQL`);
  return blocks;
}
