/** Names of parameters that say nothing: the segment before them does. */
const vague = new Set([
  "id",
  "uuid",
  "guid",
  "slug",
  "key",
  "pk",
  "ref",
  "uid",
  "ids",
  "handle",
  "identifier",
  "number",
  "nodeid",
]);
const endings = /(_|-)?(ids|id|uuid|guid|slug|key|pk|ref|uid|handle|number)$/i;

/** `projects` → `project`, `categories` → `category`, `boxes` → `box`; compared without case and dashes. */
export function singular(word: string): string {
  const plain = word.toLowerCase().replace(/[^a-z0-9]/g, "");
  if (/(ss|us|is)$/.test(plain) || plain.length < 4) return plain;
  if (plain.endsWith("ies")) return `${plain.slice(0, -3)}y`;
  if (/(x|ch|sh|ss|z)es$/.test(plain)) return plain.slice(0, -2);
  return plain.endsWith("s") ? plain.slice(0, -1) : plain;
}

/** What records of a GraphQL type are called: `ProjectNode` → `project`. */
export function nounOfType(name: string): string {
  return singular(name.replace(/(?<=[a-z0-9])(Type|Node|Object|Model|Entity|DTO|Dto)$/, ""));
}

export function isVague(name: string): boolean {
  return vague.has(name.toLowerCase().replace(/[^a-z]/g, ""));
}

/** What a field or a parameter refers to: `projectId`, `project_ids` → `project`; null of others. */
export function nounOfReference(name: string): string | null {
  if (isVague(name)) return null;
  const match = endings.exec(name);
  if (match === null || match.index === 0) return null;
  // `paid` and `valid` end so too, but refer to nothing.
  const camel = /[a-z0-9](Id|Ids|ID|IDs|Uuid|Slug|Key|Ref|Number)$/.test(name);
  return camel || match[1] !== undefined ? singular(name.slice(0, match.index)) : null;
}

/** What a path's parameter stands for; the segment before it where its own name is vague. */
export function nounOfParameter(template: string, parameter: string): string {
  return (
    nounOfReference(parameter) ??
    (isVague(parameter)
      ? (nounBefore(template, parameter) ?? singular(parameter))
      : singular(parameter))
  );
}

/** The last word of the path before the parameter: `/orgs/{org}/projects/{id}` → `project`. */
export function nounBefore(template: string, parameter: string): string | null {
  const before = template
    .slice(0, template.indexOf(`{${parameter}}`))
    .split("/")
    .filter(Boolean);
  const word = before.reverse().find((segment) => !segment.includes("{"));
  return word === undefined ? null : singular(word);
}

/** What a collection's path holds: the last word in it. */
export function nounOfCollection(template: string): string {
  const words = template.split("/").filter((segment) => segment !== "" && !segment.includes("{"));
  return singular(words.at(-1) ?? "thing");
}
