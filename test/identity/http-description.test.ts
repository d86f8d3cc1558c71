import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endpoints } from "../../src/http/identity/endpoints.js";
import { describeOnServers } from "../support/servers.js";
import { belongingsOf, memberOf, type Belongings, type Member } from "./support/http-stage.js";
import {
  authHost,
  openIdentitySite,
  type Answer,
  type IdentitySite,
} from "./support/identity-site.js";
import { nearly, valuesOf, type Schema } from "./support/schema-values.js";

interface Operation {
  readonly summary: string;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly content?: Readonly<
          Record<string, { readonly schema: Schema & { $ref?: string } }>
        >;
      }
    >
  >;
}
interface Description {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly components: { readonly securitySchemes: object; readonly schemas: object };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

describeOnServers("the description of identity's endpoints", (server) => {
  let site: IdentitySite;
  let owner: Member;
  let own: Belongings;
  let description: Description;
  beforeAll(async () => {
    site = await openIdentitySite(server);
    owner = await memberOf(site, site.acme, "owner");
    own = await belongingsOf(site, owner);
    const { body } = await site.browser().call("GET", authHost, "/auth/openapi.json");
    description = body as unknown as Description;
  });
  afterAll(() => site?.close());

  const ajv = new Ajv2020({ strict: true, strictTypes: false, validateFormats: false });
  const operation = (one: (typeof endpoints)[number]) =>
    description.paths[one.path]![one.method.toLowerCase()]!;
  const schemaOf = (one: (typeof endpoints)[number]): Schema =>
    Object.values(operation(one).requestBody!.content)[0]!.schema;

  it("is OpenAPI 3.1, of every endpoint and nothing else", () => {
    expect(description.openapi).toMatch(/^3\.1\.\d+$/);
    expect(description.info).toEqual({ title: expect.any(String), version: expect.any(String) });
    expect(description.servers).toEqual([{ url: site.identity.issuer.origin }]);
    const described = Object.entries(description.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(
      endpoints.map(({ method, path }) => `${method} ${path}`).sort(),
    );
  });

  it("has what the specification asks of each part", () => {
    const { securitySchemes, schemas } = description.components;
    for (const one of endpoints) {
      const { summary, security = [], parameters = [], requestBody, responses } = operation(one);
      expect(summary).toMatch(/\.$/);
      for (const requirement of security) {
        for (const name of Object.keys(requirement))
          expect(Object.keys(securitySchemes)).toContain(name);
      }
      expect(security.length).toBe(one.authentication === "none" ? 0 : 1);
      const inPath = parameters.filter((each) => each.in === "path").map(({ name }) => `{${name}}`);
      expect(inPath).toEqual([...one.path.matchAll(/\{\w+\}/g)].map(([name]) => name));
      expect(new Set(parameters.map(({ name }) => name)).size).toBe(parameters.length);
      expect(requestBody === undefined).toBe(one.body === undefined);
      expect(Object.keys(responses)).toContain("default");
      for (const [status, { description: text, content }] of Object.entries(responses)) {
        expect(status).toMatch(/^(default|[2-5]\d\d)$/);
        expect(text).not.toBe("");
        for (const { schema } of Object.values(content ?? {})) {
          if (schema.$ref === undefined) ajv.compile(schema);
          else
            expect(Object.keys(schemas)).toContain(
              schema.$ref.replace("#/components/schemas/", ""),
            );
        }
      }
      for (const { schema } of parameters) ajv.compile(schema);
    }
    for (const schema of Object.values(schemas)) ajv.compile(schema as object);
  });

  it("says what is answered", async () => {
    const browser = site.browser();
    await browser.signIn(owner.email);
    const token = await browser.enter(site.hostOf(site.acme));
    for (const one of endpoints.filter(
      ({ method, answer }) => method === "GET" && answer?.status === 200,
    )) {
      const host = one.audience === "tenant-host" ? site.hostOf(site.acme) : authHost;
      const { status, body } = await browser.call("GET", host, one.path, { token });
      expect([one.path, status]).toEqual([one.path, 200]);
      const validate = ajv.compile(
        operation(one).responses["200"]!.content!["application/json"]!.schema,
      );
      expect([one.path, validate(body), validate.errors]).toEqual([one.path, true, null]);
    }
  });

  const withBody = endpoints.filter(({ body }) => body !== undefined);

  async function send(
    one: (typeof endpoints)[number],
    value: unknown,
    signedIn: boolean,
  ): Promise<Answer> {
    const host = one.audience === "tenant-host" ? site.hostOf(site.acme) : authHost;
    const ids = { members: own.memberId, keys: own.keyId, roles: own.role };
    const [, kind = ""] = /^\/auth\/(\w+)\/\{id\}/.exec(one.path) ?? [];
    const path = one.path.replace("{id}", ids[kind as keyof typeof ids] ?? "");
    const form = one.body!.format === "form";
    const type = form ? "application/x-www-form-urlencoded" : "application/json";
    const text = form
      ? new URLSearchParams(value as Record<string, string>).toString()
      : JSON.stringify(value);
    const cookie = `__Host-tenantry-session=${owner.sessionToken}`;
    const headers = { "content-type": type, ...(signedIn ? { cookie } : {}) };
    const token = one.authentication === "key" ? own.keyText : owner.accessToken;
    return site
      .browser()
      .call(one.method, host, path, { text, headers, ...(signedIn ? { token } : {}) });
  }

  /** As it arrives: a form has texts only, and one that is empty is left out. */
  function asForm(value: unknown): Record<string, string> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
    const entries = Object.entries(value as Record<string, unknown>).map(
      ([name, each]) =>
        [name, wellFormed(typeof each === "string" ? each : JSON.stringify(each))] as const,
    );
    return Object.fromEntries(entries.filter(([, text]) => text !== ""));
  }

  const refusedByShape = ({ status, code }: Answer) =>
    status === 400 &&
    ["REQUEST_INVALID", "invalid_request", "unsupported_grant_type"].includes(code ?? "");

  describe("of a body is what is taken:", () => {
    it.each(withBody.map((one) => [one.path, one] as const))(
      "%s",
      async (_, one) => {
        const schema = schemaOf(one);
        const validate: ValidateFunction = ajv.compile(schema);
        const seen = { taken: 0, refused: 0 };
        await fc.assert(
          fc.asyncProperty(nearly(valuesOf(schema)), async (value) => {
            const sent =
              one.body!.format === "form"
                ? asForm(value)
                : (JSON.parse(JSON.stringify(value)) as unknown);
            const isDescribed = validate(sent);
            // Without anything that signs in: the shape comes first.
            const answer = await send(one, sent, false);
            expect([sent, answer.text, !refusedByShape(answer)]).toEqual([
              sent,
              answer.text,
              isDescribed,
            ]);
            seen[isDescribed ? "taken" : "refused"] += 1;
          }),
          { numRuns: 120 },
        );
        expect(seen.taken).toBeGreaterThan(5);
        expect(seen.refused).toBeGreaterThan(5);
      },
      60_000,
    );

    it("with nothing that every object has", async () => {
      for (const one of withBody.filter(({ body }) => body!.format === "json")) {
        for (const text of [
          '{"__proto__":{"a":1}}',
          '{"constructor":1}',
          "[]",
          "null",
          '"x"',
          "1",
          "{",
          "{}x",
          "\ufeff{}x",
        ]) {
          const host = one.audience === "tenant-host" ? site.hostOf(site.acme) : authHost;
          const headers = { "content-type": "application/json" };
          const path = one.path.replace("{id}", own.memberId);
          const { status } = await site.browser().call(one.method, host, path, { text, headers });
          expect([one.path, text, status]).toEqual([one.path, text, 400]);
        }
      }
    });
  });

  it.each(withBody.map((one) => [one.path, one] as const))(
    "promises no odd text that would be a failure: %s",
    async (_, one) => {
      // These end what the others need.
      if (["/auth/sign-out", "/auth/revoke"].includes(one.path)) return;
      await fc.assert(
        fc.asyncProperty(valuesOf(schemaOf(one)), async (value) => {
          const sent = one.body!.format === "form" ? asForm(value) : value;
          const { status, text } = await send(one, sent, true);
          expect([sent, status, text]).toEqual([
            sent,
            expect.toSatisfy((each) => each < 500),
            text,
          ]);
        }),
        { numRuns: 60 },
      );
    },
    60_000,
  );
});

/** No form can carry half of a surrogate pair. */
function wellFormed(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}
