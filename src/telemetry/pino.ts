import { logFields, withoutLogFields, type LogFields } from "./log-fields.js";

/** For pino's `mixin`: adds `tenant`, `actor` and `context` of the active context to each line. */
export function logMixin(): () => LogFields {
  return logFields;
}

/**
 * For pino's `mixinMergeStrategy`. By pino's own a field of the call wins, so that
 * `logger.info(request.body)` could name another tenant; here the context alone sets its fields.
 */
export function logMergeStrategy(given: object, mixin: object): object {
  return { ...withoutLogFields(given), ...mixin };
}
