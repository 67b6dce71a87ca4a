package io.github.llmcache.sample.web;

import io.github.llmcache.sample.model.AnsweringModel;
import io.github.llmcache.sample.redis.RedisInUse;

/**
 * What answers, what keeps the answers, and what it was good for.
 *
 * @param model the model
 * @param redis the Redis
 * @param totals the totals since the start
 */
record Status(AnsweringModel model, RedisInUse redis, Totals totals) {}
