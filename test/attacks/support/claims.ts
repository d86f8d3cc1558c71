import { createKeyRing } from "../../../src/core/seal/key-ring.js";
import { makeSeal, noTenant } from "../../../src/core/seal/seal.js";
import { sealOf } from "../../database/support/bare.js";
import type { Stage } from "../../database/support/stage.js";
import type { Claim } from "./attack.js";

/** Everything that an attacker in A's scope could write in place of A's seal. */
export function forgedClaims(stage: Stage): Claim[] {
  const { a, b } = stage;
  const now = Math.floor(Date.now() / 1000);
  const own = sealOf(stage, a.id);
  const guessed = createKeyRing("a secret that the attacker made up himself");
  const forB = { tenantId: b.id, expiresAt: now + 60, claims: {} };
  const madeUp = makeSeal(guessed, "database", forB);
  const stale = sealOf(stage, b.id, { expiresAt: now - 1 });
  const at = (text: string, place: number, what: string) =>
    text.slice(0, place) + what + text.slice(place + what.length);
  return [
    { what: "A's seal with B's id in it", value: at(own, 23, b.id) },
    { what: "a seal of the attacker's own key", value: madeUp },
    {
      what: "a seal of the attacker's own key, under the real key's id",
      value: at(madeUp, 3, stage.keys.current.id),
    },
    { what: "B's seal, expired", value: stale },
    { what: "B's expired seal with a later expiry", value: at(stale, 12, String(now + 60)) },
    { what: "B's seal for the registry", value: sealOf(stage, b.id, { purpose: "registry" }) },
    {
      what: "an expired seal for the registry",
      value: sealOf(stage, noTenant, { purpose: "registry", expiresAt: now - 1 }),
    },
    { what: "B's seal for an operator", value: sealOf(stage, b.id, { purpose: "operator" }) },
    { what: "an operator's seal", value: sealOf(stage, noTenant, { purpose: "operator" }) },
    { what: "B's seal for a service", value: sealOf(stage, b.id, { purpose: "service" }) },
    {
      what: "A's body with a MAC of zeros",
      value: `${at(own, 23, b.id).slice(0, 61)}${"0".repeat(64)}`,
    },
    { what: "A's own seal, stolen", value: own },
    { what: "B's id alone", value: b.id },
    { what: "nothing", value: "" },
  ];
}
