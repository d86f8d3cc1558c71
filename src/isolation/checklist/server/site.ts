import { randomBytes } from "node:crypto";
import { Budget } from "../../probe/http/budget.js";
import { Client } from "../../probe/http/client.js";
import { isGood, type Answer, type Outgoing } from "../../probe/http/message.js";
import {
  credentialsOf,
  describeIdentity,
  hostOf,
  type Identity,
} from "../../probe/identity/identity.js";
import { resolveTarget, type Target } from "../../probe/identity/target.js";
import { impossible } from "../../probe/problem.js";
import { Unanswered } from "../item.js";
import { abandon, sendBare, type BareRequest } from "./bare-request.js";
import { markersOf } from "./markers.js";

/** One tenant, as whoever asks for its page sees it. */
export interface Visitor {
  readonly identity: Identity;
  readonly tenant: string;
  /** As its requests bear it, with the port where there is one. */
  readonly host: string;
  /** What only its own page says. */
  readonly markers: readonly string[];
  readonly page: Answer;
}

export interface SiteOptions {
  readonly identities: readonly Identity[];
  readonly route: string;
  readonly ownedTargets: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** The running service: asked as tenants, by a client and over bare sockets. */
export class Site {
  private learned: Promise<readonly Visitor[]> | undefined;

  private constructor(
    readonly route: string,
    readonly identities: readonly Identity[],
    private readonly targets: ReadonlyMap<string, Target>,
    private readonly client: Client,
  ) {}

  /** @throws {TenantryError} `CONFIG_INVALID` where it is another machine that is not allowed */
  static async open({ identities, route, ownedTargets, signal }: SiteOptions): Promise<Site> {
    const pairs = identities.map(
      async ({ name, baseUrl }) => [name, await resolveTarget(baseUrl, ownedTargets)] as const,
    );
    const targets = new Map(await Promise.all(pairs));
    const budget = new Budget({ maxRequests: 20_000, maxSeconds: 600, rate: 0, signal });
    return new Site(route, identities, targets, new Client(targets, budget));
  }

  close(): void {
    this.client.close();
  }

  /**
   * Everyone that was named, with the page that each is answered; asked once.
   * @throws {Unanswered} where one is not answered
   * @throws {TenantryError} `PROOF_IMPOSSIBLE` where nobody listens
   */
  visitors(): Promise<readonly Visitor[]> {
    return (this.learned ??= this.learn());
  }

  /** @throws {Unanswered} where fewer than two tenants were named, or their pages do not tell them apart */
  async pair(): Promise<readonly [Visitor, Visitor]> {
    const all = await this.visitors();
    const first = all[0]!;
    const second = all.find(({ tenant }) => tenant !== first.tenant);
    if (second === undefined) {
      throw new Unanswered(
        "It takes two tenants: give --host twice, or --as twice, of two tenants.",
      );
    }
    for (const { markers, identity } of [first, second]) assertTelling(markers, identity, this);
    return [first, second];
  }

  /** A tenant's page, or another request of its, by a client that keeps connections open. */
  ask({ identity }: Pick<Visitor, "identity">, outgoing: Outgoing): Promise<Answer> {
    return this.client.send(identity, outgoing);
  }

  page(visitor: Pick<Visitor, "identity">): Promise<Answer> {
    return this.ask(visitor, { method: "GET", path: this.route });
  }

  /** Over a bare socket, with what signs the tenant in. */
  async askBare({ identity }: Visitor, request: BareRequest): Promise<Answer> {
    const target = this.targets.get(identity.name)!;
    return sendBare(target, identity.baseUrl.hostname, this.signed(identity, request));
  }

  /** The same without any credentials. */
  async askAnonymously({ identity }: Visitor, request: BareRequest): Promise<Answer> {
    return sendBare(this.targets.get(identity.name)!, identity.baseUrl.hostname, {
      ...request,
      path: inside(identity, request.path),
    });
  }

  async leave({ identity }: Visitor, request: BareRequest): Promise<void> {
    const target = this.targets.get(identity.name)!;
    await abandon(target, identity.baseUrl.hostname, this.signed(identity, request));
  }

  private signed(identity: Identity, request: BareRequest): BareRequest {
    const headers = {
      accept: "application/json, */*;q=0.5",
      "user-agent": "tenantry-checklist",
      ...credentialsOf(this.client.identityNow(identity)),
      ...request.headers,
    };
    return { ...request, headers, path: inside(identity, request.path) };
  }

  private async learn(): Promise<readonly Visitor[]> {
    const pages: (readonly [Identity, Answer, Answer, Answer])[] = [];
    for (const identity of this.identities) {
      const visitor = { identity };
      const path = `/${randomBytes(8).toString("hex")}`;
      const first = await this.page(visitor).catch((error: unknown) =>
        unreachable(identity, error),
      );
      if (!isGood(first)) {
        throw new Unanswered(
          `GET ${this.route} was answered ${first.status} to ${describeIdentity(identity)} at ${hostOf(identity)}: give --host of a tenant, --route with a path that answers, or --as with what signs it in.`,
        );
      }
      const nobody = await this.ask(visitor, { method: "GET", path });
      pages.push([identity, first, await this.page(visitor), nobody]);
    }
    return pages.map(([identity, first, second]) => {
      const others = pages.flatMap(([other, page, , nobody]) =>
        other.tenant === identity.tenant ? [nobody] : [page, nobody],
      );
      const markers = markersOf(first, second, others);
      return { identity, tenant: identity.tenant, host: hostOf(identity), markers, page: first };
    });
  }
}

/** @throws {Unanswered} where a tenant's page says nothing of its own */
export function assertTelling(
  markers: readonly string[],
  identity: Identity,
  { route }: Pick<Site, "route">,
): void {
  if (markers.length > 0) return;
  throw new Unanswered(
    `GET ${route} shows ${describeIdentity(identity)} nothing that is its tenant's own: give --route with a path that does.`,
  );
}

function inside({ baseUrl }: Identity, path: string): string {
  return path.startsWith("/") ? baseUrl.pathname.replace(/\/$/, "") + path : path;
}

function unreachable({ baseUrl }: Identity, error: unknown): never {
  if ((error as { name?: string }).name !== "Error") throw error;
  throw impossible(
    `The service at ${baseUrl.origin} gave no answer: ${(error as Error).message}.`,
    "Start it, and check --base-url.",
    error,
  );
}
