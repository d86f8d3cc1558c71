import type { DataModel, Model } from "../schema/data-model.js";

/** One operation, for one tenant. */
export interface Work {
  readonly data: DataModel;
  readonly tenantId: string;
}

/** Scopes one argument of an operation; `undefined` where it was left out. */
export type Part = (work: Work, model: Model, value: unknown) => unknown;

export function tenantCondition({ data, tenantId }: Work): Record<string, unknown> {
  return { [data.field]: tenantId };
}
