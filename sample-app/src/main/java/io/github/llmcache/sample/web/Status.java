package io.github.llmcache.sample.web;

import io.github.llmcache.sample.model.AnsweringModel;
import io.github.llmcache.sample.redis.RedisInUse;
import org.jspecify.annotations.Nullable;

/**
 * What answers, what keeps the answers, and what it was good for.
 *
 * @param model the model
 * @param redis the Redis
 * @param totals the totals since the start
 * @param fleet what all instances on this Redis have saved in the last 30 days, or null where that is not known
 */
record Status(
        AnsweringModel model,
        RedisInUse redis,
        Totals totals,
        @Nullable Saved fleet) {}
