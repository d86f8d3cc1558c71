import type { Route } from "./route.js";

const words =
  /(^|[/_-])(log-?out|sign-?out|sign-?off|revoke|deactivate|close-account|end-session|impersonate|password|reset|refresh)([/_-]|$)/i;

/** What would end the identity's own session, or lock it out: such routes are never asked. */
export function signsOut({ method, template }: Pick<Route, "method" | "template">): boolean {
  if (words.test(template)) return true;
  return method === "DELETE" && /\/(me|self|account|profile|session)\/?$/i.test(template);
}
