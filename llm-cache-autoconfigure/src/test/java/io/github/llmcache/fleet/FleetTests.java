package io.github.llmcache.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.testing.RealRedis;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FleetTests {

    private final RealRedis redis = RealRedis.start();
    private MemberProcess one;
    private MemberProcess other;

    @BeforeEach
    void startMembers() throws Exception {
        String[] properties = {"llm-cache.redis.timeout=5s", "llm-cache.single-flight.lease=2s"};
        one = new MemberProcess(redis, properties);
        other = new MemberProcess(redis, properties);
        one.await("READY");
        other.await("READY");
    }

    @AfterEach
    void stopMembers() throws Exception {
        one.close();
        other.close();
        redis.close();
    }

    @Test
    void sixty_equal_calls_in_two_jvms_ask_the_model_once_and_all_get_the_same_answer() throws Exception {
        one.tell("ask 30 question");
        other.tell("ask 30 question");
        MemberProcess asking = awaitAsking();
        MemberProcess waiting = asking == one ? other : one;

        redis.commands().rpush("gate", "go");

        asking.await("ASKED");
        String answers = asking.await("ANSWERS 30 ");
        assertThat(waiting.await("ANSWERS 30 ")).isEqualTo(answers).doesNotContain(",");
        assertThat(loadsOf(one) + loadsOf(other)).isEqualTo(1);
    }

    @Test
    void when_the_jvm_that_asks_is_killed_the_other_asks_once_and_nobody_in_it_fails() throws Exception {
        one.tell("ask 30 question");
        other.tell("ask 30 question");
        MemberProcess dying = awaitAsking();
        MemberProcess surviving = dying == one ? other : one;
        assertThat(surviving.hasSaid("ASKED")).isFalse();

        dying.kill();

        surviving.await("ASKED");
        redis.commands().rpush("gate", "go");
        redis.commands().rpush("gate", "go");
        assertThat(surviving.await("ANSWERS 30 ")).doesNotContain(",");
        assertThat(loadsOf(surviving)).isEqualTo(1);
    }

    private MemberProcess awaitAsking() {
        await().atMost(Duration.ofSeconds(30)).until(() -> one.hasSaid("ASKED") || other.hasSaid("ASKED"));
        return one.hasSaid("ASKED") ? one : other;
    }

    private static long loadsOf(MemberProcess member) throws InterruptedException {
        member.tell("loads");
        return Long.parseLong(member.await("LOADS ").substring("LOADS ".length()));
    }
}
