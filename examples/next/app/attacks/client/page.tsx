import { tenancy } from "../../../lib/tenancy";
import { tenantry } from "../../../lib/tenantry";
import { Show } from "./show";

/** The mistake: a part of the scope for a client component. React refuses it. */
export default tenancy.wrap(async function Page() {
  return <Show value={tenantry().scope().tenant} />;
});
