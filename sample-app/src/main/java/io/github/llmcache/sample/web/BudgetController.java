package io.github.llmcache.sample.web;

import io.github.llmcache.usage.UsageReport;
import io.github.llmcache.usage.UsageStatus;
import io.github.llmcache.usage.UsageUnavailableException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells the page how much of the budget is used that all who ask share. */
@RestController
class BudgetController {

    private final @Nullable UsageReport report;
    private final String everybody;

    // The report is not there where nothing is counted, and the name is blank where nobody's calls are not.
    BudgetController(
            ObjectProvider<UsageReport> report,
            @Value("${llm-cache.usage.shared-subject:everybody}") String everybody) {
        this.report = report.getIfAvailable();
        this.everybody = everybody;
    }

    /**
     * What is used of the budget.
     *
     * @param known false where Redis does not tell
     * @param lines a line for each window and unit; none where nothing is counted
     */
    record Budget(boolean known, List<UsageStatus> lines) {}

    @GetMapping("/api/budget")
    Budget budget() {
        if (report == null || everybody.isBlank()) {
            return new Budget(true, List.of());
        }
        try {
            return new Budget(true, report.of(everybody));
        } catch (UsageUnavailableException ex) {
            return new Budget(false, List.of());
        }
    }
}
