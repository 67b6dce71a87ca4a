package io.github.llmcache.actuate;

import java.security.Principal;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;

/**
 * Who asks, and what they may see.
 *
 * @param principal the name for audit events
 * @param seesValues whether prompts, answers and keys are shown
 */
record Viewer(String principal, boolean seesValues) {

    private static final String APPLICATION = "application";
    private static final String ANONYMOUS = "anonymous";

    /** The application itself, by its code. */
    static Viewer application() {
        return new Viewer(APPLICATION, false);
    }

    /** Someone of whom nothing is known, such as a JMX client: shown values only where everybody is. */
    static Viewer unknown(Show showValues) {
        return new Viewer(ANONYMOUS, showValues.isShown(false));
    }

    static Viewer of(SecurityContext context, Show showValues, Collection<String> roles) {
        return new Viewer(nameOf(context.getPrincipal()), showValues.isShown(context, roles));
    }

    private static String nameOf(@Nullable Principal principal) {
        String name = principal == null ? null : principal.getName();
        return name == null ? ANONYMOUS : name;
    }
}
