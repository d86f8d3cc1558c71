import type { SourceMutant } from "./source-mutants.js";

const asCentral = `insideOf(decision.kind === "refused" ? { kind: "central", route: "/" } : decision)`;

/** What stands at the service's edges with one thing wrong in it: Fastify, upgrades, calls to others. */
export const edgeMutants: readonly SourceMutant[] = [
  {
    name: "a hook's done() goes on where it was called",
    file: "http/fastify/guard-context.ts",
    changes: [[`if (typeof done === "function") {`, `if (done === null) {`]],
    killedBy: "what-comes-after-a-hook-is-in-the-scope",
  },
  {
    name: "handlers are called where they are reached",
    file: "http/fastify/guard-context.ts",
    changes: [["context.handler = inContext(context.handler, 0);", ""]],
    killedBy: "what-comes-after-a-hook-is-in-the-scope",
  },
  {
    name: "error handlers are called where they are reached",
    file: "http/fastify/guard-context.ts",
    changes: [["own.func = inContext(own.func, 1);", ""]],
    killedBy: "error-handlers-are-in-the-scope",
  },
  {
    name: "a not-found handler is called where it is reached",
    file: "http/fastify/guard-context.ts",
    changes: [
      ["!guardedContexts.has(missing)) guardRoute", "guardedContexts.has(missing)) guardRoute"],
    ],
    killedBy: "not-found-handlers-are-in-the-scope",
  },
  {
    name: "reply.send() goes on where it was called",
    file: "http/fastify/tenancy.ts",
    changes: [["binding.inside(() => send(sent));", "send(sent);"]],
    killedBy: "what-is-sent-is-in-the-scope",
  },
  {
    name: "events of request and reply are not carried",
    file: "http/fastify/tenancy.ts",
    changes: [["      carryEvents(binding, request.raw, reply.raw);\n", ""]],
    killedBy: "a-body-comes-in-in-the-scope",
  },
  {
    name: "a refused request goes on",
    file: "http/fastify/tenancy.ts",
    changes: [
      [`if (decision.kind === "refused") {`, "if (tenantry === undefined) {"],
      ["insideOf(decision)", asCentral],
    ],
    killedBy: "a-refused-request-reaches-nothing",
  },
  {
    name: "the plugin holds for itself alone",
    file: "http/fastify/tenancy.ts",
    changes: [[`[Symbol.for("skip-override")]: true,`, ""]],
    killedBy: "what-comes-after-a-hook-is-in-the-scope",
  },
  {
    name: "a tenant's response has no headers of ours",
    file: "http/fastify/tenancy.ts",
    changes: [
      [
        `if (decision.kind === "tenant") completeHead`,
        `if (decision.kind === "central") completeHead`,
      ],
    ],
    killedBy: "a-response-is-private",
  },
  {
    name: "an error of an error's answer is Fastify's to show",
    file: "http/fastify/tenancy.ts",
    changes: [
      ["payload instanceof Error && hasFailedBefore(reply)", "payload === hasFailedBefore"],
    ],
    killedBy: "no-message-is-shown",
  },
  {
    name: "a status that anybody set is Fastify's",
    file: "http/failure.ts",
    changes: [
      [
        `typeof code === "string" && code.startsWith("FST_")`,
        `typeof code === "string" || statusCode !== undefined`,
      ],
    ],
    killedBy: "an-upstreams-status-is-not-ours",
  },
  {
    name: "a stream's failure is told nobody",
    file: "http/fastify/reply-payload.ts",
    changes: [[`payload.on("error", report);`, ""]],
    killedBy: "a-broken-stream-is-reported",
  },
  {
    name: "a socket's events are the connection's, by Fastify",
    file: "http/fastify/tenancy.ts",
    changes: [["if (request.raw.upgrade === true) carrySocket(binding, request.raw.socket);", ""]],
    killedBy: "fastifys-sockets-are-in-the-scope",
  },
  {
    name: "a refused upgrade stays open, by Fastify",
    file: "http/fastify/tenancy.ts",
    changes: [
      ["if (request.raw.upgrade === true) endConnection(reply.raw, request.raw.socket);", ""],
    ],
    killedBy: "fastifys-refused-upgrades-are-closed",
  },
  {
    name: "a socket's events are the connection's",
    file: "http/node/upgrade.ts",
    changes: [["  carrySocket(binding, socket);\n", ""]],
    killedBy: "sockets-are-in-the-scope",
  },
  {
    name: "a refused upgrade stays open",
    file: "http/node/upgrade.ts",
    changes: [["    endConnection(response, message.socket);\n", ""]],
    killedBy: "refused-upgrades-are-closed",
  },
  {
    name: "a refused upgrade goes on",
    file: "http/node/upgrade.ts",
    changes: [
      [`if (decision.kind === "refused") {`, "if (tenantry === undefined) {"],
      ["insideOf(decision)", asCentral],
    ],
    killedBy: "refused-upgrades-are-closed",
  },
  {
    name: "every origin is a service",
    file: "outbound/services.ts",
    changes: [
      [
        "isWeb(url) ? services.get(url.origin) : undefined",
        "services.get(url.origin) ?? [...services.values()][0]",
      ],
    ],
    killedBy: "strangers-get-no-seal",
  },
  {
    name: "a blob has the origin of its maker",
    file: "outbound/services.ts",
    changes: [["isWeb(url) ? services.get(url.origin) : undefined", "services.get(url.origin)"]],
    killedBy: "strangers-get-no-seal",
  },
  {
    name: "an origin is compared by its host",
    file: "outbound/services.ts",
    changes: [
      [
        "isWeb(url) ? services.get(url.origin) : undefined",
        "[...services.values()].find(({ origin }) => new URL(origin).hostname === url.hostname)",
      ],
    ],
    killedBy: "strangers-get-no-seal",
  },
  {
    name: "an origin is compared by its beginning",
    file: "outbound/services.ts",
    changes: [
      [
        "isWeb(url) ? services.get(url.origin) : undefined",
        "[...services.values()].find(({ origin }) => url.href.startsWith(origin))",
      ],
    ],
    killedBy: "strangers-get-no-seal",
  },
  {
    name: "a caller's header goes along",
    file: "outbound/outbound-fetch.ts",
    changes: [["headers.delete(sealedHeaderName);", ""]],
    killedBy: "strangers-get-no-seal",
  },
  {
    name: "a seal is for the first service of the list",
    file: "outbound/outbound-fetch.ts",
    changes: [
      [
        "const { audience, lifetimeSeconds } = service;",
        `const { lifetimeSeconds } = service;\n    const audience = "reports";`,
      ],
    ],
    killedBy: "a-seal-is-for-its-service",
  },
  {
    name: "redirects are fetch's to follow",
    file: "outbound/outbound-fetch.ts",
    changes: [
      [`send(...asFetch(sealed(hop), "manual"))`, `send(...asFetch(sealed(hop), "follow"))`],
    ],
    killedBy: "a-redirect-takes-no-seal-along",
  },
  {
    name: "a seal is made once a call",
    file: "outbound/outbound-fetch.ts",
    changes: [
      [
        "    hop = next;",
        "    hop = next;\n    sealed = (later) => ({ ...later, headers: new Headers({ 'tenantry-scope': 'first' }) });",
      ],
    ],
    killedBy: "a-redirect-takes-no-seal-along",
  },
  {
    name: "a stranger may lead to a service",
    file: "outbound/outbound-fetch.ts",
    changes: [["    assertMayLeadTo(hop.url, next.url);\n", ""]],
    killedBy: "a-stranger-leads-to-no-service",
  },
  {
    name: "credentials go along to another origin",
    file: "outbound/redirect.ts",
    changes: [
      ["for (const name of ofTheOrigin) headers.delete(name);", "headers.delete('x-none');"],
    ],
    killedBy: "a-redirect-takes-no-seal-along",
  },
  {
    name: "redirects are followed for ever",
    file: "outbound/outbound-fetch.ts",
    changes: [["count >= mostRedirects", "count >= 1000"]],
    killedBy: "redirects-end",
  },
  {
    name: "a stream is sent again",
    file: "outbound/redirect.ts",
    changes: [["!isReplayable(hop.body)", "isReplayable(hop.body) && status === 1"]],
    killedBy: "a-stream-is-sent-once",
  },
  {
    name: "a call without a scope goes out",
    file: "outbound/outbound-fetch.ts",
    changes: [
      ["if (service !== undefined) return currentScope();", ""],
      [
        "if (service !== undefined) {\n    const",
        "if (service !== undefined && scope !== null) {\n    const",
      ],
    ],
    killedBy: "no-scope-sends-nothing",
  },
  {
    name: "http is good enough",
    file: "outbound/services.ts",
    changes: [["!isLoopback(url.hostname) && !isTrue(allowInsecureHttp)", "isTrue(url.hostname)"]],
    killedBy: "odd-origins-are-refused",
  },
  {
    name: "an origin is mended",
    file: "outbound/services.ts",
    changes: [["url.origin === origin && plainHost", "url.origin !== null && plainHost"]],
    killedBy: "odd-origins-are-refused",
  },
  {
    name: "a user may stand in a URL",
    file: "outbound/hop.ts",
    changes: [
      [`if (url.username === "" && url.password === "") return url;`, "if (url.href) return url;"],
    ],
    killedBy: "users-in-urls-are-refused",
  },
];
