import { withClient } from "../../../database/migrations/client.js";
import type { Reader } from "../../catalog/reader.js";
import { judged, Unanswered, type Answer, type Item } from "../item.js";
import type { Database } from "../database/database.js";
import { tryRegistry } from "../server/registry-trial.js";

export const k4: Item = {
  id: "K4",
  name: "registry-live",
  severity: "high",
  question: "Does a suspended tenant stop being served at once",
  title: "The service does not hear of a change in the registry",
  meaning:
    "A tenant that was suspended, because it does not pay or because an attacker is in it, goes on being served from what a process remembers.",
  needs: ["server", "database"],
  async answer({ server, database }) {
    const { context } = await database.read();
    if (!context.sealed) {
      throw new Unanswered(
        "The registry of tenants is not Tenantry's, so no tenant can be made and suspended in it: suspend one by hand, and ask for its page.",
      );
    }
    const asleep = await sleepingTriggers(database);
    if (asleep.length > 0) return silent(asleep);
    if (database.options.write !== true) {
      throw new Unanswered(
        "The triggers that announce changes are there and awake; whether the service hears them takes a tenant that is created, suspended and archived: give --write.",
      );
    }
    return withClient(database.options.operatorUrl, (client: Reader) =>
      tryRegistry(server, client, database.options.hearWithin),
    );
  },
};

const needed = ["tenant.stamp", "tenant.announce", "domain.hold", "domain.touch"];

async function sleepingTriggers({ ask }: Database): Promise<readonly string[]> {
  const rows = await ask<{ name: string }>(
    `select c.relname || '.' || t.tgname as name
     from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid
     where c.relnamespace = 'tenantry'::pg_catalog.regnamespace and t.tgenabled in ('O', 'A')`,
  );
  const awake = new Set(rows.map(({ name }) => name));
  return needed.filter((name) => !awake.has(name));
}

function silent(asleep: readonly string[]): Answer {
  return judged(
    asleep.map((name) => {
      const [table, trigger] = name.split(".") as [string, string];
      return {
        subject: `tenantry.${table}`,
        detail: trigger,
        message: `The trigger ${trigger} of tenantry.${table} is missing or disabled: changes of tenants are announced to nobody.`,
        mend: `ALTER TABLE tenantry.${table} ENABLE TRIGGER ${trigger};`,
      };
    }),
    `Of ${needed.length} triggers that announce changes of tenants, ${asleep.length} do not fire.`,
  );
}
