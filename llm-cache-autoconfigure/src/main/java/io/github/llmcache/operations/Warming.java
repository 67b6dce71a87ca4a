package io.github.llmcache.operations;

import io.github.llmcache.operations.WarmReport.Problem;
import io.github.llmcache.payload.PayloadException;
import io.github.llmcache.tier.TierException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes through lines, and counts what becomes of them. Used once, by one thread. */
final class Warming {

    private static final int MOST_TIER_FAILURES = 10;

    private final LineTarget target;
    private final List<Problem> problems = new ArrayList<>();
    private long stored;
    private long skipped;
    private long failed;
    private int tierFailures;

    Warming(LineTarget target) {
        this.target = target;
    }

    /** Stores what a line says. */
    @FunctionalInterface
    interface LineTarget {

        /** Stores a line; false if it is skipped. */
        boolean store(JsonLine line);
    }

    WarmReport run(InputStream in) throws IOException {
        LineReader reader = new LineReader(in);
        for (byte[] line = reader.next(); line != null; line = reader.next()) {
            if (!isBlank(line)) {
                count(reader.number(), problemOf(line, reader.isCut()));
                if (tierFailures == MOST_TIER_FAILURES) {
                    return new WarmReport(stored, skipped, failed, false, problems);
                }
            }
        }
        return new WarmReport(stored, skipped, failed, true, problems);
    }

    /** How many lines are stored by now. */
    long stored() {
        return stored;
    }

    private @Nullable String problemOf(byte[] line, boolean cut) {
        if (cut) {
            return "The line is longer than " + LineReader.LONGEST + " bytes";
        }
        try {
            boolean done = target.store(JsonLine.of(line));
            stored += done ? 1 : 0;
            skipped += done ? 0 : 1;
            tierFailures = 0;
            return null;
        } catch (TierException ex) {
            tierFailures++;
            return "The tier failed: " + ex.kind();
        } catch (DamagedLineException ex) {
            return String.valueOf(ex.getMessage());
        } catch (UnfitAnswerException ex) {
            return String.valueOf(ex.getMessage());
        } catch (PayloadException ex) {
            return "The answer is not of the method's type";
        } catch (RuntimeException | StackOverflowError ex) {
            // The class alone: the message of what the application threw can hold the prompt.
            return "The call failed with " + ex.getClass().getName();
        }
    }

    private void count(long number, @Nullable String problem) {
        if (problem != null) {
            failed++;
            if (problems.size() < WarmReport.MOST_PROBLEMS) {
                problems.add(new Problem(number, problem));
            }
        }
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b < 0 || b > ' ') {
                return false;
            }
        }
        return true;
    }
}
