package io.github.llmcache.actuate;

import io.github.llmcache.usage.UsageBudgets;
import io.github.llmcache.usage.UsageReport;
import java.time.ZoneId;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Tells budgets and what is used of them to those who ask over the endpoint, and says so to the audit.
 *
 * <p>Thread-safe.
 */
public final class UsageReports {

    private final UsageBudgets budgets;
    private final UsageReport report;
    private final ZoneId zone;
    private final CacheAudit audit;

    /**
     * Creates the reports.
     *
     * @param budgets the limits
     * @param report tells what is used
     * @param zone where days and months begin
     * @param publisher takes the audit events
     */
    public UsageReports(UsageBudgets budgets, UsageReport report, ZoneId zone, ApplicationEventPublisher publisher) {
        this.budgets = budgets;
        this.report = report;
        this.zone = zone;
        this.audit = new CacheAudit(publisher);
    }

    BudgetsDescriptor budgets(Viewer viewer) {
        if (viewer.seesValues() && !budgets.subjects().isEmpty()) {
            audit.usageRead(viewer, budgets.subjects().size());
        }
        return BudgetsDescriptor.of(budgets, zone, viewer.seesValues());
    }

    UsageDescriptor usage(Viewer viewer, String subject) {
        if (!viewer.seesValues()) {
            throw RefusedRequestException.forbidden("What somebody uses is told only to those who are shown values: see"
                    + " management.endpoint.llmcache.show-values and management.endpoint.llmcache.roles");
        }
        if (subject.isBlank()) {
            throw RefusedRequestException.bad("Name whose usage is meant, or leave 'subject' out for the limits");
        }
        UsageDescriptor usage = UsageDescriptor.of(report.of(subject));
        audit.usageRead(viewer, 1);
        return usage;
    }
}
