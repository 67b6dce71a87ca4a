package io.github.llmcache.benchmarks;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Many equal calls in several JVMs at once: how often the model is asked, and how soon all have its answer. */
final class FleetLanding implements Measurement {

    private static final double GOAL_MILLIS = 20;

    /** How long the model takes while the JVMs warm up: long enough for all callers to come meanwhile. */
    private static final int WARM_UP_MILLIS = 150;

    /** How long the callers have to get ready. */
    private static final long START_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    @Override
    public List<Figure> measure(Effort effort) throws Exception {
        List<Long> waits = new ArrayList<>();
        List<Integer> asked = new ArrayList<>();
        try (Fleet fleet = Fleet.start(effort.members())) {
            for (int i = 0; i < effort.warmUps() + effort.rounds(); i++) {
                boolean counts = i >= effort.warmUps();
                Round round = round(fleet, effort, counts ? effort.modelMillis() : WARM_UP_MILLIS, i);
                System.out.println(
                        (counts ? "round " : "warm-up ") + i + ": asked " + round.asked + ", " + Times.of(round.waits));
                if (counts) {
                    waits.addAll(round.waits);
                    asked.add(round.asked);
                }
            }
        }
        Times times = Times.of(waits);
        boolean once = asked.stream().allMatch(count -> count == 1);
        String setting = String.format(
                Locale.ROOT,
                "%d JVMs, %d equal calls each, the model takes %d ms: ",
                effort.members(),
                effort.callers(),
                effort.modelMillis());
        return List.of(
                Figure.of(
                        setting + "calls of the model",
                        "exactly 1",
                        once ? "1 in each of " + asked.size() + " rounds" : "in the rounds " + asked,
                        once),
                Figure.of(
                        setting + "from its answer to the callers",
                        String.format(Locale.ROOT, "99 %% within %.0f ms", GOAL_MILLIS),
                        times.toString(),
                        times.millis(0.99) <= GOAL_MILLIS));
    }

    private static Round round(Fleet fleet, Effort effort, int millis, int number) throws InterruptedException {
        long at = System.nanoTime() + START_NANOS;
        fleet.members()
                .forEach(member -> member.tell(String.join(
                        " ",
                        "ask",
                        Integer.toString(number),
                        Integer.toString(effort.callers()),
                        Integer.toString(millis),
                        Long.toString(at))));
        int asked = 0;
        long answeredAt = 0;
        Set<String> authors = new HashSet<>();
        List<Long> moments = new ArrayList<>();
        for (ChildJvm member : fleet.members()) {
            String[] answered = member.await("ANSWERED").split(" ");
            int mine = Integer.parseInt(answered[0]);
            asked += mine;
            if (mine > 0) {
                answeredAt = Long.parseLong(answered[1]);
            }
            authors.addAll(List.of(answered[2].split(",")));
            for (String moment : answered[3].split(",")) {
                moments.add(Long.parseLong(moment));
            }
        }
        if (asked == 1 && authors.size() != 1) {
            throw new IllegalStateException("One call of the model, but answers by " + authors);
        }
        long since = answeredAt;
        return new Round(asked, moments.stream().map(moment -> moment - since).toList());
    }

    private record Round(int asked, List<Long> waits) {}
}
