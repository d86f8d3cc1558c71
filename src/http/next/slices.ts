/** The slices of Next.js and React that are used; they are passed in, never imported. */

/** `headers` of "next/headers". */
export type NextHeaders = () => Promise<{ get(name: string): string | null }>;

/** `cache` of "react". */
export type ReactCache = <Work extends (...values: never[]) => unknown>(work: Work) => Work;

/** `NextResponse` of "next/server". */
export interface NextResponseClass {
  next(init?: { readonly request?: { readonly headers?: Headers } }): Response;
}

/** `workUnitAsyncStorage` of "next/dist/server/app-render/work-unit-async-storage.external". */
export interface WorkUnitStorage {
  getStore(): { readonly type: string } | undefined;
}

/** `unstable_cache` of "next/cache". */
export type UnstableCache = <Result>(
  work: () => Promise<Result>,
  keyParts: string[],
  options?: { readonly revalidate?: number | false; readonly tags?: string[] },
) => () => Promise<Result>;

export interface NextHost {
  readonly headers: NextHeaders;
  readonly cache: ReactCache;
  readonly NextResponse: NextResponseClass;
  readonly workUnitAsyncStorage: WorkUnitStorage;
  /** Only for `tenancy.cached`. */
  readonly unstable_cache?: UnstableCache;
}
