import { listed } from "../../checks/support/wording.js";
import { judged, Unanswered, type Item } from "../item.js";
import { findIsolationTests } from "../repository/isolation-tests.js";

export const k8: Item = {
  id: "K8",
  name: "cross-tenant-test",
  severity: "medium",
  question: "Is there a test that tries to get from one tenant to another",
  title: "No test tries to get from one tenant to another",
  meaning:
    "Isolation that nobody tries breaks unnoticed: with the next table, the next policy, the next query.",
  needs: ["repository"],
  async answer({ repository }) {
    const { running, skipped, titled, testFiles, jobs } = findIsolationTests(repository);
    const bound = repository.isCut ? ", of a part of the repository," : "";
    const looked = `${testFiles} test files, ${jobs} CI files and scripts${bound} were read`;
    if (running.length > 0) return judged([], `${looked}: ${listed(running, 3)}.`);
    const idle = skipped.length === 0 ? "" : ` Skipped: ${listed(skipped, 3)}.`;
    if (titled.length > 0) {
      throw new Unanswered(
        `${looked}; tests that speak of it are there (${listed(titled, 3)}), and reading does not tell whether they try anything: call proveIsolation() of tenantry/testing in one.${idle}`,
      );
    }
    return judged(
      [
        {
          subject: "tests",
          message: `No test calls proveIsolation(), and no CI job or script runs tenantry prove or probe.${idle}`,
          mend: 'import { proveIsolation } from "tenantry/testing";\nit("keeps tenants apart", () => proveIsolation({ pool, appRoles: ["app"] }));',
        },
      ],
      `${looked}.${idle}`,
    );
  },
};
