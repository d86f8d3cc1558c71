import type { SourceMutant } from "./source-mutants.js";

const mutantOf =
  (file: string) =>
  (name: string, killedBy: string, ...changes: SourceMutant["changes"]): SourceMutant => ({
    name,
    file: `identity/authorization/${file}`,
    changes,
    killedBy,
  });
const target = mutantOf("redirect-target.ts");
const path = mutantOf("return-path.ts");
const transaction = mutantOf("sign-in-transaction.ts");
const cookie = mutantOf("sign-in-cookie.ts");
const pkce = mutantOf("pkce.ts");
const choices = mutantOf("tenant-choices.ts");

const exact = "text !== origin + path";

/** Faults of what surrounds the codes, each with the probe of authorization-probes.ts that must notice. */
export const authorizationMutants: readonly SourceMutant[] = [
  target("a redirect URI is compared by its beginning", "redirect-targets-match-exactly", [
    exact,
    "!text.startsWith(origin + path)",
  ]),
  target("a redirect URI is mended before it is compared", "redirect-targets-match-exactly", [
    exact,
    "new URL(text).href !== origin + path",
  ]),
  target("a redirect URI's path is not compared", "redirect-targets-match-exactly", [
    exact,
    "!text.startsWith(`${origin}/`)",
  ]),
  target("any path of the host takes codes, with userinfo", "redirect-targets-match-exactly", [
    exact,
    "new URL(text).pathname !== path",
  ]),
  target("a redirect URI's host is any text", "odd-hosts-reach-no-registry", [
    " || !isHostName(hostname)",
    "",
  ]),
  target("codes go out without TLS", "codes-go-out-by-tls", [
    'protocol === "https:" ||',
    'protocol.startsWith("http") ||',
  ]),
  target("codes go to any port", "codes-go-out-by-tls", ['(port === "" || isRelaxed)', "true"]),
  target("every host is an insecure localhost", "localhost-is-localhost", [
    "allowInsecureLocalhost && isLocalhost(hostname)",
    "allowInsecureLocalhost",
  ]),
  target("localhost is insecure unless said otherwise", "localhost-is-localhost", [
    "allowInsecureLocalhost && isLocalhost(hostname)",
    "isLocalhost(hostname)",
  ]),
  mutantOf("localhost.ts")("a name that ends as localhost is one", "localhost-is-localhost", [
    'endsWith(".localhost")',
    'endsWith("localhost")',
  ]),
  target("a suspended tenant's callback takes codes", "a-redirect-target-is-active", [
    'tenant?.status !== "active"',
    "tenant === null",
  ]),
  target("a redirect URI may have a prefix", "redirect-targets-match-exactly", [
    "stripPrefixes: []",
    "stripPrefixes: prefixes",
  ]),
  target("a prefix is a tenant's name", "reserved-names-take-no-codes", [
    "defaultReservedNames), ...prefixes]",
    "defaultReservedNames)]",
  ]),
  target("a reserved name takes codes", "reserved-names-take-no-codes", [
    "[...(hosts.reserved ?? defaultReservedNames), ...prefixes]",
    "prefixes",
  ]),

  path("a path to go back to may be spelled in any way", "a-return-path-stays-on-its-host", [
    "url.origin === anyOrigin && url.href === anyOrigin + value",
    "url.origin === anyOrigin",
  ]),
  path(
    "another host is a path to go back to",
    "a-return-path-stays-on-its-host",
    ["(?![/\\\\])[", "["],
    ["url.origin === anyOrigin && url.href === anyOrigin + value", "url.href.length > 0"],
  ),
  path("a path to go back to may hide a slash", "a-return-path-stays-on-its-host", [
    "if (hiddenInPath.test(",
    "if (/^$/.test(",
  ]),
  path("a path to go back to has no bound", "a-return-path-is-bounded", [
    "value.length > longestReturnPath",
    "value.length === 0",
  ]),

  transaction(
    "a sign-in may end at another host",
    "a-sign-in-is-for-its-host",
    ['sealText(keys, "sign-in", host,', 'sealText(keys, "sign-in", "",'],
    ['openText(keys, "sign-in", host,', 'openText(keys, "sign-in", "",'],
  ),
  transaction("a state is not compared", "a-sign-in-is-for-its-state", [
    "!timingSafeEqual(hash(kept.state), hash(state))",
    "state.length === 0",
  ]),
  transaction("a sign-in has all the time there is", "a-sign-in-has-its-time", [
    "now() >= kept.expiresAt",
    "now() < 0",
  ]),
  cookie("all tabs share a cookie", "each-tab-has-its-cookie", [
    "-${digest.slice(0, 8)}",
    "-${digest.length}",
  ]),
  cookie("sign-ins under way pile up", "sign-ins-under-way-are-bounded", [
    "underWay.length + 1 - mostAtOnce",
    "mostAtOnce - mostAtOnce",
  ]),
  cookie("other cookies are taken away", "sign-ins-under-way-are-bounded", [
    "namePattern.test(name)",
    "name.length > 0",
  ]),
  transaction("a sign-in goes wherever it was asked to", "a-sign-in-goes-back-home", [
    "safeReturnPath(returnTo)",
    "returnTo as string",
  ]),
  transaction("a verifier can be read in its cookie", "a-verifier-is-hidden", [
    'sealText(keys, "sign-in", host, JSON.stringify(kept))',
    "Buffer.from(JSON.stringify(kept) + sealText.name)",
  ]),
  transaction(
    "a sign-in is sealed with another purpose's key",
    "a-sign-in-has-its-purpose",
    ['sealText(keys, "sign-in"', 'sealText(keys, "signing-key"'],
    ['openText(keys, "sign-in"', 'openText(keys, "signing-key"'],
  ),
  transaction("a cookie goes without __Host- where there is TLS", "cookies-are-the-hosts-own", [
    "allowInsecureLocalhost && isLocalhost(host)",
    "allowInsecureLocalhost",
  ]),

  pkce("a challenge is the verifier itself", "a-challenge-tells-no-verifier", [
    "codeChallenge: sha256(codeVerifier)",
    "codeChallenge: sha256(codeVerifier) && codeVerifier",
  ]),
  pkce("a challenge has two spellings", "a-challenge-has-one-spelling", [
    'return Buffer.from(text, "base64url").toString("base64url") === text;',
    "return true;",
  ]),

  choices("a suspended member may choose the tenant", "choices-are-what-one-may-enter", [
    "t.status = 'active' and",
    "t.status <> '' and",
  ]),
  choices("a disabled account may choose", "choices-are-what-one-may-enter", [
    " and a.status = 'active'",
    "",
  ]),
  choices("a suspended tenant may be chosen", "choices-are-what-one-may-enter", [
    'tenant?.status !== "active"',
    "tenant === null",
  ]),
  choices("anyone's tenants may be chosen", "choices-are-what-one-may-enter", [
    "t.account_id = $1 and",
    "$1::uuid is not null and",
  ]),
  choices("there are choices without end", "choices-are-bounded", ["limit 500`", "limit 5000`"]),
  choices("the registry is asked for all at once", "choices-are-bounded", [
    "const atOnce = 8;",
    "const atOnce = 500;",
  ]),
];
