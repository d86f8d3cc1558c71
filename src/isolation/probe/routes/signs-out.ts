import type { Route } from "./route.js";

const ends =
  /(^|[/_-])(log-?out|sign-?out|sign-?off|revoke|deactivate|close-account|end-session|impersonate)([/_-]|$)/i;
const locksOut = /(^|[/_-])(password|reset|refresh)([/_-]|$)/i;
const oneself = /(^|[/_-])(me|self|account|profile|session)\/?$/i;

/** What would end the identity's own session, or lock it out: such routes are never asked. */
export function signsOut({
  method,
  template,
  graphql,
}: Pick<Route, "method" | "template" | "graphql">): boolean {
  const text = graphql === undefined ? template : dashed(graphql.field);
  if (ends.test(text)) return true;
  if (method === "GET" || method === "HEAD") return false;
  return locksOut.test(text) || (method === "DELETE" && oneself.test(text));
}

/** `resetPassword` → `reset-password`. */
function dashed(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, "-$&");
}
