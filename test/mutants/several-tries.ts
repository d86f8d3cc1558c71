/**
 * For mutants that a race can hide: one counts as found out where one of five tries notices it. What no
 * probe notices fails all five, and what is sound must pass at once. `beforeEach` runs before each try.
 */
export const severalTries = { retry: 4 };
