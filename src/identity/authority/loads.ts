import { authorityUnavailable } from "./refusal.js";

/** A load under way, and what has come in since it began. */
export interface Load {
  readonly tenantId: string;
  /** The least version of the member that may still be answered, and of the tenant. */
  atLeast: number;
  tenantAtLeast: number;
  /** It may be so that there is a newer one. */
  isDoubted: boolean;
  /** Announcements may have been missed. */
  isMissed: boolean;
}

/** Any version will do, that of a member that there is not as well. */
export const noneAtLeast = { atLeast: -1, tenantAtLeast: -1 } as const;

/** Loads under way, one for each name. */
export interface Loads<T> {
  /** Starts a load, or joins the one of that name. @throws {TenantryError} `DATABASE_UNAVAILABLE` */
  join(name: string, tenantId: string, work: (underWay: Load) => Promise<T>): Promise<T>;
  get(name: string): Load | undefined;
  ofTenant(tenantId: string, tell: (underWay: Load) => void): void;
  all(tell: (underWay: Load) => void): void;
}

export function createLoads<T>(max: number): Loads<T> {
  const underWay = new Map<string, { readonly load: Load; readonly answer: Promise<T> }>();
  return {
    async join(name, tenantId, work) {
      const running = underWay.get(name);
      if (running !== undefined) return running.answer;
      if (underWay.size >= max) throw tooMany(max);
      const load: Load = {
        tenantId,
        ...noneAtLeast,
        isDoubted: false,
        isMissed: false,
      };
      const answer = work(load).finally(() => underWay.delete(name));
      underWay.set(name, { load, answer });
      return answer;
    },
    get: (name) => underWay.get(name)?.load,
    ofTenant(tenantId, tell) {
      for (const { load } of underWay.values()) if (load.tenantId === tenantId) tell(load);
    },
    all(tell) {
      for (const { load } of underWay.values()) tell(load);
    },
  };
}

const tooMany = (limit: number) =>
  authorityUnavailable(
    `${limit} members are being read already.`,
    "The database hangs, or very many members came at once: look at its load.",
  );
