import { TenantryError } from "../../core/tenantry-error.js";
import { recorded } from "../caller.js";
import type { Device } from "./contract.js";

/** A device as the tables take it: what describes it is cut to length, what names it is not. */
export function asStored(device: Device): Device {
  const { client } = device;
  if (client !== null && !/^[\x20-\x7e]{1,128}$/.test(client)) {
    throw new TenantryError("CONFIG_INVALID", {
      message:
        "A grant's client is not 1 to 128 printable ASCII characters (RFC 6749 appendix A.1).",
      fix: "Check the client's id before it gets here; pass null where there is none.",
    });
  }
  const [address, userAgent] = recorded(device);
  return { client, address, userAgent };
}
