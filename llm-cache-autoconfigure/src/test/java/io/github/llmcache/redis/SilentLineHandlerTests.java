package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When a line is closed, by the clock of the channel. */
class SilentLineHandlerTests {

    private static final Duration TIMEOUT = Duration.ofMillis(250);

    private final EmbeddedChannel line = channel();

    private static EmbeddedChannel channel() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        SilentLineHandler.customizer(new NettyCustomizer() {}, TIMEOUT).afterChannelInitialized(channel);
        return channel;
    }

    @Test
    void a_line_on_which_nothing_is_asked_stays() {
        pass(Duration.ofMinutes(1));

        assertThat(line.isOpen()).isTrue();
    }

    @Test
    void a_line_that_is_answered_in_time_stays_however_often_it_is_asked() {
        for (int i = 0; i < 100; i++) {
            ask();
            pass(Duration.ofMillis(400));
            answer();
        }
        pass(Duration.ofMinutes(1));

        assertThat(line.isOpen()).isTrue();
    }

    @Test
    void a_new_line_that_is_not_answered_is_closed_after_half_a_second_and_a_moment_of_doubt() {
        ask();
        pass(Duration.ofMillis(599));
        assertThat(line.isOpen()).isTrue();
        pass(Duration.ofMillis(2));

        assertThat(line.isOpen()).isFalse();
    }

    @Test
    void a_line_that_was_answered_before_is_given_a_second() {
        ask();
        answer();
        ask();
        pass(Duration.ofMillis(1099));
        assertThat(line.isOpen()).isTrue();
        pass(Duration.ofMillis(2));

        assertThat(line.isOpen()).isFalse();
    }

    @Test
    void an_answer_in_the_moment_of_doubt_saves_the_line() {
        ask();
        pass(Duration.ofMillis(550));
        answer();
        pass(Duration.ofMinutes(1));

        assertThat(line.isOpen()).isTrue();
    }

    @Test
    void questions_without_an_answer_do_not_lengthen_the_wait() {
        ask();
        for (int i = 0; i < 5; i++) {
            pass(Duration.ofMillis(100));
            ask();
        }
        pass(Duration.ofMillis(101));

        assertThat(line.isOpen()).isFalse();
    }

    private void ask() {
        line.writeOutbound(Unpooled.copiedBuffer(new byte[] {1}));
    }

    private void answer() {
        line.writeInbound(Unpooled.copiedBuffer(new byte[] {2}));
    }

    private void pass(Duration time) {
        for (long i = 0; i < time.toMillis(); i++) {
            line.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            line.runScheduledPendingTasks();
        }
    }
}
