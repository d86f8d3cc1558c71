import { nameOf } from "../../catalog/names.js";
import { policyLeaks, type Leak } from "../../policies/index.js";
import type { Subject } from "../../subject/subject.js";
import type { Found } from "../check.js";

/** A finding for each table and policy that leaks in the way that is asked for. */
export function* leakFindings(
  subject: Subject,
  asked: (leak: Leak, all: readonly Leak[]) => boolean,
  say: (leak: Leak, commands: string) => Omit<Found, "subject" | "detail">,
): Iterable<Found> {
  const all = policyLeaks(subject);
  const grouped = new Map<string, Leak>();
  for (const leak of all.filter((each) => asked(each, all))) {
    const key = `${leak.table.relation.oid} ${leak.policy}`;
    const before = grouped.get(key);
    grouped.set(key, before === undefined ? leak : joined(before, leak));
  }
  for (const leak of grouped.values()) {
    const { relation } = leak.table;
    const who = `${leak.commands.join(", ")} by ${leak.roles.join(", ")}`;
    yield { subject: nameOf(relation), detail: leak.policy, ...say(leak, who) };
  }
}

function joined(a: Leak, b: Leak): Leak {
  return {
    ...a,
    commands: [...new Set([...a.commands, ...b.commands])],
    roles: [...new Set([...a.roles, ...b.roles])],
  };
}

/** Whether the same policy shows the rows as well, or lets them be changed: then it is no matter of WITH CHECK alone. */
export function leaksRowsToo(leak: Leak, all: readonly Leak[]): boolean {
  return all.some(
    (other) => other.use !== "write" && other.table === leak.table && other.policy === leak.policy,
  );
}
