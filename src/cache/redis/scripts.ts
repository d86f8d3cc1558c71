import { createHash } from "node:crypto";

/** A script of the server's, by text and by the name under which it is kept there. */
export interface Script {
  readonly text: string;
  readonly sha1: string;
}

const script = (text: string): Script => ({
  text,
  sha1: createHash("sha1").update(text).digest("hex"),
});

/**
 * A partition is one hash (KEYS[1]) and one sorted set (KEYS[2]) in one Cluster slot:
 * - `g` the generation, `d<bucket>` the explicit changes of a bucket, `n` and `b` how many entries
 *   and bytes there are, and each entry under its field of 43 characters
 * - the sorted set has the fields by the time they expire, in milliseconds of the server's clock
 *
 * If either key is lost (eviction by the server), the whole partition counts as cleared.
 */
const helpers = `
local hash, index = KEYS[1], KEYS[2]
local function keep(key, life)
  if redis.call('PTTL', key) < life then redis.call('PEXPIRE', key, life) end
end
`;

/** ARGV: a new generation, bucket, life. Gives the generation and the bucket's changes. */
export const openScript = script(`${helpers}
if redis.call('HSETNX', hash, 'g', ARGV[1]) == 1 then redis.call('DEL', index) end
keep(hash, tonumber(ARGV[3]))
return {redis.call('HGET', hash, 'g'), redis.call('HGET', hash, ARGV[2]) or '0'}
`);

/** Entries that one write pushes out or clears away at most, to keep the server answering others. */
const mostDropped = 256;

/**
 * ARGV: generation, changes, bucket, field, record, life, most entries, most bytes, explicit.
 * Gives 1 where written, 0 where fenced, 2 where full.
 */
export const writeScript = script(`${helpers}
local bucket, field, record, life = ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
local generation, changes, entries, bytes =
  unpack(redis.call('HMGET', hash, 'g', bucket, 'n', 'b'))
if generation ~= ARGV[1] then return 0 end
if (changes or '0') ~= ARGV[2] then return 0 end
entries, bytes = tonumber(entries or '0'), tonumber(bytes or '0')
if entries ~= redis.call('ZCARD', index) then
  redis.call('UNLINK', hash, index)
  return 0
end
local function drop(name)
  bytes = bytes - redis.call('HSTRLEN', hash, name) - #name
  entries = entries - redis.call('HDEL', hash, name)
  redis.call('ZREM', index, name)
end
if redis.call('HEXISTS', hash, field) == 1 then drop(field) end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
for _, expired in ipairs(redis.call('ZRANGEBYSCORE', index, '-inf', now, 'LIMIT', 0, 32)) do
  drop(expired)
end
local size, mostEntries, mostBytes = #record + #field, tonumber(ARGV[7]), tonumber(ARGV[8])
local function room()
  return entries < mostEntries and bytes + size <= mostBytes
end
for _ = 1, ${mostDropped} do
  if room() then break end
  local soonest = redis.call('ZRANGE', index, 0, 0)[1]
  if not soonest then break end
  drop(soonest)
end
local written = room()
if written then
  entries, bytes = entries + 1, bytes + size
  redis.call('ZADD', index, string.format('%d', now + life), field)
  redis.call('HSET', hash, field, record)
end
redis.call('HSET', hash, 'n', string.format('%d', entries), 'b', string.format('%d', bytes))
if ARGV[9] == '1' then redis.call('HINCRBY', hash, bucket, 1) end
keep(hash, life)
keep(index, life)
return written and 1 or 2
`);

/** ARGV: bucket, field. Gives 1 where there was one. */
export const removeScript = script(`${helpers}
local field = ARGV[2]
if not redis.call('HGET', hash, 'g') then return 0 end
redis.call('HINCRBY', hash, ARGV[1], 1)
local length = redis.call('HSTRLEN', hash, field)
if redis.call('HDEL', hash, field) == 0 then return 0 end
redis.call('HINCRBY', hash, 'n', -1)
redis.call('HINCRBY', hash, 'b', -(length + #field))
redis.call('ZREM', index, field)
return 1
`);
