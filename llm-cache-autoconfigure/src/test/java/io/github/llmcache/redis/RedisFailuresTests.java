package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.tier.FailureKind;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.RedisConnectionFailureException;

/** What servers of other versions than the one that the tests run on say. */
class RedisFailuresTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NOPERM this user has no permissions to run the 'set' command",
                "NOPERM User lesser has no permissions to run the 'set' command",
                "The user executing the script can't run this command or subcommand script: 5d1",
                "ERR The user executing the script can't run this command or subcommand script: 5d1, on @user_script:1.",
                "ERR ACL failure in script: User lesser has no permissions to run the 'set' command",
                "ERR ACL failure in script: No permissions to access a key"
            })
    void a_denial_is_told_as_such_inside_of_scripts_too(String message) {
        assertThat(RedisFailures.kindOf(new RedisCommandExecutionException(message)))
                .isEqualTo(FailureKind.DENIED);
    }

    @Test
    void the_command_that_is_denied_inside_of_a_script_is_named() {
        RedisCommandExecutionException denied = new RedisCommandExecutionException(
                "ERR ACL failure in script: User lesser has no permissions to run the 'hincrby' command");

        assertThat(RedisFailures.deniedCommand(denied)).isEqualTo("HINCRBY");
    }

    @Test
    void a_handshake_that_the_client_only_knows_to_have_ended_says_nothing_of_the_server() {
        assertThat(RedisFailures.isHandshake(new RedisConnectionFailureException(
                        "Unable to connect to Redis",
                        new RedisConnectionException(
                                "Unable to connect",
                                new IllegalStateException("RedisHandshakeHandler not registered")))))
                .isTrue();
        assertThat(RedisFailures.isHandshake(new RedisConnectionException(
                        "Unable to connect", new RedisCommandExecutionException("WRONGPASS invalid"))))
                .isFalse();
    }
}
