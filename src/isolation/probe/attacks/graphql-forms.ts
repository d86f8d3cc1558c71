import { asGet } from "../graphql/request.js";
import type { Outgoing } from "../http/message.js";
import { requestFor } from "../http/request-for.js";
import { targetOf } from "../routes/route.js";
import { encodeNodeId, nodeIdOf } from "../things/id-shape.js";
import type { Bout } from "./bout.js";
import type { Aims } from "./victim-aim.js";

/** The victim's id as a GraphQL service might read it besides, and the same question in another wrapping. */
export function graphqlForms(
  { route, run }: Bout,
  { victim }: Aims,
): readonly (readonly [string, Outgoing])[] {
  const last = targetOf(route.template)!;
  const id = victim.values[last]!;
  const as = (value: string) => requestFor(route, { ...victim.values, [last]: value });
  const node = nodeIdOf(id);
  const types = run.things.nouns.map((noun) => noun.charAt(0).toUpperCase() + noun.slice(1));
  const unwrapped =
    node === null
      ? types.map((type) => [`as a node id of ${type}`, as(encodeNodeId(`${type}:${id}`))] as const)
      : [
          ["without its type", as(node.id)] as const,
          ["with its type in the open", as(`${node.type}:${node.id}`)] as const,
          ...types
            .filter((type) => type !== node.type)
            .map((type) => [`as one of ${type}`, as(encodeNodeId(`${type}:${node.id}`))] as const),
        ];
  return [
    ...unwrapped,
    ["by GET", asGet(as(id))],
    ["in upper case", as(id.toUpperCase())],
    ["in lower case", as(id.toLowerCase())],
    ["with a space after it", as(`${id} `)],
    ["with a zero before it", as(`0${id}`)],
  ];
}
