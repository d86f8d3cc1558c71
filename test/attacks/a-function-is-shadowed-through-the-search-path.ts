import type { Attack } from "./support/attack.js";

/** A helper that finds another substr() than PostgreSQL's own believes whatever that one says. */
export const attack: Attack = {
  title: "A function that the guard calls is shadowed through the search path",
  notOnTheTwin: "its policy calls nothing but what PostgreSQL binds at its creation",
  stoppedBy: ["42501", "42883", "22P02", "42P13"],
  fire: async (target) => {
    const { b, note } = target;
    const loot: unknown[] = [];
    await target.session(async (run) => {
      loot.push(
        await run(`create function public.substr(text, int, int) returns text language sql stable
          return case when $2 = 24 then '${b}' else pg_catalog.substr($1, $2, $3) end`),
        await run(`create function public.nullif_of(text) returns text language sql return '${b}'`),
        await run("select set_config('search_path', 'public, pg_catalog', true)"),
        await run("select tenantry.current_tenant()::text as tenant"),
        await run(`select body from ${note}`),
      );
    });
    return loot;
  },
};
