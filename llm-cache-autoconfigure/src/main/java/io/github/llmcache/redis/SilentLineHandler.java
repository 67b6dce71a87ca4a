package io.github.llmcache.redis;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a line on which nothing was heard for too long after something was asked, so that the client connects anew.
 *
 * <p>A server that freezes, or whose network is gone, ends no connection: a client would keep asking it, for minutes or
 * for ever, while Sentinel or the cluster has long made another one the master.
 */
final class SilentLineHandler extends ChannelDuplexHandler {

    /** Where this thread stood still itself, what came meanwhile is read before anybody is blamed. */
    private static final Duration DOUBT = Duration.ofMillis(100);

    /** How long a line that has answered may be silent at least: shorter breaks are common where servers are busy. */
    private static final Duration SHORTEST_SILENCE = Duration.ofSeconds(1);

    /** How long the first answer on a line may take at least: who is let in by a server that is frozen waits in vain. */
    private static final Duration SHORTEST_GREETING = Duration.ofMillis(500);

    private final long silence;
    private long patience;
    private long askedAt;
    private boolean waiting;
    private boolean looking;
    private boolean doubted;

    private SilentLineHandler(Duration timeout) {
        long twice = timeout.multipliedBy(2).toNanos();
        this.silence = Math.max(twice, SHORTEST_SILENCE.toNanos());
        this.patience = Math.max(twice, SHORTEST_GREETING.toNanos());
    }

    /**
     * Puts the handler on each line, after what the user's own resources put there.
     *
     * @param users what the user's resources do
     * @param timeout how long a command may take; a line is given twice as long, and a second at least
     */
    static NettyCustomizer customizer(NettyCustomizer users, Duration timeout) {
        return new NettyCustomizer() {

            @Override
            public void afterBootstrapInitialized(Bootstrap bootstrap) {
                users.afterBootstrapInitialized(bootstrap);
            }

            @Override
            public void afterChannelInitialized(Channel channel) {
                users.afterChannelInitialized(channel);
                channel.pipeline().addFirst(new SilentLineHandler(timeout));
            }
        };
    }

    @Override
    public void write(ChannelHandlerContext line, Object message, ChannelPromise written) {
        if (!waiting) {
            waiting = true;
            doubted = false;
            askedAt = nanoTime(line);
            if (!looking) {
                looking = true;
                lookAfter(line, patience);
            }
        }
        line.write(message, written);
    }

    @Override
    public void channelRead(ChannelHandlerContext line, Object message) {
        waiting = false;
        patience = silence;
        line.fireChannelRead(message);
    }

    private void lookAfter(ChannelHandlerContext line, long nanos) {
        line.executor().schedule(() -> look(line), nanos, TimeUnit.NANOSECONDS);
    }

    private static long nanoTime(ChannelHandlerContext line) {
        return line.executor().ticker().nanoTime();
    }

    private void look(ChannelHandlerContext line) {
        long left = askedAt + patience - nanoTime(line);
        if (!waiting || line.isRemoved()) {
            looking = false;
        } else if (left > 0) {
            lookAfter(line, left);
        } else if (!doubted) {
            doubted = true;
            lookAfter(line, DOUBT.toNanos());
        } else {
            line.close();
        }
    }
}
