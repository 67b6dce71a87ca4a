package io.github.llmcache.actuate;

import io.github.llmcache.usage.UsageUnavailableException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * Shows over HTTP the budgets, and what somebody has used of them.
 *
 * <p>Thread-safe. A user's name is no part of the path, since it may hold anything. Statuses: 400 for a blank name, 403 where
 * values are not shown, 503 where Redis does not tell; each with a {@link ProblemDescriptor}, which names nobody.
 */
@WebEndpoint(id = "llmcacheusage")
public class LlmCacheUsageEndpoint {

    private final UsageReports reports;
    private final Show showValues;
    private final Set<String> roles;

    /**
     * Creates the endpoint.
     *
     * @param reports tells budgets and what is used of them
     * @param showValues when users' names and usage are shown
     * @param roles who is authorized to see them; everybody who is authenticated if empty
     */
    public LlmCacheUsageEndpoint(UsageReports reports, Show showValues, Set<String> roles) {
        this.reports = reports;
        this.showValues = showValues;
        this.roles = Set.copyOf(roles);
    }

    /**
     * Tells how much may be used, or how much somebody has used.
     *
     * @param context who asks
     * @param subject whose usage, or null for the limits
     * @return a {@link UsageDescriptor}, or {@link BudgetsDescriptor} without a subject
     */
    @ReadOperation
    public WebEndpointResponse<Object> usage(SecurityContext context, @Nullable String subject) {
        Viewer viewer = Viewer.of(context, showValues, roles);
        try {
            return new WebEndpointResponse<>(
                    subject == null ? reports.budgets(viewer) : reports.usage(viewer, subject));
        } catch (RefusedRequestException ex) {
            return new WebEndpointResponse<>(new ProblemDescriptor(String.valueOf(ex.getReason())), ex.status());
        } catch (UsageUnavailableException ex) {
            return new WebEndpointResponse<>(
                    new ProblemDescriptor("Redis does not tell what is used"),
                    WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
        }
    }
}
