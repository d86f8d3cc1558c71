import type { Outgoing } from "../http/message.js";
import { without } from "../http/without.js";
import { aliasedDocument, documentOf } from "./document.js";
import type { GraphqlOperation } from "./operation.js";
import { variablesOf } from "./variables.js";

interface Parts {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The values are encoded already. */
  readonly raw?: boolean;
}

/** The operation with these values. What it does not take stands in the URL, as with any other route. */
export function graphqlRequest(
  operation: GraphqlOperation,
  values: Readonly<Record<string, string>>,
  { query = {}, body, headers, raw = false }: Parts,
): Outgoing {
  const known = new Set(operation.inputs.map(({ name }) => name));
  const strange = Object.entries(query).filter(([name]) => !known.has(name));
  const plain = Object.entries(values).map(([name, value]) => [name, raw ? decoded(value) : value]);
  const texts = { ...(Object.fromEntries(plain) as Record<string, string>), ...query };
  const search = new URLSearchParams(strange).toString();
  const request = posted(operation, {
    query: documentOf(operation),
    variables: variablesOf(operation, texts, body),
  });
  return {
    ...request,
    path: request.path + (search === "" ? "" : `?${search}`),
    headers: { ...request.headers, ...headers },
    field: operation.field,
  };
}

/** One request for both records, each under an alias. */
export function aliasedRequest(
  operation: GraphqlOperation,
  records: Readonly<Record<string, Readonly<Record<string, string>>>>,
  body: unknown,
): Outgoing {
  const variables = Object.entries(records).flatMap(([alias, values]) =>
    Object.entries(variablesOf(operation, values, body)).map(
      ([name, value]) => [`${alias}_${name}`, value] as const,
    ),
  );
  return posted(operation, {
    query: aliasedDocument(operation, Object.keys(records)),
    variables: Object.fromEntries(variables),
  });
}

/** Several requests in one, as some servers take them. */
export function batchOf(requests: readonly Outgoing[]): Outgoing {
  const [{ path }] = requests as [Outgoing];
  const body = `[${requests.map((each) => each.body ?? "{}").join(",")}]`;
  return { method: "POST", path, headers: { "content-type": "application/json" }, body };
}

function posted({ endpoint }: GraphqlOperation, body: object): Outgoing {
  const headers = { "content-type": "application/json" };
  return { method: "POST", path: endpoint, headers, body: JSON.stringify(body) };
}

/** The same as a GET, which caches and browsers treat otherwise. */
export function asGet({ path, body = "{}", headers = {}, ...rest }: Outgoing): Outgoing {
  const { query, variables } = JSON.parse(body) as { query: string; variables: unknown };
  const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  return {
    ...rest,
    method: "GET",
    path: `${path}?${search.toString()}`,
    headers: without("content-type", headers),
  };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
