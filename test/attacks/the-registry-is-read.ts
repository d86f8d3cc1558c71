import { learned, quote, tellsApart, type Answer, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "The registry is read, or asked without a seal",
  notOnTheTwin: "it is the same registry for both",
  stoppedBy: ["42501", "22P02", "22023"],
  fire: async (target) => {
    const { run, a, b, claims } = target;
    const done = (answer: Answer) => ("rows" in answer ? learned : answer);
    const loot: unknown[] = [];
    for (const text of [
      "select slug from tenantry.tenant",
      "select host from tenantry.domain",
      "select actor, reason from tenantry.operator_record",
      "insert into tenantry.tenant (id, slug, name) values (gen_random_uuid(), 'x', 'x')",
      "update tenantry.tenant set status = 'archived' where false",
      "select nextval('tenantry.registry_version')",
    ]) {
      loot.push(done(await run(text)));
    }
    for (const seal of [
      ...claims
        .filter(({ what }) => what !== "B's seal for the registry")
        .map(({ value }) => quote(value)),
      "null",
      "current_setting('tenantry.scope', true)",
    ]) {
      const find = (key: string, value: string) =>
        run(`select slug as found from tenantry.find_tenant(${seal}, '${key}', '${value}')`);
      const answers = [await find("slug", "beta"), await find("id", b), await find("id", a)];
      loot.push(
        answers.map((answer) => ("rows" in answer && answer.rows.length > 0 ? learned : answer)),
      );
      loot.push(tellsApart(answers[0]!, await find("slug", "nobody")));
    }
    return loot;
  },
};
