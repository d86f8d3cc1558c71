import { z } from "zod";
import type { Endpoint } from "./contract.js";
import { endpoint } from "./endpoint.js";

const publicly = { "cache-control": "public, max-age=300", "access-control-allow-origin": "*" };

/** What others learn the server by. */
export const metadataEndpoints: readonly Endpoint[] = [
  endpoint({
    ...{ method: "GET", path: "/.well-known/jwks.json", audience: "auth-host" },
    authentication: "none",
    summary: "The public keys of the access tokens (RFC 7517).",
    answer: { status: 200, schema: z.object({ keys: z.array(z.looseObject({})) }) },
    async handle({ identity }) {
      return { status: 200, body: await identity.signingKeys.published(), headers: publicly };
    },
  }),
  endpoint({
    ...{ method: "GET", path: "/.well-known/oauth-authorization-server", audience: "auth-host" },
    authentication: "none",
    summary: "Where the endpoints are and what they can do (RFC 8414).",
    answer: { status: 200, schema: z.looseObject({ issuer: z.string() }) },
    handle({ identity: { issuer } }) {
      const at = (path: string) => issuer.origin + path;
      const body = {
        issuer: issuer.origin,
        authorization_endpoint: at("/auth/authorize"),
        token_endpoint: at("/auth/token"),
        revocation_endpoint: at("/auth/revoke"),
        introspection_endpoint: at("/auth/introspect"),
        jwks_uri: at("/.well-known/jwks.json"),
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: [
          "authorization_code",
          "refresh_token",
          "urn:ietf:params:oauth:grant-type:token-exchange",
        ],
        code_challenge_methods_supported: ["S256"],
        token_endpoint_auth_methods_supported: ["none"],
        revocation_endpoint_auth_methods_supported: ["none"],
        // A tenant's key as a bearer token (RFC 7662 §2.1).
        introspection_endpoint_auth_methods_supported: ["Bearer"],
        authorization_response_iss_parameter_supported: true,
      };
      return { status: 200, body, headers: publicly };
    },
  }),
];
