import { markOf, type DemoTenant } from "../seed/tenants.js";
import type { Attack } from "./attack.js";

export interface TokenTargets {
  readonly own: DemoTenant;
  readonly other: DemoTenant;
  /** Of the other tenant's owner, at that tenant; null where there is none any more. */
  readonly otherToken: string | null;
  /** Of a member here who may not delete; null where there is none any more. */
  readonly lesserToken: string | null;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export function tokenAttacks(targets: TokenTargets): readonly Attack[] {
  const { otherToken, lesserToken } = targets;
  return [
    withoutToken(targets),
    ...(otherToken === null ? [] : [foreignToken(targets, otherToken)]),
    ...(lesserToken === null ? [] : [lesserRole(targets, lesserToken)]),
    ...(lesserToken === null ? [] : [rewrittenToken(targets, lesserToken)]),
  ];
}

function withoutToken({ own, other }: TokenTargets): Attack {
  return {
    id: "no-token",
    title: "Ask without signing in",
    tries: "The API, at the right address, without a token.",
    outcome: "The host says whose data it is. It does not say that you may read it.",
    request: { method: "GET", path: "/api/projects", anonymous: true },
    leak: `${markOf(own)}|${markOf(other)}`,
    expected: { status: 401, body: "TOKEN_REQUIRED" },
  };
}

function foreignToken({ own, other }: TokenTargets, token: string): Attack {
  return {
    id: "other-token",
    title: `Bring ${other.name}'s token`,
    tries: `A valid access token of ${other.name}'s owner, at ${own.name}'s address.`,
    outcome: "Host and token name different tenants. The request is refused and reported.",
    request: { method: "GET", path: "/api/projects", headers: bearer(token) },
    leak: markOf(other),
    expected: { status: 403, body: "TENANT_MISMATCH" },
  };
}

function lesserRole({ own, other }: TokenTargets, token: string): Attack {
  return {
    id: "lesser-role",
    title: "Delete as someone who may not",
    tries: `DELETE of project 1, with the token of someone who belongs to ${own.name} in a lesser role.`,
    outcome: "Before anything is deleted the database is asked, whatever the token says.",
    request: { method: "DELETE", path: "/api/projects/1", headers: bearer(token) },
    leak: markOf(other),
    expected: { status: 403, body: "PERMISSION_DENIED" },
  };
}

function rewrittenToken({ other }: TokenTargets, token: string): Attack {
  return {
    id: "rewritten-token",
    title: "Write oneself a permission",
    tries: "The same token, with every permission written into it, and its old signature.",
    outcome: "The signature covers each claim, so the token is no longer good.",
    request: { method: "DELETE", path: "/api/projects/1", headers: bearer(promoted(token)) },
    leak: markOf(other),
    expected: { status: 401, body: "TOKEN_INVALID" },
  };
}

/** The token as its bearer would like it. */
export function promoted(token: string): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
  const wanted = { ...claims, org_role: "owner", permissions: ["projects:delete"] };
  return [header, Buffer.from(JSON.stringify(wanted)).toString("base64url"), signature].join(".");
}
