import { learned, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "The guard is altered: policies, functions, owners, rules, triggers",
  notOnTheTwin: "the app owns neither table",
  stoppedBy: ["42501", "42809", "42P17", "42723", "23505"],
  fire: async (target) => {
    const { note } = target;
    const loot: unknown[] = [];
    for (const change of [
      `alter table ${note} disable row level security`,
      `alter table ${note} no force row level security`,
      `alter table ${note} owner to current_user`,
      `drop policy tenantry_floor on ${note}`,
      `alter policy tenantry_floor on ${note} using (true)`,
      `create policy mine on ${note} using (true)`,
      `create or replace function tenantry.current_tenant() returns uuid language sql return '${target.b}'::uuid`,
      `create function tenantry.mine() returns uuid language sql return '${target.b}'::uuid`,
      `alter function tenantry.current_tenant() reset all`,
      `alter function tenantry.operating() owner to current_user`,
      `create rule mine as on insert to ${note} do also delete from ${note}`,
      `create trigger mine before update on ${note} for each row execute function suppress_redundant_updates_trigger()`,
      `create function public.mine() returns int language sql return 1`,
      `create view public.mine as select * from ${note}`,
      `create operator public.= (leftarg = uuid, rightarg = uuid, function = uuid_ne)`,
      `create schema mine`,
      `grant tenantry_owner to current_user`,
      `alter role current_user bypassrls`,
      `comment on table ${note} is 'mine'`,
      `create statistics mine on id, body from ${note}`,
    ]) {
      await target.session(async (run) => {
        const answer = await run(change);
        loot.push("rows" in answer ? `${learned}: ${change}` : answer);
        loot.push(await run(`select body from ${note}`));
        loot.push(
          await run(
            `insert into ${note} (id, body, tenant_id) select 78, 'x', tenant_id from ${note} where id = 1`,
          ),
        );
      });
    }
    return loot;
  },
};
