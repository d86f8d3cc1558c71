import { within } from "../../../registry/within.js";
import type { RedisLink } from "./contract.js";

/** More than these are dropped: Redis only makes sooner what comes to pass without it. */
const mostUnderWay = 100;
/**
 * Milliseconds after which a text may be published again. Signed ones are each of their own, so this only
 * has to be longer than it takes all processes to hear of one. One without a MAC may be said again
 * and mean something new: an account was disabled, enabled and disabled.
 */
const sameText = { signed: "60000", unsigned: "200" };

/**
 * Publishes in the background, each text once among all processes. Nobody waits for it, and what fails
 * is not tried again.
 * @param timeout milliseconds after which one that does not end is given up
 */
export function createPublisher(
  link: RedisLink,
  channel: string,
  timeout: number,
): (text: string, kind: keyof typeof sameText) => void {
  let underWay = 0;

  async function publishOnce(text: string, milliseconds: string): Promise<void> {
    const first = await link
      .send(["SET", `${channel}:${text}`, "", "NX", "PX", milliseconds])
      // Full, read-only, or it may not be written there: better from every process than from none.
      .catch(() => "OK");
    if (first !== null) await link.send(["PUBLISH", channel, text]);
  }

  return (text, kind) => {
    if (underWay >= mostUnderWay) return;
    underWay += 1;
    within(timeout, "publishing in Redis", publishOnce(text, sameText[kind]))
      .catch(() => undefined)
      .finally(() => (underWay -= 1));
  };
}
