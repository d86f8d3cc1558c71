import { singular } from "../things/nouns.js";
import { collectionOf, isItem, shapeOf, type Route } from "./route.js";

/** Of which there is one, though their name has an s. */
const single =
  /^(settings|preferences|options|permissions|credentials|details|features|notifications|terms|stats|analytics)$/i;

/**
 * Whether a POST makes a new record, so that it may be sent without asking: it is described or recorded as
 * answering 201, its path has items below, or it ends in one word in the plural. Anything else is taken for an
 * action, as `/settings/reset` and `/rotate-keys`.
 */
export function makesRecords(route: Route, all: readonly Route[]): boolean {
  const { method, template, creates, graphql } = route;
  if (creates || graphql !== undefined) return creates;
  if (method !== "POST" || isItem(template)) return false;
  return hasItems(route, all) || isPlural(template.split("/").filter(Boolean).at(-1) ?? "");
}

function hasItems({ template }: Route, all: readonly Route[]): boolean {
  const shape = (path: string) => shapeOf({ method: "GET", template: path.replace(/\/$/, "") });
  return all.some(
    (each) => isItem(each.template) && shape(collectionOf(each.template)) === shape(template),
  );
}

function isPlural(word: string): boolean {
  return /^[a-z]+$/.test(word) && !single.test(word) && singular(word) !== word;
}
