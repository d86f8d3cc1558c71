import type * as ContextModule from "../../src/core/context.js";
import type * as NextModule from "../../src/http/next/tenancy.js";
import type { NextHost } from "../../src/http/next/slices.js";
import type * as MemoryModule from "../../src/registry/memory/memory-registry.js";
import type * as HostModule from "../../src/resolver/host/from-host.js";
import type * as TenantryModule from "../../src/tenantry.js";
import { codeOf } from "../database/support/outcome.js";

type Module = <T>(path: string) => Promise<T>;

/** A copy of the sources, served by a host that a probe plays request by request. */
export interface NextCopy {
  readonly tenancy: NextModule.NextTenancy;
  readonly context: typeof ContextModule;
  /** What Next.js would hand to the code behind the proxy. */
  forwarded: Headers | null;
  /** The request that is served, as `headers()` gives it. */
  request: Headers;
  /** What Next.js is rendering or filling. */
  unit: { readonly type: string } | undefined;
}

export async function openNextCopy(module: Module): Promise<NextCopy> {
  const { createTenantry } = await module<typeof TenantryModule>("tenantry.ts");
  const { createMemoryRegistry } = await module<typeof MemoryModule>(
    "registry/memory/memory-registry.ts",
  );
  const { fromHost } = await module<typeof HostModule>("resolver/host/from-host.ts");
  const { createNextTenancy } = await module<typeof NextModule>("http/next/tenancy.ts");
  const registry = createMemoryRegistry();
  for (const slug of ["acme", "globex"]) await registry.create({ slug, name: slug });
  const tenantry = createTenantry({
    database: "postgres://nobody@127.0.0.1:1/none",
    registry,
    resolve: [fromHost({ baseDomain: "example.com" })],
    central: ["/healthz"],
    secret: "a secret of at least thirty-two bytes, for tests",
    onEvent: () => undefined,
  });
  const kept = new Map<string, unknown>();
  const copy: Omit<NextCopy, "tenancy" | "context"> = {
    forwarded: null,
    request: new Headers(),
    unit: undefined,
  };
  const host: NextHost = {
    headers: async () => copy.request,
    cache: (work) => work,
    NextResponse: Object.assign(() => undefined, {
      next(init?: { readonly request?: { readonly headers?: Headers } }): Response {
        copy.forwarded = init?.request?.headers ?? null;
        return new Response(null);
      },
    }),
    workUnitAsyncStorage: { getStore: () => copy.unit },
    unstable_cache: (work, parts) => async () => {
      const key = parts.join(",");
      if (!kept.has(key)) kept.set(key, await filling(copy, work));
      return kept.get(key) as never;
    },
  };
  return Object.assign(copy, {
    tenancy: createNextTenancy(tenantry, host),
    context: await module<typeof ContextModule>("core/context.ts"),
  });
}

async function filling<T>(copy: Pick<NextCopy, "unit">, work: () => Promise<T>): Promise<T> {
  copy.unit = { type: "unstable-cache" };
  try {
    return await work();
  } finally {
    copy.unit = undefined;
  }
}

const url = (host: string, path = "/") => `http://${host}.example.com${path}`;

/** Lets the proxy see a request, and serves what it forwards. */
async function serve(copy: NextCopy, host: string, path = "/", headers: HeadersInit = {}) {
  copy.forwarded = null;
  const all = new Headers(headers);
  all.set("host", `${host}.example.com`);
  const response = await copy.tenancy.proxy(new Request(url(host, path), { headers: all }));
  copy.request = copy.forwarded ?? new Headers();
  return response;
}

const slug = (copy: NextCopy) =>
  copy.tenancy.run(async () => copy.context.currentScope().tenant.slug);

/** Each is true where the copy does what it should. */
export const nextProbes: Readonly<Record<string, (copy: NextCopy) => Promise<boolean>>> = {
  async "each-host-is-its-tenants"(copy) {
    await serve(copy, "acme");
    const first = await slug(copy);
    await serve(copy, "globex");
    return first === "acme" && (await slug(copy)) === "globex";
  },

  async "a-refused-request-goes-no-further"(copy) {
    const response = await serve(copy, "nobody");
    return response.status === 400 && copy.forwarded === null;
  },

  async "a-scope-from-outside-is-dropped"(copy) {
    await serve(copy, "acme");
    const genuine = copy.request.get("tenantry-next-scope")!;
    await serve(copy, "acme", "/healthz", { "tenantry-next-scope": genuine });
    return (await codeOf(() => copy.tenancy.scope())) === "SCOPE_REQUIRED";
  },

  async "a-scope-opens-under-its-own-host-alone"(copy) {
    await serve(copy, "acme");
    copy.request.set("host", "globex.example.com");
    return (await codeOf(() => copy.tenancy.scope())) === "SEAL_INVALID";
  },

  async "a-forged-scope-opens-nothing"(copy) {
    await serve(copy, "acme");
    const seal = copy.request.get("tenantry-next-scope")!;
    copy.request.set(
      "tenantry-next-scope",
      seal.replace(/.$/, (d) => (d === "0" ? "1" : "0")),
    );
    return (await codeOf(() => copy.tenancy.scope())) === "SEAL_INVALID";
  },

  async "a-cache-that-is-filled-has-no-tenant"(copy) {
    await serve(copy, "acme");
    const codes: string[] = [];
    for (const type of ["cache", "unstable-cache"]) {
      await copy.tenancy.run(async () => {
        copy.unit = { type };
        codes.push(await codeOf(() => copy.context.currentScope()));
        copy.unit = undefined;
      });
    }
    return codes.every((code) => code === "SCOPE_IN_CACHE");
  },

  async "a-scope-run-in-a-cache-is-refused-too"(copy) {
    await serve(copy, "acme");
    const scope = await copy.tenancy.scope();
    copy.unit = { type: "unstable-cache" };
    const code = await codeOf(() => copy.context.runInScope(scope, copy.context.currentScope));
    copy.unit = undefined;
    return code === "SCOPE_IN_CACHE";
  },

  async "what-is-cached-is-its-tenants"(copy) {
    const read = copy.tenancy.cached("slug", async (part: string) => {
      return `${copy.context.currentScope().tenant.slug} ${part}`;
    });
    const seen: string[] = [];
    for (const host of ["acme", "globex", "acme"]) {
      await serve(copy, host);
      seen.push(await copy.tenancy.run(() => read("x")), await copy.tenancy.run(() => read("y")));
    }
    return seen.join() === "acme x,acme y,globex x,globex y,acme x,acme y";
  },

  async "a-tag-is-its-tenants"(copy) {
    const tags: string[] = [];
    for (const host of ["acme", "globex"]) {
      await serve(copy, host);
      tags.push(await copy.tenancy.run(async () => copy.tenancy.tag("notes")));
    }
    return tags[0] !== tags[1];
  },

  async "no-part-of-a-scope-is-plain"(copy) {
    await serve(copy, "acme");
    const { tenant, actor, evidence, ...rest } = await copy.tenancy.scope();
    const whole = await copy.tenancy.scope();
    return (
      Object.keys(rest).length === 0 &&
      [whole, tenant, actor, ...evidence].every(
        (part) => Object.getPrototypeOf(part) !== Object.prototype,
      )
    );
  },
};
