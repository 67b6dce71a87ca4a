package io.github.llmcache.redis;

/** A channel that is listened to; what is told while it is not active is missed. */
@FunctionalInterface
interface Subscription {

    /** A subscription that hears nothing. */
    Subscription NONE = () -> false;

    /** Whether it listens at this moment, as far as is known. */
    boolean isActive();
}
