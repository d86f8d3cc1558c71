import type { Tenant, TenantKey, TenantLookup } from "../../core/tenant.js";

/** A real lookup whose answers can be held back after they were read, and counted. */
export interface GatedLookup extends TenantLookup {
  readonly reads: number;
  /** Of those reads, the ones whose answer has come from the registry, held back or not. */
  readonly answers: number;
  /** Holds back every answer that is read from now on. The function returned lets them go. */
  hold(): () => void;
  /** Puts `change` between the registry and whoever reads; undefined takes it away again. */
  distort(change: ((answer: Tenant | null, key: TenantKey) => Tenant | null) | undefined): void;
  fail(error: Error | undefined): void;
}

export function gated(source: TenantLookup): GatedLookup {
  let reads = 0;
  let answers = 0;
  let gate = Promise.resolve();
  let distortion: ((answer: Tenant | null, key: TenantKey) => Tenant | null) | undefined;
  let failure: Error | undefined;
  return {
    get reads() {
      return reads;
    },
    get answers() {
      return answers;
    },
    async find(key) {
      reads += 1;
      const held = gate;
      if (failure !== undefined) throw failure;
      const answer = await source.find(key);
      answers += 1;
      await held;
      return distortion === undefined ? answer : distortion(answer, key);
    },
    hold() {
      let release = () => {};
      gate = new Promise((resolve) => (release = resolve));
      return () => {
        release();
        gate = Promise.resolve();
      };
    },
    distort: (change) => void (distortion = change),
    fail: (error) => void (failure = error),
  };
}
