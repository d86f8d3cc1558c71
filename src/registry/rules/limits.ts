/** Domains of one tenant, verified or not. The database holds the same limit (000002). */
export const mostDomains = 100;

/** Characters (code points) of a tenant's name. */
export const longestName = 200;

/** Bytes of a tenant's settings as JSON. */
export const largestSettings = 16 * 1024;

/** Objects and arrays inside one another in a tenant's settings. */
export const deepestSettings = 32;

/** Tenants in one page of a list. */
export const mostListed = 1000;
