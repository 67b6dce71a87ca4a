package io.github.llmcache.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** JVMs with one Redis. */
final class Fleet implements AutoCloseable {

    private final LocalRedis redis = LocalRedis.start();
    private final List<ChildJvm> members = new ArrayList<>();

    private Fleet() {}

    static Fleet start(int size, String... properties) throws IOException, InterruptedException {
        Fleet fleet = new Fleet();
        try {
            List<String> all = Stream.of(
                            fleet.redis.properties().stream(), MeasuredApplication.quiet(), Stream.of(properties))
                    .flatMap(some -> some)
                    .toList();
            for (int i = 0; i < size; i++) {
                fleet.members.add(ChildJvm.start(List.of("-Xmx256m"), ClassPaths.all(), FleetMember.class, all));
            }
            for (ChildJvm member : fleet.members) {
                member.await("READY");
            }
            return fleet;
        } catch (IOException | InterruptedException | RuntimeException ex) {
            fleet.close();
            throw ex;
        }
    }

    LocalRedis redis() {
        return redis;
    }

    List<ChildJvm> members() {
        return members;
    }

    @Override
    public void close() {
        members.forEach(ChildJvm::close);
        redis.close();
    }
}
