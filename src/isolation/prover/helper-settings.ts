import { settingsIn } from "../subject/context.js";
import type { Subject } from "../subject/subject.js";
import { policyHelpers } from "./objects/helpers.js";

/** What other ends have, and Tenantry's own seal. */
const unrelated =
  /^(role|search_path|session_authorization|is_superuser|tenantry\.scope|server_version.*)$/;

/**
 * Adds the settings that functions of policies read at any remove, as a helper that takes a team and
 * calls another that reads the token.
 */
export function withHelperSettings(subject: Subject): Subject {
  const { catalog, context } = subject;
  const policies = [...catalog.relations.values()].flatMap((relation) => relation.policies);
  const found = policyHelpers(catalog, policies)
    .filter(({ schema }) => schema !== "tenantry")
    .flatMap(({ source }) => settingsIn(source));
  const more = [...new Set(found)].filter(
    (name) => !unrelated.test(name) && !context.settings.includes(name),
  );
  if (more.length === 0) return subject;
  const sentence = `Functions of the policies read the tenant from ${more.join(", ")} (--setting).`;
  return {
    ...subject,
    context: { ...context, settings: [...context.settings, ...more] },
    assumptions: [...subject.assumptions, sentence],
  };
}
