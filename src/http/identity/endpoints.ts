import { accountEndpoints } from "./account-endpoints.js";
import type { Endpoint } from "./contract.js";
import { eventEndpoints } from "./event-endpoints.js";
import { invitationEndpoints } from "./invitation-endpoints.js";
import { keyEndpoints } from "./key-endpoints.js";
import { memberEndpoints } from "./member-endpoints.js";
import { metadataEndpoints } from "./metadata-endpoints.js";
import { openApiEndpoint } from "./open-api-endpoint.js";
import { revokeEndpoints } from "./revoke-endpoints.js";
import { roleEndpoints } from "./role-endpoints.js";
import { sessionEndpoints } from "./session-endpoints.js";
import { signInEndpoints } from "./sign-in-endpoints.js";
import { tenantEndpoints } from "./tenant-endpoints.js";
import { tokenEndpoint } from "./token-endpoint.js";

/** Every endpoint of identity: what is served, and what is described. */
export const endpoints: readonly Endpoint[] = [
  ...sessionEndpoints,
  ...accountEndpoints,
  ...tenantEndpoints,
  ...signInEndpoints,
  tokenEndpoint,
  ...revokeEndpoints,
  ...memberEndpoints,
  ...invitationEndpoints,
  ...roleEndpoints,
  ...keyEndpoints,
  ...eventEndpoints,
  ...metadataEndpoints,
  openApiEndpoint(() => endpoints),
];
