package io.github.llmcache.autoconfigure.usage;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches where usage is to be counted: because it is said, or because there are limits. */
class OnUsageCondition extends SpringBootCondition {

    private static final String PREFIX = "llm-cache.usage.";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConditionMessage.Builder message = ConditionMessage.forCondition("LLM usage");
        Binder binder = Binder.get(context.getEnvironment());
        Boolean enabled = binder.bind(PREFIX + "enabled", Boolean.class).orElse(null);
        if (enabled != null) {
            return new ConditionOutcome(enabled, message.because(PREFIX + "enabled is " + enabled));
        }
        boolean limited = isSet(binder, "limits") || isSet(binder, "subjects");
        return new ConditionOutcome(limited, message.because(limited ? "limits are set" : "no limits are set"));
    }

    private static boolean isSet(Binder binder, String name) {
        return binder.bind(PREFIX + name, Bindable.mapOf(String.class, Object.class))
                .map(map -> !map.isEmpty())
                .orElse(false);
    }
}
