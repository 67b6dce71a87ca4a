package io.github.llmcache.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What Redis has to do in one step. Every script answers with a list.
 *
 * <p>Keys of one script lie in one slot of a cluster.
 */
enum Script {
    /**
     * Takes the lease if nobody has it. Keys: entry or its hash, lease. Arguments: token, milliseconds, the field where the
     * entry is one.
     *
     * <p>Answers: 1 if taken, the milliseconds left of the lease otherwise, the holder's token, the entry's value or nil,
     * the error of reading it or nil.
     */
    ACQUIRE("""
            local taken = redis.pcall('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
            if type(taken) == 'table' and taken['err'] then return taken end
            local left = 0
            local holder = ARGV[1]
            if not taken then
              left = redis.call('PTTL', KEYS[2])
              if left < 0 then
                redis.call('PEXPIRE', KEYS[2], ARGV[2])
                left = tonumber(ARGV[2])
              end
              holder = redis.pcall('GET', KEYS[2])
              if type(holder) ~= 'string' then holder = '' end
            end
            local value
            if ARGV[3] then
              value = redis.pcall('HGET', KEYS[1], ARGV[3])
            else
              value = redis.pcall('GET', KEYS[1])
            end
            local problem = false
            if type(value) == 'table' then
              problem = value['err']
              value = false
            end
            return {taken and 1 or 0, left, holder, value, problem}
            """),
    /** Lengthens a lease that stands. Keys: lease. Arguments: token, milliseconds. Answers: 1 if it stands. */
    RENEW("""
            if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return {0} end
            return {redis.call('PEXPIRE', KEYS[1], ARGV[2])}
            """),
    /**
     * Ends a lease and tells so. Keys: lease. Arguments: token, channel, the entry's key. Answers: 1 if it stood.
     */
    RELEASE("""
            if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return {0} end
            redis.call('DEL', KEYS[1])
            redis.pcall('PUBLISH', ARGV[2], ARGV[3])
            return {1}
            """),
    /**
     * Stores an entry while its lease stands, ends the lease, and tells so. Keys: entry, lease. Arguments: token,
     * channel, value, milliseconds. Answers: 1 if stored.
     */
    STORE(Part.PUT_KEY + Part.STORE),
    /**
     * As {@link #STORE}, in a field of a hash. Keys: hash, lease. Arguments: those, and the name of the place, the field, the
     * time in milliseconds, and what to try first so that the field expires. Answers: 1 if stored, and what was done so
     * that it expires.
     */
    STORE_FIELD(Part.PUT_FIELD + Part.STORE),
    /**
     * Does all that a store takes, where no cluster keeps its keys apart: looks whether the lease stands and what was
     * evicted, indexes the entry, stores it, ends the lease, and tells so. Keys: entry, lease, marks, indexes. Arguments:
     * token or nothing, channel, value, milliseconds, the number of the last eviction when the lease was given, how many
     * marks there are, milliseconds that the indexes live. Answers: 1 if stored.
     */
    STORE_AT_ONCE(Part.INDEX + Part.PUT_KEY + Part.STORE_AT_ONCE),
    /**
     * As {@link #STORE_AT_ONCE}, in a field of a hash. Keys: hash, lease, marks, indexes, of which the last is that of the
     * hashes. Arguments: those, and the name of the place, the field, the time in milliseconds, and what to try first so
     * that the field expires. Answers: 1 if stored, and what was done so that it expires.
     */
    STORE_FIELD_AT_ONCE(Part.INDEX + Part.PUT_FIELD + Part.STORE_AT_ONCE),
    /**
     * Writes a field. Keys: hash. Arguments: value, milliseconds, field, the time in milliseconds, and what to try first so
     * that it expires. Answers: 1, and what was done so that it expires.
     */
    SET_FIELD(Part.PUT_FIELD + """
            local problem, way = put(ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5])
            if problem then return problem end
            return {1, way}
            """),
    /**
     * Takes an entry away if it has a value. Keys: entry or its hash. Arguments: value, the field where the entry is one.
     * Answers: 1 if it had.
     */
    REMOVE("""
            if ARGV[2] then
              if redis.pcall('HGET', KEYS[1], ARGV[2]) ~= ARGV[1] then return {0} end
              return {redis.call('HDEL', KEYS[1], ARGV[2])}
            end
            if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return {0} end
            return {redis.call('DEL', KEYS[1])}
            """),
    /**
     * Adds an entry to an index, forgets a few that have expired, and lets the index live as long as its last. Keys:
     * index. Arguments: the entry's key, milliseconds to its end.
     *
     * <p>The server's clock is asked, because those of applications differ. Each write raises the entry's score, so that
     * an eviction can tell an entry that was stored anew since it looked. Few are forgotten at a time, so that no write is
     * slow, but more than are added, so that the index shrinks.
     */
    INDEX(Part.INDEX + """
            return index(KEYS[1], ARGV[1], ARGV[2]) or {1}
            """),
    /**
     * Takes entries out of an index that were not stored anew. Keys: index. Arguments: for each the entry's key and its
     * score when it was read. Answers: 1.
     */
    UNINDEX("""
            for i = 1, #ARGV, 2 do
              local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
              if score and tonumber(score) == tonumber(ARGV[i + 1]) then redis.call('ZREM', KEYS[1], ARGV[i]) end
            end
            return {1}
            """),
    /**
     * Raises the counter of evictions. Keys: counter. Answers: its value.
     *
     * <p>It never falls below the server's clock in microseconds, so that a counter that was lost (Redis was emptied, or
     * had no memory left for it) goes on above all that were ever read.
     */
    COUNT("""
            local time = redis.call('TIME')
            local now = time[1] * 1000000 + time[2]
            local last = redis.call('GET', KEYS[1])
            local next = math.max(now, (tonumber(last or '0') or 0) + 1)
            local text = string.format('%.0f', next)
            local done = redis.pcall('SET', KEYS[1], text)
            if done['err'] then return done end
            return {text}
            """),
    /**
     * Raises a mark, never lowers it: of two evictions at a time the later counts. Keys: mark. Arguments: the
     * counter's value, milliseconds to live.
     */
    MARK("""
            local last = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
            if last >= tonumber(ARGV[1]) then return {0} end
            local done = redis.pcall('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            if done['err'] then return done end
            return {1}
            """),
    /**
     * Adds counts to a hash, once: counts whose number is not above that of the last ones are those that were sent again
     * because nobody knew whether they had arrived. Keys: hash, number of the last counts. Arguments: number, milliseconds
     * to keep it, milliseconds to keep the hash, for each count its field and value. Answers: 1, or 0 if they were there;
     * the error of limiting the hash's life, if any.
     *
     * <p>A field that holds no number, or one that would become too large, is left alone: an error would leave a part of
     * the counts added, to be added again.
     */
    ADD_COUNTS("""
            local last = redis.pcall('GET', KEYS[2])
            if type(last) == 'table' then return last end
            if (tonumber(last or '0') or 0) >= tonumber(ARGV[1]) then return {0} end
            local noted = redis.pcall('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
            if noted['err'] then return noted end
            for i = 4, #ARGV, 2 do
              local added = redis.pcall('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1])
              if i == 4 and type(added) == 'table'
                  and not string.find(added['err'], 'not an integer') and not string.find(added['err'], 'overflow') then
                redis.call('DEL', KEYS[2])
                return added
              end
            end
            local kept = redis.pcall('PEXPIRE', KEYS[1], ARGV[3])
            if type(kept) == 'table' then return {1, kept['err']} end
            return {1}
            """),
    /**
     * Adds members to a HyperLogLog. Keys: HyperLogLog. Arguments: milliseconds to keep it, members. Answers: 1; the error of
     * limiting its life, if any.
     */
    ADD_DISTINCT("""
            local added = redis.pcall('PFADD', KEYS[1], unpack(ARGV, 2))
            if type(added) == 'table' then return added end
            local kept = redis.pcall('PEXPIRE', KEYS[1], ARGV[1])
            if type(kept) == 'table' then return {1, kept['err']} end
            return {1}
            """),
    /**
     * Writes a value, or takes it away, if what is there is what was read. Keys: value. Arguments: the SHA-1 of what was
     * read in hexadecimal, or nothing where nothing was there; the new value, if any. Answers: 1 if done; otherwise 0 and the
     * SHA-1 of what is there, or nothing.
     */
    REPLACE("""
            local held = redis.pcall('GET', KEYS[1])
            if type(held) == 'table' then return held end
            local revision = held and redis.sha1hex(held) or ''
            if revision ~= ARGV[1] then return {0, revision} end
            local done = ARGV[2] and redis.pcall('SET', KEYS[1], ARGV[2]) or redis.pcall('DEL', KEYS[1])
            if type(done) == 'table' and done['err'] then return done end
            return {1}
            """),
    /**
     * Adds members to a set that lives for a time from its first member on. Keys: set. Arguments: milliseconds, members.
     * Answers: for each member 1 if it was not there.
     */
    ADD_MEMBERS("""
            local answers = {}
            for i = 2, #ARGV do
              local added = redis.pcall('SADD', KEYS[1], ARGV[i])
              if type(added) == 'table' then return added end
              answers[i - 1] = added
              if i == 2 and redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
            end
            return answers
            """),
    /**
     * Counts usage in several windows at once, unless a limit has been reached. Keys: three counters for each window.
     * Arguments for each window: milliseconds that it still lasts, milliseconds that it lasts at most, and for each counter
     * what is added in any case, what is added if no limit has been reached, and the limit or -1.
     *
     * <p>A counter that lives longer than its window at most is of another window, and begins anew. What Redis can't add to
     * without an error is no counter, and is found before anything is written, since what a script has written stays.
     *
     * <p>Answers: the number of the last counter that has reached its limit or 0, and for each counter its value and the
     * milliseconds that it lives.
     */
    USAGE("""
            local used, left = {}, {}
            local function argument(i, offset)
              local window = math.floor((i - 1) / 3)
              return ARGV[window * 11 + offset]
            end
            local function add(i, amount)
              used[i] = redis.call('INCRBY', KEYS[i], amount)
              if used[i] < 0 then used[i] = redis.call('INCRBY', KEYS[i], string.format('%.0f', -used[i])) end
              if left[i] < 0 then
                left[i] = tonumber(argument(i, 1))
                redis.call('PEXPIRE', KEYS[i], argument(i, 1))
              end
            end
            for i = 1, #KEYS do
              local value = redis.call('GET', KEYS[i]) or '0'
              if value ~= '0' and not string.find(value, '^-?[1-9]%d*$') or #value > 18 then
                return redis.error_reply('WRONGTYPE no counter')
              end
              used[i] = tonumber(value)
              left[i] = redis.call('PTTL', KEYS[i])
            end
            for i = 1, #KEYS do
              if left[i] > tonumber(argument(i, 2)) then
                redis.call('DEL', KEYS[i])
                used[i] = 0
                left[i] = -2
              end
              local owed = argument(i, 3 + (i - 1) % 3 * 3)
              if left[i] == -1 or tonumber(owed) > 0 or owed ~= '0' and left[i] ~= -2 then add(i, owed) end
            end
            local refused = 0
            for i = 1, #KEYS do
              local limit = tonumber(argument(i, 5 + (i - 1) % 3 * 3))
              if limit >= 0 and used[i] >= limit then refused = i end
            end
            if refused == 0 then
              for i = 1, #KEYS do
                local wanted = argument(i, 4 + (i - 1) % 3 * 3)
                if wanted ~= '0' then add(i, wanted) end
              end
            end
            local answer = {refused}
            for i = 1, #KEYS do
              answer[#answer + 1] = used[i]
              answer[#answer + 1] = left[i] < 0 and tonumber(argument(i, 1)) or left[i]
            end
            return answer
            """);

    private final String text;
    private final String sha1;

    Script(String text) {
        this.text = text;
        try {
            this.sha1 = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(this.text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException("Every Java has SHA-1", ex);
        }
    }

    /** The script's source. */
    String text() {
        return text;
    }

    /** What Redis knows it by. */
    String sha1() {
        return sha1;
    }

    /** Whether it has to be run in the order of calls, so that a read after it sees what it stored. */
    boolean isOrdered() {
        return this == STORE_AT_ONCE || this == STORE_FIELD_AT_ONCE;
    }

    /** What scripts have in common. Stands apart because the constants are made before any other field of their type. */
    private static final class Part {

        /** Adds a member to an index; answers with the error, if any. */
        private static final String INDEX = """
                local function index(key, member, lives)
                  local time = redis.call('TIME')
                  local now = time[1] * 1000 + math.floor(time[2] / 1000)
                  local known = redis.pcall('ZSCORE', key, member)
                  if type(known) == 'table' then return known end
                  local score = math.max(now + lives, (tonumber(known or '0') or 0) + 1)
                  local added = redis.pcall('ZADD', key, string.format('%.0f', score), member)
                  if type(added) == 'table' and added['err'] then return added end
                  local old = redis.call('ZRANGEBYSCORE', key, '-inf', string.format('(%.0f', now), 'LIMIT', 0, 20)
                  if #old > 0 then redis.call('ZREM', key, unpack(old)) end
                  local last = redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')
                  redis.call('PEXPIREAT', key, string.format('%.0f', tonumber(last[2])))
                  return false
                end
                """;

        /** Writes the entry under the first key; answers with the error, if any. */
        private static final String PUT_KEY = """
                local function put(value, lives)
                  local stored = redis.pcall('SET', KEYS[1], value, 'PX', lives)
                  if type(stored) == 'table' and stored['err'] then return stored end
                end
                """;

        /**
         * Writes the entry into a field of the hash under the first key; answers with the error, if any, and with what was
         * done so that it expires: 1 HSETEX, 2 HPEXPIRE, 3 nothing.
         *
         * <p>A key of another type is overwritten. The hash lives as long as its longest field, so that a server that is
         * short of memory may give it up, and nothing stays for ever. Where fields don't expire, ten are looked at by each
         * store, and those that have ended are taken away: about a tenth of the hash are fields that have ended, at most.
         */
        private static final String PUT_FIELD = """
                local function failed(reply)
                  return type(reply) == 'table' and reply['err']
                end
                local function put(value, lives, field, now, way)
                  way = tonumber(way)
                  local kind = failed(redis.pcall('HLEN', KEYS[1]))
                  if kind and string.find(kind, 'WRONGTYPE') then redis.call('DEL', KEYS[1]) end
                  if way == 1 and failed(redis.pcall('HSETEX', KEYS[1], 'PX', lives, 'FIELDS', 1, field, value)) then
                    way = 2
                  end
                  if way > 1 then
                    local stored = redis.pcall('HSET', KEYS[1], field, value)
                    if failed(stored) then return stored end
                  end
                  if way == 2 and failed(redis.pcall('HPEXPIRE', KEYS[1], lives, 'FIELDS', 1, field)) then way = 3 end
                  if redis.call('PTTL', KEYS[1]) < tonumber(lives) then redis.call('PEXPIRE', KEYS[1], lives) end
                  local some = way == 3 and redis.pcall('HRANDFIELD', KEYS[1], 10, 'WITHVALUES') or {}
                  for i = 1, failed(some) and 0 or #some, 2 do
                    local ends = string.match(some[i + 1],
                        '^{"v":%d+,"digest":"[^"]*","createdAt":%d+,"freshUntil":%d+,"expiresAt":(%d+)')
                    if ends and tonumber(ends) <= tonumber(now) then redis.call('HDEL', KEYS[1], some[i]) end
                  end
                  return nil, way
                end
                """;

        private static final String STORE = """
                if redis.pcall('GET', KEYS[2]) ~= ARGV[1] then return {0} end
                local problem, way = put(ARGV[3], ARGV[4], ARGV[6], ARGV[7], ARGV[8])
                if problem then return problem end
                redis.call('DEL', KEYS[2])
                redis.pcall('PUBLISH', ARGV[2], ARGV[5] or KEYS[1])
                return {1, way}
                """;

        private static final String STORE_AT_ONCE = """
                if ARGV[1] ~= '' and redis.pcall('GET', KEYS[2]) ~= ARGV[1] then return {0} end
                local name = ARGV[8] or KEYS[1]
                local indexes = 3 + ARGV[6]
                for i = 3, indexes - 1 do
                  local mark = redis.pcall('GET', KEYS[i])
                  if mark and (tonumber(mark) or math.huge) > tonumber(ARGV[5]) then return {0} end
                end
                for i = indexes, #KEYS do
                  local problem = index(KEYS[i], i < #KEYS and name or KEYS[1], ARGV[7])
                  if problem then return problem end
                end
                local problem, way = put(ARGV[3], ARGV[4], ARGV[9], ARGV[10], ARGV[11])
                if problem then return problem end
                if ARGV[1] ~= '' then
                  redis.call('DEL', KEYS[2])
                  redis.pcall('PUBLISH', ARGV[2], name)
                end
                return {1, way}
                """;
    }
}
