import type { Identity } from "../identity/identity.js";
import { parametersOf, targetOf, type Route } from "../routes/route.js";
import { nounBefore, nounOfParameter } from "./nouns.js";
import type { Thing, Things } from "./thing.js";

/** Values for all parameters of a route's path. */
export interface Aim {
  readonly values: Readonly<Record<string, string>>;
  /** What the last parameter stands for, where that is a thing that is known. */
  readonly target: Thing | null;
  /** Parameters that are the same for everyone, as a language or a version. */
  readonly constants: ReadonlySet<string>;
}

/** @returns the name of the parameter that there is no value for, where there is one */
export function aimAt(
  route: Route,
  identity: Identity,
  things: Things,
  wanted?: Thing,
): Aim | string {
  const last = targetOf(route.template);
  const target = last === null ? null : (wanted ?? targetsOf(route, identity, things)[0] ?? null);
  const values: Record<string, string> = {};
  const constants = new Set<string>();
  for (const name of parametersOf(route.template)) {
    const noun = nounOfParameter(route.template, name);
    const own = name === last && target !== null ? valueIn(target, name) : target?.parents[noun];
    const value = own ?? identity.parameters[name] ?? firstOf(things, identity, route, name);
    const constant = value === undefined ? constantOf(route, name) : undefined;
    if (value === undefined && constant === undefined) return name;
    if (constant !== undefined) constants.add(name);
    values[name] = value ?? constant!;
  }
  return { values, target, constants };
}

/** What the route may be aimed at: what the identity's tenant has of the kind, unless its file says which. */
export function targetsOf(
  route: Route,
  { tenant, parameters }: Identity,
  things: Things,
): readonly Thing[] {
  const last = targetOf(route.template);
  if (last === null || parameters[last] !== undefined) return [];
  const named = things.of(tenant, nounOfParameter(route.template, last));
  return named.length > 0 ? named : things.of(tenant, nounBefore(route.template, last) ?? "");
}

function firstOf(
  things: Things,
  { tenant }: Identity,
  { template }: Route,
  name: string,
): string | undefined {
  const [thing] = [
    ...things.of(tenant, nounOfParameter(template, name)),
    ...things.of(tenant, nounBefore(template, name) ?? ""),
  ];
  return thing === undefined ? undefined : valueIn(thing, name);
}

/** By its slug where the parameter is called so, by its id otherwise. */
function valueIn({ id, fields }: Thing, name: string): string {
  const kind = /(slug|key|handle|number|uuid)$/i.exec(name)?.[1]?.toLowerCase();
  return (kind === undefined ? undefined : fields[kind]) ?? fields[name] ?? id;
}

function constantOf({ path }: Route, name: string): string | undefined {
  const schema = path[name];
  const value = schema?.enum?.[0] ?? schema?.const;
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
