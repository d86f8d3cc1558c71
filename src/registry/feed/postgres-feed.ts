import type { RegistryChange, RegistryFeed } from "./contract.js";
import { readPayload, registryChannel } from "./payload.js";
import { createSignedFeed, type SignedChannel, type SignedFeedOptions } from "./signed-feed.js";

export type PostgresFeedOptions = SignedFeedOptions;

const channel: SignedChannel<RegistryChange, string> = {
  name: registryChannel,
  deliver(payload, keys, listener) {
    const announcement = readPayload(payload, keys);
    // Not proven is what someone forged; but also what was sent before the first key was installed,
    // with a key that this process does not have, or by a newer version of Tenantry.
    if (announcement.proven) listener.changed(announcement.change);
    else listener.doubted(announcement.tenantId);
  },
  up: {
    type: "registry.feed-up",
    message: "The registry's feed is up: changes arrive as they are made.",
  },
  down: {
    type: "registry.feed-down",
    message:
      "The registry's feed is down: tenants are kept no longer than a second until it is up again. Check the database, and that no pooler in transaction mode is in between.",
  },
};

/** Tells of the registry's changes; createSignedFeed says how it listens. */
export function createPostgresFeed(options: PostgresFeedOptions): RegistryFeed {
  return createSignedFeed(channel, options);
}
