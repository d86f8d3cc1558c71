import { bodiesFor, mended, type Hints } from "../bodies/attempts.js";
import type { Source } from "../bodies/synthesise.js";
import { requestFor } from "../http/request-for.js";
import { isGood, type Answer } from "../http/message.js";
import type { Identity } from "../identity/identity.js";
import { nameOf, type Route } from "../routes/route.js";
import type { Run } from "../run.js";
import { aimAt } from "./aim.js";
import { createdIn } from "./harvest.js";
import { nounOfCollection, nounOfParameter } from "./nouns.js";
import type { Thing } from "./thing.js";
import { parametersOf } from "../routes/route.js";

const mostTries = 7;

/** What came of a body that was sent until it was taken. */
export interface Made {
  readonly answer: Answer;
  readonly body: unknown;
  readonly canary: string;
}

/** Makes records, by sending bodies until one is taken; and remembers which route makes what. */
export class Maker {
  private readonly recipes = new Map<string, Route>();
  /** A body that was taken before, for each route. */
  private readonly taken = new Map<string, unknown>();

  constructor(private readonly run: Run) {}

  /** By the route that made things of this kind before. */
  async make(identity: Identity, noun: string): Promise<Thing | null> {
    const route = this.recipes.get(noun);
    return route === undefined ? null : this.createBy(route, identity);
  }

  canMake(noun: string): boolean {
    return this.recipes.has(noun);
  }

  /** @returns why not, where it could not */
  async learn(route: Route, identity: Identity): Promise<Thing | string> {
    const aim = aimAt(route, identity, this.run.things);
    if (typeof aim === "string") return `no value is known for {${aim}}`;
    const made = await this.send(route, identity, aim.values);
    if (!isGood(made.answer))
      return `${identity.name} was answered ${made.answer.status}${excerpt(made.answer)}`;
    const thing = this.keep(route, identity, aim.values, made);
    if (thing === null) return "its answer names no record";
    this.recipes.set(thing.noun, route);
    return thing;
  }

  private async createBy(route: Route, identity: Identity): Promise<Thing | null> {
    const thing = await this.learn(route, identity);
    return typeof thing === "string" ? null : thing;
  }

  /** A body for the route as this identity would send it; the one that was taken before, freshened. */
  bodyOf(route: Route, identity: Identity, canary: string): unknown {
    return bodiesFor(route, this.hints(route, identity), this.source(identity, canary))[0];
  }

  /** Sends until a body is taken, or nothing more can be learned from the refusals. */
  async send(
    route: Route,
    identity: Identity,
    values: Readonly<Record<string, string>>,
  ): Promise<Made> {
    const canary = this.run.canaries.make();
    const source = this.source(identity, canary);
    const queue =
      route.body === null
        ? [undefined]
        : [...bodiesFor(route, this.hints(route, identity), source)];
    let last: Made | null = null;
    for (let tries = 0; queue.length > 0 && tries < mostTries; tries += 1) {
      const body = queue.shift();
      this.run.markers.add({
        tenant: identity.tenant,
        text: canary,
        what: `a canary sent with ${nameOf(route)}`,
      });
      const answer = await this.run.asker.ask(identity, requestFor(route, values, { body }));
      last = { answer, body, canary };
      if (isGood(answer)) {
        this.taken.set(nameOf(route), body);
        return last;
      }
      if (![400, 415, 422].includes(answer.status)) break;
      const better = mended(body, answer.text, source);
      if (better !== undefined) queue.unshift(better);
    }
    return last!;
  }

  /** Enters what an answer says was made, so that it is attacked, and deleted in the end. */
  keep(
    route: Route,
    identity: Identity,
    values: Readonly<Record<string, string>>,
    { answer, canary, body }: Made,
  ): Thing | null {
    const noun = nounOfCollection(route.template);
    const created = createdIn(answer, noun);
    if (created === null) return null;
    const parents = Object.fromEntries(
      parametersOf(route.template).map((name) => [
        nounOfParameter(route.template, name),
        values[name]!,
      ]),
    );
    const bears = JSON.stringify(body ?? "").includes(canary);
    const thing = {
      noun,
      id: created.id,
      owner: identity,
      made: true,
      parents,
      fields: created.fields,
      ...(bears ? { canary } : {}),
    };
    this.run.things.add(thing);
    return thing;
  }

  private hints(route: Route, identity: Identity): Hints {
    const given = identity.bodies[nameOf(route)] ?? this.taken.get(nameOf(route));
    const [seen] = this.run.things.of(identity.tenant, nounOfCollection(route.template));
    return {
      ...(given === undefined ? {} : { given: withoutCanaries(given, this.run) }),
      ...(seen === undefined ? {} : { seen: seen.fields }),
    };
  }

  private source(identity: Identity, canary: string): Source {
    return {
      canary,
      tenant: identity.tenant,
      sparse: false,
      referenceTo: (noun) =>
        identity.parameters[`${noun}Id`] ??
        identity.parameters[`${noun}_id`] ??
        this.run.things.of(identity.tenant, noun)[0]?.id,
    };
  }
}

/** The place of an older canary is kept open for a new one. */
function withoutCanaries(body: unknown, { canaries }: Run): unknown {
  const text = JSON.stringify(body);
  const old = canaries.in(text);
  return JSON.parse(
    old.reduce((kept, each) => kept.replaceAll(new RegExp(each, "gi"), "{{canary}}"), text),
  ) as unknown;
}

/** A refusal in its own words, shortened; it is the identity's own, to its own request. */
function excerpt({ text }: Answer): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line === "" || line.startsWith("<") ? "" : `: ${line.slice(0, 140)}`;
}
