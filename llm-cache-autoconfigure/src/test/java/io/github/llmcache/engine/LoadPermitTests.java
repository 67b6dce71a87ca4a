package io.github.llmcache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llmcache.event.AnswerCost;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.payload.AnswerState;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.TokenCount;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What guards are told of the end of what they permitted. */
class LoadPermitTests extends EngineTest {

    private final List<String> told = new ArrayList<>();
    private final List<@Nullable String> subjects = new ArrayList<>();

    private final LoadGuard guard = request -> {
        subjects.add(request.subject());
        return new LoadGuard.Permit() {
            @Override
            public void end() {
                told.add("failed");
            }

            @Override
            public void end(@Nullable AnswerCost cost) {
                told.add(cost == null ? "unknown" : cost.inputTokens() + "+" + cost.outputTokens());
            }

            @Override
            public void unused() {
                told.add("unused");
            }
        };
    };

    private final PayloadCodec counting = new PayloadCodec() {
        @Override
        public Payload encode(Object answer) {
            return STRINGS.encode(answer);
        }

        @Override
        public Object decode(Payload payload) {
            return STRINGS.decode(payload);
        }

        @Override
        public AnswerState stateOf(Object answer) {
            return STRINGS.stateOf(answer);
        }

        @Override
        public TokenCount tokensOf(Object answer) {
            return new TokenCount(1, ((String) answer).length());
        }
    };

    private final PromptCache cache = cache(guardedBy(guard));

    @Test
    void an_answer_tells_what_it_cost_and_a_failure_does_not() throws Throwable {
        cache.call(call("1", counting), () -> "four");
        cache.call(call("2"), () -> "a text does not tell");
        assertThatThrownBy(() -> cache.call(call("3", counting), () -> {
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        cache.callAsync(call("4", counting), () -> CompletableFuture.completedFuture("later"))
                .join();
        cache.bypass(
                new PromptBypass("faq", "gpt", BypassReason.SCOPE, PromptDirectives.NONE, counting::tokensOf, "ada"),
                () -> "bypassed");
        PromptTurn turn = cache.open(call("5", counting), () -> CompletableFuture.completedFuture(""))
                .join();
        turn.abandoned();

        assertThat(told).containsExactly("1+4", "unknown", "failed", "1+5", "1+8", "failed");
        assertThat(subjects).containsExactly(null, null, null, null, "ada", null);
    }

    @Test
    void a_batch_is_one_call_that_costs_what_all_its_parts_do() throws Throwable {
        cache.callAll(
                List.of(call("1", counting), call("2", counting), call("3")), missing -> List.of("a", "bb", "ccc"));

        assertThat(told).containsExactly("2+3");
    }

    @Test
    void a_batch_that_fails_is_told_once() {
        assertThatThrownBy(() -> cache.callAll(List.of(call("1", counting), call("2", counting)), missing -> {
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");

        assertThat(told).containsExactly("failed");
    }

    @Test
    void who_permitted_what_another_guard_refuses_is_told_that_nothing_was_used() {
        PromptCache refusing = cache(guardedBy(guard, request -> {
            throw new LoadRefusedException("no", null);
        }));

        assertThatThrownBy(() -> refusing.call(call("1", counting), () -> "a"))
                .isInstanceOf(LoadRefusedException.class);
        assertThat(told).containsExactly("unused");
    }
}
