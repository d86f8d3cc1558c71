/** What a mutation's name says that it does. */
export type Verb = "create" | "update" | "delete" | "other";

const verbs: readonly (readonly [Verb, string])[] = [
  ["create", "create|add|insert|register|new"],
  ["update", "update|edit|rename|change|modify|patch|set"],
  ["delete", "delete|remove|destroy"],
];

/** `createProject`, `projectCreate` and `insert_projects_one` alike; `rest` is what it is done to. */
export function verbOf(field: string): { readonly verb: Verb; readonly rest: string } {
  for (const [verb, words] of verbs) {
    const first = new RegExp(`^(?:${words})(?=[A-Z_])_?(\\w+)$`).exec(field)?.[1];
    const last = new RegExp(`^(\\w+?)_?(?:${words})$`, "i").exec(field)?.[1];
    const rest = first ?? last;
    if (rest !== undefined) return { verb, rest: plain(rest) };
  }
  return { verb: "other", rest: plain(field) };
}

function plain(name: string): string {
  return name.replace(/(_by_pk|_one|By[A-Z]\w*)$/, "");
}
