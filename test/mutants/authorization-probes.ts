import { newUuid } from "../../src/core/uuid.js";
import { createKeyRing } from "../../src/core/seal/key-ring.js";
import { sealText } from "../../src/core/seal/sealed-text.js";
import type { Tenant, TenantKey, TenantLookup } from "../../src/core/tenant.js";
import type * as AuthorizationModule from "../../src/identity/authorization/index.js";
import type { RedirectTargetOptions } from "../../src/identity/authorization/index.js";
import type { CodeStage } from "../identity/support/code-stage.js";

/** A copy of src/identity/authorization, and a place to try its codes in. */
export interface AuthorizationCopy {
  readonly code: typeof AuthorizationModule;
  readonly stage: CodeStage;
}
type Probe = (copy: AuthorizationCopy) => Promise<boolean>;

const keys = createKeyRing("a secret of thirty-two bytes or more");
const host = "acme.app.example.com";
const callback = "/auth/callback";
const uri = `https://${host}${callback}`;

/** A registry that has every tenant there could be, and tells what it was asked. */
function everyone(status: Tenant["status"] = "active") {
  const asked: TenantKey[] = [];
  const tenants: TenantLookup = {
    async find(key) {
      asked.push(key);
      const plain = { placement: "default", settings: {}, version: 1 };
      return { id: newUuid(), slug: key.value, name: key.value, status, ...plain };
    },
  };
  return { asked, tenants };
}

async function takes(
  { code }: AuthorizationCopy,
  redirectUri: string,
  options: Partial<RedirectTargetOptions> = {},
): Promise<boolean> {
  const hosts = { baseDomain: ["app.example.com", "localhost"] };
  const targets = code.createRedirectTargets({ ...everyone(), hosts, ...options });
  return (await targets.find(redirectUri)) !== null;
}
async function takesNone(
  copy: AuthorizationCopy,
  uris: readonly string[],
  options?: Partial<RedirectTargetOptions>,
): Promise<boolean> {
  return !(await Promise.all(uris.map((one) => takes(copy, one, options)))).includes(true);
}

const begin = ({ code }: AuthorizationCopy, now = () => Date.now(), returnTo: unknown = "/a") => {
  const transactions = code.createSignInTransactions({ keys, now });
  const { cookie, state, codeChallenge } = transactions.begin({ host, returnTo });
  const answer = { host, cookieValue: cookie.value, state };
  return { transactions, cookie, state, codeChallenge, answer };
};

/** Each is true where the copy does what it should. */
export const authorizationProbes: Readonly<Record<string, Probe>> = {
  async "redirect-targets-match-exactly"(copy) {
    const others = [
      ...[`${uri}/`, `${uri}?`, `${uri}#`, `${uri}/../../open`, `${uri}\n`, ` ${uri}`],
      ...[uri.replace("https", "HTTPS"), uri.replace("acme", "ACME"), uri.replace("//", "\\\\")],
      ...[uri.replace("acme", "user@acme"), uri.replace(host, `${host}:443`)],
      ...[
        `https://${host}/open`,
        `https://${host}/auth/./callback`,
        `https://www.${host}${callback}`,
      ],
      `https://${host}/auth/c%61llback`,
    ];
    return (await takes(copy, uri)) && (await takesNone(copy, others));
  },

  async "odd-hosts-reach-no-registry"({ code }) {
    const { asked, tenants } = everyone();
    const hosts = { baseDomain: "app.example.com" };
    const targets = code.createRedirectTargets({ tenants, hosts });
    for (const odd of [`${host}.`, "127.0.0.1", "[::1]", "intranet", "a_b.test"]) {
      if ((await targets.find(`https://${odd}${callback}`)) !== null) return false;
    }
    return asked.length === 0;
  },

  async "codes-go-out-by-tls"(copy) {
    const others = [uri.replace("https", "http"), uri.replace(host, `${host}:8443`)];
    return (
      (await takesNone(copy, others)) &&
      (await takesNone(copy, others, { allowInsecureLocalhost: true }))
    );
  },

  async "localhost-is-localhost"(copy) {
    const local = `http://acme.localhost:3000${callback}`;
    const others = ["http://acme.evillocalhost:3000", "http://acme.test", "https://acme.test:3000"];
    const uris = others.map((other) => other + callback);
    return (
      (await takesNone(copy, [local])) &&
      (await takes(copy, local, { allowInsecureLocalhost: true })) &&
      (await takesNone(copy, uris, { allowInsecureLocalhost: true }))
    );
  },

  async "a-redirect-target-is-active"(copy) {
    return takesNone(copy, [uri], everyone("suspended"));
  },

  async "reserved-names-take-no-codes"(copy) {
    const names = ["auth", "login", "www", "api", "x"].map((name) => uri.replace("acme", name));
    const stripPrefixes = ["x", "www", "api"];
    return takesNone(copy, names, { hosts: { baseDomain: "app.example.com", stripPrefixes } });
  },

  async "a-return-path-stays-on-its-host"({ code }) {
    const odd = [
      "//evil.test",
      "/\\evil.test",
      "/.//evil.test",
      "/a/..//evil.test",
      "/%2fevil.test",
    ];
    odd.push(
      "/%09/evil.test",
      "/%5Cevil.test",
      "\t//evil.test",
      "https://evil.test/",
      "/\t/evil.test",
    );
    return (
      code.safeReturnPath("/a?b=%2F#c") === "/a?b=%2F#c" &&
      odd.every((path) => code.safeReturnPath(path) === "/")
    );
  },

  async "a-return-path-is-bounded"({ code }) {
    return code.safeReturnPath(`/${"a".repeat(5000)}`) === "/";
  },

  async "a-sign-in-is-for-its-host"(copy) {
    const { transactions, answer } = begin(copy);
    const elsewhere = transactions.finish({ ...answer, host: "evil.app.example.com" });
    return transactions.finish(answer) !== null && elsewhere === null;
  },

  async "a-sign-in-is-for-its-state"(copy) {
    const { transactions, answer } = begin(copy);
    const foreign = transactions.finish({ ...answer, state: begin(copy).state });
    return transactions.finish(answer) !== null && foreign === null;
  },

  async "a-sign-in-has-its-time"(copy) {
    const clock = { now: Date.now() };
    const { transactions, answer } = begin(copy, () => clock.now);
    clock.now += 600_000;
    return transactions.finish(answer) === null;
  },

  async "each-tab-has-its-cookie"(copy) {
    return begin(copy).cookie.name !== begin(copy).cookie.name;
  },

  async "sign-ins-under-way-are-bounded"(copy) {
    const names = Array.from({ length: 7 }, () => begin(copy).cookie.name);
    const transactions = copy.code.createSignInTransactions({ keys });
    const { surplus } = transactions.begin({ host, cookieNames: ["session", ...names, "theme"] });
    return surplus.join() === names.slice(0, 2).join();
  },

  async "a-sign-in-goes-back-home"(copy) {
    const { transactions, answer } = begin(copy, undefined, "//evil.test");
    return transactions.finish(answer)?.returnTo === "/";
  },

  async "a-verifier-is-hidden"(copy) {
    const { cookie, state } = begin(copy);
    return !Buffer.from(cookie.value, "base64url").includes(state);
  },

  async "a-sign-in-has-its-purpose"(copy) {
    const { transactions } = begin(copy);
    const kept = { state: "s", codeVerifier: "v", returnTo: "/", expiresAt: Date.now() + 60_000 };
    const sealed = sealText(keys, "signing-key", host, JSON.stringify(kept));
    const cookieValue = sealed.toString("base64url");
    return transactions.finish({ host, cookieValue, state: "s" }) === null;
  },

  async "cookies-are-the-hosts-own"({ code }) {
    const local = code.createSignInTransactions({ keys, allowInsecureLocalhost: true });
    return local.begin({ host }).cookie.name.startsWith("__Host-");
  },

  async "a-challenge-tells-no-verifier"(copy) {
    const { transactions, answer, codeChallenge } = begin(copy);
    return transactions.finish(answer)?.codeVerifier !== codeChallenge;
  },

  async "a-challenge-has-one-spelling"({ code }) {
    const spellings = ["A", "B"].map((last) => code.isCodeChallenge("A".repeat(42) + last));
    return spellings[0] === true && spellings[1] === false;
  },

  async "choices-are-what-one-may-enter"({ code, stage }) {
    const { addPerson, stage: place } = stage.world;
    const choices = code.createTenantChoices(stage.database, place.tenantry.tenants);
    const person = await addPerson();
    const count = async () => (await choices.list(person.accountId)).length;
    const set = (table: string, change: string) =>
      place.admin(
        `update tenantry.${table} set ${change} where ${table === "account" ? "id" : "account_id"} = $1`,
        [person.accountId],
      );
    if ((await count()) !== 1) return false;
    await place.tenantry.tenants.suspend(place.a.id);
    const whileSuspended = await count();
    await place.tenantry.tenants.reactivate(place.a.id);
    await set("membership", "status = 'suspended'");
    const asSuspended = await count();
    await set("membership", "status = 'active'");
    await set("account", "status = 'disabled'");
    const asDisabled = await count();
    return whileSuspended + asSuspended + asDisabled === 0;
  },

  async "choices-are-bounded"({ code, stage }) {
    const { accountId } = await stage.world.addPerson();
    await stage.world.stage.admin(
      `with t as (
         insert into tenantry.tenant (id, slug, name, version)
         select gen_random_uuid(), 'many-' || gen_random_uuid(), 'Many', 0 from generate_series(1, 501) returning id
       ) insert into tenantry.account_tenant (account_id, tenant_id, role, status)
         select $1, id, 'member', 'active' from t`,
      [accountId],
    );
    const { tenants } = everyone();
    let [now, most] = [0, 0];
    const counted: TenantLookup = {
      async find(key) {
        most = Math.max(most, (now += 1));
        const found = await tenants.find(key);
        now -= 1;
        return found;
      },
    };
    const list = await code.createTenantChoices(stage.database, counted).list(accountId);
    return list.length === 500 && most <= 8;
  },
};
