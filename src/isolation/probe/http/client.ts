import { Agent as PlainAgent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { credentialsOf, hostOf, secretsOf, type Identity } from "../identity/identity.js";
import { refreshed } from "../identity/refresh.js";
import type { Target } from "../identity/target.js";
import type { Budget } from "./budget.js";
import type { Answer, Outgoing } from "./message.js";
import { readGraphql } from "../graphql/answer.js";
import { send, type WireRequest } from "./send.js";
import { sendRaw } from "./send-raw.js";

interface Renewals {
  /** How many in a row did not help. */
  inVain: number;
  readonly last: number;
}

/** Sends requests as identities, one after the other, within the budget. */
export class Client {
  private readonly current = new Map<string, Identity>();
  private readonly renewals = new Map<string, Renewals>();
  /** Every token that was ever borne. */
  private readonly borne = new Set<string>();
  private readonly agents = {
    plain: new PlainAgent({ keepAlive: true, maxSockets: 4 }),
    secure: new SecureAgent({ keepAlive: true, maxSockets: 4 }),
  };

  constructor(
    private readonly targets: ReadonlyMap<string, Target>,
    private readonly budget: Budget,
  ) {}

  /** With what signs the identity in. A 401 renews its token, and is then asked once more. */
  async send(identity: Identity, outgoing: Outgoing): Promise<Answer> {
    const who = this.current.get(identity.name) ?? (await this.renew(identity));
    const answer = await this.exchange(who, outgoing, credentialsOf(who));
    if (answer.status !== 401 || !this.mayRenew(identity)) return answer;
    const again = await this.exchange(who, outgoing, credentialsOf(await this.renew(identity)));
    const renewals = this.renewals.get(identity.name)!;
    renewals.inVain = again.status === 401 ? renewals.inVain + 1 : 0;
    return again;
  }

  /** To where the identity is reached, with these headers alone. */
  async sendBare(identity: Identity, outgoing: Outgoing): Promise<Answer> {
    return this.exchange(identity, outgoing, {});
  }

  /** As `send()`, with the identity as it now is: its headers may have been renewed. */
  identityNow(identity: Identity): Identity {
    return this.current.get(identity.name) ?? identity;
  }

  /** Of everyone who has asked, with tokens that were renewed since. */
  get secrets(): readonly string[] {
    return [...this.borne];
  }

  close(): void {
    this.agents.plain.destroy();
    this.agents.secure.destroy();
  }

  /** Where new tokens do not help, as on a route that refuses everybody: once a minute. */
  private mayRenew({ name, refresh }: Identity): boolean {
    const { inVain, last } = this.renewals.get(name) ?? { inVain: 0, last: -Infinity };
    return refresh !== undefined && (inVain < 3 || performance.now() - last > 60_000);
  }

  private async renew(identity: Identity): Promise<Identity> {
    const { inVain } = this.renewals.get(identity.name) ?? { inVain: 0 };
    this.renewals.set(identity.name, { inVain, last: performance.now() });
    const now = await refreshed(identity, (who, path, form) =>
      this.exchange(
        who,
        {
          method: "POST",
          path,
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: form,
        },
        credentialsOf(who),
      ),
    );
    this.current.set(identity.name, now);
    for (const secret of secretsOf(now)) this.borne.add(secret);
    return now;
  }

  private async exchange(
    at: Identity,
    outgoing: Outgoing,
    credentials: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    await this.budget.take();
    const target = this.targets.get(at.name)!;
    const wire = this.wireOf(at, outgoing, credentials);
    const name = at.baseUrl.hostname;
    const answer = await (outgoing.rawHeaders === undefined
      ? send(target, name, target.secure ? this.agents.secure : this.agents.plain, wire)
      : sendRaw(target, name, wire, outgoing.rawHeaders));
    return outgoing.field === undefined ? answer : readGraphql(answer, outgoing.field);
  }

  private wireOf(
    at: Identity,
    { method, path, headers = {}, body }: Outgoing,
    credentials: Readonly<Record<string, string>>,
  ): WireRequest {
    const base = at.baseUrl.pathname.replace(/\/$/, "");
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const usual = {
      host: hostOf(at),
      accept: "application/json, */*;q=0.5",
      "accept-encoding": "identity",
      "user-agent": "tenantry-probe",
      ...type,
    };
    const all = Object.entries({ ...usual, ...credentials, ...headers }).filter(
      ([, value]) => value !== "",
    );
    const length =
      body === undefined ? [] : [["content-length", String(Buffer.byteLength(body))] as const];
    return {
      method,
      path: /^https?:/.test(path) ? path : base + path,
      headers: Object.fromEntries([...all, ...length]),
      ...(body === undefined ? {} : { body }),
    };
  }
}
