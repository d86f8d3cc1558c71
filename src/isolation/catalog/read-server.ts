import { rowsOf } from "../../database/migrations/client.js";
import type { Server } from "./catalog.js";
import { grantsOf, type Reader } from "./reader.js";

/** Those that bear on isolation, or tell where statements end up. */
const settings = [
  "row_security",
  "log_parameter_max_length",
  "log_statement",
  "max_prepared_transactions",
  "session_preload_libraries",
  "shared_preload_libraries",
  "track_activities",
  "wal_level",
];

export async function readServer(client: Reader): Promise<Server> {
  const [row] = await rowsOf<Omit<Server, "settings">>(
    client,
    `select pg_catalog.current_setting('server_version') as version,
       pg_catalog.current_setting('server_version_num')::int as number,
       d.datname::text as database, d.datdba::bigint::float8 as "databaseOwner",
       ${grantsOf("d.datacl", "'d'", "d.datdba")} as "databaseGrants",
       current_user::text as "currentRole",
       (select pg_catalog.count(*)::int - 1 from pg_catalog.pg_database o where not o.datistemplate)
         as "otherDatabases"
     from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()`,
  );
  const values = await rowsOf<{ name: string; setting: string }>(
    client,
    "select name, setting from pg_catalog.pg_settings where name = any ($1)",
    [settings],
  );
  return {
    ...row!,
    version: row!.version.split(" ")[0]!,
    settings: Object.fromEntries(values.map(({ name, setting }) => [name, setting])),
  };
}
