import type { Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "EXPLAIN or the planner's statistics show hidden values",
  notOnTheTwin: "pg_stats hides what any row security covers",
  fire: async ({ run, note }) => [
    await run(`explain select * from ${note} where body > 'b'`),
    await run(`explain (verbose, settings) select * from ${note}`),
    await run(
      "select schemaname, tablename, most_common_vals::text, histogram_bounds::text from pg_stats where tablename in ('note', 'comment', 'log', 'log_1') and schemaname = split_part('" +
        note +
        "', '.', 1)",
    ),
    await run("select * from pg_stats_ext"),
    await run("select * from pg_stats_ext_exprs"),
  ],
};
