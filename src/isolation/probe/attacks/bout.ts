import type { Reply } from "../http/asker.js";
import { isGood, type Outgoing } from "../http/message.js";
import { requestFor, type RequestParts } from "../http/request-for.js";
import type { Identity } from "../identity/identity.js";
import type { Column, Pair } from "../ledger.js";
import { nameOf, type Route } from "../routes/route.js";
import { rules, type RuleName } from "../rules.js";
import type { Run } from "../run.js";
import type { Maker } from "../things/maker.js";
import type { Marker } from "../things/markers.js";

/** A request that was answered, and the values in it that the answer may repeat. */
export interface Shot {
  readonly answer: Reply;
  readonly ids: readonly string[];
}

/** One attacker, one victim, one route. */
export class Bout {
  constructor(
    readonly run: Run,
    readonly maker: Maker,
    readonly pair: Pair,
    readonly route: Route,
  ) {}

  get attacker(): Identity {
    return this.pair.attacker;
  }

  get victim(): Identity {
    return this.pair.victim;
  }

  get name(): string {
    return nameOf(this.route);
  }

  /**
   * The route with these values, as someone would use it: with a body where it takes one, in which there is
   * a canary of the sender's. What it makes is entered, so that it is deleted in the end.
   */
  async fire(
    who: Identity,
    values: Readonly<Record<string, string>>,
    parts: RequestParts = {},
  ): Promise<Shot> {
    const canary = this.run.canaries.make();
    const body =
      this.route.body === null
        ? undefined
        : (parts.body ?? this.maker.bodyOf(this.route, who, canary));
    const sent = [...canariesIn(this.run, body)];
    for (const text of sent) {
      this.run.markers.add({ tenant: who.tenant, text, what: `a canary sent with ${this.name}` });
      this.run.markers.share(text, who.tenant);
    }
    const answer = await this.ask(who, requestFor(this.route, values, { ...parts, body }));
    const made = isGood(answer) && (this.route.creates || answer.status === 201);
    if (made) this.maker.keep(this.route, who, values, { answer, body, canary });
    return { answer, ids: [...Object.values(values), ...sent] };
  }

  attack(outgoing: Outgoing): Promise<Reply> {
    return this.ask(this.attacker, outgoing);
  }

  ask(who: Identity, outgoing: Outgoing): Promise<Reply> {
    return this.run.asker.ask(who, outgoing);
  }

  /** Nothing more is to be learned of other ways to an id then. */
  get isOpenByPlainId(): boolean {
    return this.run.ledger.verdictOf(this.pair, this.name, "by id") === "open";
  }

  holds(column: Column, why?: string): void {
    this.run.ledger.note(this.pair, this.name, column, "holds", why);
  }

  unproven(column: Column, why: string): void {
    this.run.ledger.note(this.pair, this.name, column, "unproven", why);
  }

  pointless(column: Column, why: string): void {
    this.run.ledger.note(this.pair, this.name, column, "not applicable", why);
  }

  /** @param detail tells apart several findings of one rule on one route */
  open(column: Column, rule: RuleName, message: string, mend: string, detail?: string): void {
    this.run.ledger.note(this.pair, this.name, column, "open", rules[rule].id);
    const text = { message, mend, ...(detail === undefined ? {} : { detail }) };
    this.run.ledger.find(this.pair, rules[rule], this.name, text);
  }
}

/** The victim's data among what leaked: nobody else's proves anything here. */
export function ofVictim({ victim }: Bout, { leaks }: Reply): readonly Marker[] {
  return leaks.filter(({ tenant }) => tenant === victim.tenant);
}

/** As `a canary sent with POST /projects of tenant b`. */
export function describeMarkers(markers: readonly Marker[]): string {
  const [first] = markers;
  return first === undefined ? "" : `${first.what} of tenant ${first.tenant}`;
}

/** A refusal that says nothing about whose thing it is. */
export function saysNothing({ status }: Pick<Reply, "status">): boolean {
  return status === 0 || status === 401 || status === 403 || status === 429 || status >= 500;
}

function canariesIn({ canaries }: Run, body: unknown): readonly string[] {
  return body === undefined ? [] : [...new Set(canaries.in(JSON.stringify(body)))];
}
