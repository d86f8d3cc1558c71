import { markOf, type DemoTenant } from "../seed/tenants.js";
import type { Attack } from "./attack.js";
import { everything, search, setting, swappedSeal, union } from "./by-sql.js";

/** One injection, fired at Tenantry's table and at its twin behind a plain setting. */
export interface Comparison {
  readonly title: string;
  readonly tries: string;
  readonly ours: Attack;
  readonly usual: Attack;
}

export const usualWayPath = "/api/usual-way/documents";
const usualWayTable = "usual_way.documents";

export interface ComparisonTargets {
  readonly own: DemoTenant;
  readonly other: DemoTenant;
  readonly otherId: string;
}

export function comparisons({ own, other, otherId }: ComparisonTargets): readonly Comparison[] {
  const leak = markOf(other);
  const ownRows = { status: 200, body: markOf(own) };
  const named = (id: string, title: string, tries: string) => ({ id, title, tries, leak });
  const plain = ["Read every document", "A UNION without a condition."] as const;
  const overwrite = [
    "Overwrite the tenant",
    `One set_config inside the SELECT puts ${other.name}'s id where the policy looks, and the rows are read after it.`,
  ] as const;
  return [
    {
      title: plain[0],
      tries: plain[1],
      ours: {
        ...named("ours-union", ...plain),
        outcome: "Row security filters whatever is read.",
        request: search(union(everything("documents"))),
        expected: ownRows,
      },
      usual: {
        ...named("usual-union", ...plain),
        outcome: "Row security filters whatever is read, here too.",
        request: search(union(everything(usualWayTable)), usualWayPath),
        expected: ownRows,
      },
    },
    {
      title: overwrite[0],
      tries: overwrite[1],
      ours: {
        ...named("ours-overwrite", ...overwrite),
        outcome:
          "The setting holds a seal, which is good for the tenant it was made for and no other.",
        request: search(setting("tenantry.scope", swappedSeal(otherId))),
        expected: { status: 500, body: '"sqlstate":"TN002"' },
      },
      usual: {
        ...named("usual-overwrite", ...overwrite),
        outcome: "The policy believes the setting, and anyone who can inject SQL can set it.",
        request: search(setting("app.tenant", `'${otherId}'`, usualWayTable), usualWayPath),
        succeeds: true,
        expected: { status: 500, body: "sqlstate" },
      },
    },
  ];
}
