package io.github.llmcache.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.testing.RealRedis;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FleetBudgetTests {

    private static final int JVMS = 4;

    @Test
    void a_thousand_calls_in_four_jvms_never_pass_a_limit_of_a_hundred() throws Exception {
        List<MemberProcess> members = new ArrayList<>();
        try (RealRedis redis = RealRedis.start()) {
            for (int i = 0; i < JVMS; i++) {
                // By the month, whose end no test is likely to meet.
                members.add(new MemberProcess(
                        redis,
                        "llm-cache.redis.timeout=10s",
                        "llm-cache.usage.limits.month.calls=100",
                        "llm-cache.usage.limits.month.tokens=1000000"));
            }
            for (MemberProcess member : members) {
                member.await("READY");
            }
            for (int i = 0; i < JVMS; i++) {
                members.get(i).tell("spend 250 of-" + i + "-");
            }
            int answered = 0;
            for (MemberProcess member : members) {
                answered += Integer.parseInt(member.await("SPENT ").substring("SPENT ".length()));
            }

            assertThat(answered).isEqualTo(100);
            assertThat(redis.commands().get("usage:ada:count:month")).isEqualTo("100");
        } finally {
            for (MemberProcess member : members) {
                member.close();
            }
        }
    }
}
