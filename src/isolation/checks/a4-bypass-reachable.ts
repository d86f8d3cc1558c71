import type { Check } from "./check.js";
import { pathText, revoking, waysOf } from "./support/ways.js";

export const a4: Check = {
  id: "A4",
  name: "bypass-reachable",
  severity: "critical",
  title: "The application can act as a superuser or with BYPASSRLS",
  meaning:
    "Policies are not asked of superusers and of roles with BYPASSRLS. It is enough that the application may become such a role: SET ROLE is a statement like any other, and injected SQL can send it. A role that may be granted on counts too, since who may grant it may grant it to themselves.",
  *find(subject) {
    for (const way of waysOf(subject)) {
      const { superuser, bypassRowSecurity } = way.role;
      if (!superuser && !bypassRowSecurity) continue;
      const what = superuser ? "is a superuser" : "has BYPASSRLS";
      const own = superuser ? "NOSUPERUSER NOBYPASSRLS" : "NOBYPASSRLS";
      yield {
        subject: `role ${way.login.name}`,
        detail: way.role.name,
        message: `${pathText(way)} ${what}: no policy holds it.`,
        mend:
          way.role.superuser && way.by === undefined
            ? `Let the application log in as a role of its own without special rights: CREATE ROLE app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE; then grant it what it needs. (Or ${revoking(subject, way, own)})`
            : revoking(subject, way, own),
      };
    }
  },
};
