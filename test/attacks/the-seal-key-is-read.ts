import type { Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "The seal key is read, from its table or through what uses it",
  notOnTheTwin: "it has no key",
  stoppedBy: ["42501", "42883", "22P02", "0A000", "42703"],
  fire: async ({ run }) =>
    [
      await run("select id, purpose, inner_pad::text, outer_pad::text from tenantry.seal_key"),
      await run("select encode(inner_pad, 'hex') from tenantry.seal_key limit 1"),
      await run("select k::text from tenantry.seal_key k"),
      await run("select query_to_xml('select * from tenantry.seal_key', true, true, '')::text"),
      await run("select table_to_xml('tenantry.seal_key', true, true, '')::text"),
      await run(
        "select prosrc, prosqlbody::text from pg_proc where pronamespace = 'tenantry'::regnamespace",
      ),
      await run(
        "select pg_get_functiondef(oid) from pg_proc where pronamespace = 'tenantry'::regnamespace and prokind = 'f'",
      ),
      await run(
        "select most_common_vals::text, histogram_bounds::text from pg_stats where schemaname = 'tenantry'",
      ),
      await run("select * from pg_statistic where starelid = 'tenantry.seal_key'::regclass"),
      await run("select name, statement, parameter_types::text from pg_prepared_statements"),
      await run("select name, setting from pg_settings"),
      await run("select setconfig::text from pg_db_role_setting"),
      await run("select pg_read_file('postgresql.conf')"),
      await run("select lo_import('/etc/passwd')"),
      await run("select tenantry.open_seal('x', 'database')"),
      await run("select get_raw_page('tenantry.seal_key', 0)"),
      await run("select body from tenantry.seal_key"),
    ].filter((answer) => !("code" in answer && answer.code === "42703")),
};
