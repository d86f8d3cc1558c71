import { decodeJwt } from "jose";
import type { Context, MiddlewareHandler } from "hono";
import type { Bug } from "./bugs.js";
import type { Parts } from "./app.js";

const gullible: readonly Bug[] = [
  "tenant from header",
  "tenant from query",
  "tenant from X-Forwarded-Host",
  "tenant from Host alone",
  "default tenant for unknown hosts",
  "no token needed",
  "signature not checked",
  "no Cache-Control",
  "public Cache-Control",
];

export function isGullible(bugs: ReadonlySet<Bug>): boolean {
  return gullible.some((bug) => bugs.has(bug));
}

/** Finds the tenant as many services do: from the token, and from this and that besides. */
export function gullibleTenancy({ tenantry, bugs }: Parts): MiddlewareHandler {
  return async (context, next) => {
    const token = context.req.header("authorization")?.replace("Bearer ", "");
    const valid =
      token !== undefined &&
      (bugs.has("signature not checked") || (await isVerified(tenantry, context)));
    if (context.req.path === "/healthz") return next();
    if (!valid && !bugs.has("no token needed")) return context.json({ error: "unauthorized" }, 401);
    const claimed = claimIn(context, bugs);
    const tenant =
      claimed ??
      (valid ? (decodeJwt(token).tenant_id as string) : slugIn(context.req.header("host")));
    if (tenant === undefined) return context.json({ error: "bad request" }, 400);
    const found = await tenantry.tenants.find(
      /^[0-9a-f]{8}-/.test(tenant) ? { by: "id", value: tenant } : { by: "slug", value: tenant },
    );
    const fallback = bugs.has("default tenant for unknown hosts")
      ? await tenantry.tenants.find({ by: "slug", value: "acme" })
      : null;
    const chosen = found ?? fallback;
    if (chosen === null) return context.json({ error: "bad request" }, 400);
    if (bugs.has("public Cache-Control")) context.header("cache-control", "public, max-age=60");
    else if (!bugs.has("no Cache-Control")) context.header("cache-control", "private, no-store");
    return tenantry.enter(chosen, { reason: "a planted bug" }, () => next());
  };
}

/** By what the real resolver says of the token alone. */
async function isVerified(tenantry: Parts["tenantry"], context: Context): Promise<boolean> {
  const authorization = context.req.header("authorization")!;
  try {
    const { tenant_id: id } = decodeJwt(authorization.replace("Bearer ", ""));
    const tenant = await tenantry.tenants.find({ by: "id", value: String(id) });
    await tenantry.resolver.resolve({
      method: "GET",
      target: "/api/x",
      headers: [
        ["host", `${tenant!.slug}.app.localhost`],
        ["authorization", authorization],
      ],
      remoteAddress: null,
    });
    return true;
  } catch {
    return false;
  }
}

function claimIn({ req }: Context, bugs: ReadonlySet<Bug>): string | undefined {
  if (bugs.has("tenant from header")) return req.header("x-tenant-id");
  if (bugs.has("tenant from query")) return req.query("tenantId");
  if (bugs.has("tenant from X-Forwarded-Host"))
    return slugIn(req.header("x-forwarded-host") ?? req.header("host"));
  if (bugs.has("tenant from Host alone") || bugs.has("default tenant for unknown hosts"))
    return slugIn(req.header("host"));
  return undefined;
}

function slugIn(host: string | undefined): string | undefined {
  return host?.split(".")[0]?.toLowerCase();
}
