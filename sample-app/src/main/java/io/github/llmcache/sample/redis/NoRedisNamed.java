package io.github.llmcache.sample.redis;

import java.util.List;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Holds while no property or environment variable says where Redis is. */
class NoRedisNamed implements Condition {

    private static final List<String> ADDRESSES =
            List.of("url", "host", "port", "sentinel.nodes", "cluster.nodes", "masterreplica.nodes");

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Binder binder = Binder.get(context.getEnvironment());
        return ADDRESSES.stream().noneMatch(address -> named(binder, "spring.data.redis." + address));
    }

    // A list holds a single value as well as several, and an empty one is a variable that was set to nothing.
    private static boolean named(Binder binder, String property) {
        return !binder.bind(property, Bindable.listOf(String.class))
                .orElse(List.of())
                .isEmpty();
    }
}
