/** What a letter's link carries where no server and no `Referer` gets it. */
export function fragment(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}

/** Whether whoever signs in or up was invited, and goes on from there. */
export function isInvited(): boolean {
  const given = fragment();
  return given.has("tenant") && given.has("token");
}
