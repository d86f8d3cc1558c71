import type { Identity } from "../identity/identity.js";

/** A record of one tenant's that the probe made or came upon. */
export interface Thing {
  readonly noun: string;
  readonly id: string;
  readonly owner: Identity;
  /** Whether the probe made it, and so may change and delete it. */
  readonly made: boolean;
  /** The ids of what it is in, by their nouns. */
  readonly parents: Readonly<Record<string, string>>;
  /** Its own plain values, as texts. */
  readonly fields: Readonly<Record<string, string>>;
  /** Planted in it; undefined where it could bear none. */
  readonly canary?: string;
}

/** All things of all tenants. */
export class Things {
  private readonly all: Thing[] = [];
  private readonly gone = new Set<Thing>();

  add(thing: Thing): void {
    const same = this.all.findIndex((other) => isSame(other, thing));
    if (same === -1) this.all.push(thing);
    else if (thing.made) this.all[same] = thing;
  }

  remove(thing: Thing): void {
    this.gone.add(thing);
  }

  isGone(thing: Thing): boolean {
    return this.gone.has(thing);
  }

  /** Those that the probe made first, the latest of them first. */
  of(tenant: string, noun: string): readonly Thing[] {
    const fitting = this.all.filter(
      (thing) => thing.owner.tenant === tenant && thing.noun === noun && !this.gone.has(thing),
    );
    return [
      ...fitting.filter(({ made }) => made).reverse(),
      ...fitting.filter(({ made }) => !made),
    ];
  }

  /** Whether a tenant has, or was shown, a thing of this id. */
  isKnownTo(tenant: string, noun: string, id: string): boolean {
    return this.of(tenant, noun).some((thing) => thing.id === id);
  }

  get made(): readonly Thing[] {
    return this.all.filter((thing) => thing.made && !this.gone.has(thing));
  }

  get nouns(): readonly string[] {
    return [...new Set(this.all.map(({ noun }) => noun))];
  }
}

function isSame(a: Thing, b: Thing): boolean {
  return a.owner.tenant === b.owner.tenant && a.noun === b.noun && a.id === b.id;
}
