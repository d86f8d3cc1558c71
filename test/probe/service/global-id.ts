import { isUuid } from "./rows.js";

export type Kind = "Project" | "Task";

export function globalId(kind: Kind, id: unknown): string {
  return Buffer.from(`${kind}:${String(id)}`).toString("base64");
}

/** Null where it is none of this kind. */
export function rowId(kind: Kind, id: string): string | null {
  const [type, inner] = Buffer.from(id, "base64").toString("latin1").split(":");
  return type === kind && isUuid(inner) ? inner : null;
}
