package io.github.llmcache.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands between a client and a server on the loopback interface, and lets the line between them go bad: late, cut, closed
 * in one direction, or silent.
 */
public final class TcpProxy implements AutoCloseable {

    private final int server;
    private final ServerSocket door;
    private final Set<Line> lines = ConcurrentHashMap.newKeySet();
    private final AtomicInteger opened = new AtomicInteger();
    private volatile long delayNanos;
    private volatile boolean silent;
    private volatile boolean refusing;
    private volatile long bytesUntilCut = -1;

    private TcpProxy(int server, ServerSocket door) {
        this.server = server;
        this.door = door;
    }

    /** Listens on a port of its own before a server's. */
    public static TcpProxy before(int server) {
        try {
            TcpProxy proxy = new TcpProxy(server, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            start(proxy::accept);
            return proxy;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    public int port() {
        return door.getLocalPort();
    }

    /** The properties by which an application finds the server behind the proxy. */
    public String[] properties() {
        return new String[] {"spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + port()};
    }

    /** Lets everything that the server answers come so much later. */
    public void delay(Duration delay) {
        delayNanos = delay.toNanos();
    }

    /** Swallows everything in both directions, on lines that are there and on new ones; nothing is closed. Those lines stay so. */
    public void silence(boolean swallow) {
        silent = swallow;
        if (swallow) {
            lines.forEach(line -> line.dead = true);
        }
    }

    /** How many lines clients have opened. */
    public int opened() {
        return opened.get();
    }

    /** Cuts all lines, with a reset; new ones are let through. */
    public void cut() {
        lines.forEach(Line::reset);
    }

    /** Cuts all lines, and each new one as soon as it is accepted. */
    public void refuse(boolean refuse) {
        refusing = refuse;
        if (refuse) {
            cut();
        }
    }

    /** Cuts each line after so many more bytes of answers: in the midst of one, as a rule. */
    public void cutAfter(long bytes) {
        bytesUntilCut = bytes;
    }

    /** Closes all lines in the direction to the client alone, which may still send; new ones are let through. */
    public void halfClose() {
        lines.forEach(Line::shutDownAnswers);
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        cut();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                if (refusing) {
                    client.close();
                    continue;
                }
                Line line = new Line(client, new Socket(InetAddress.getLoopbackAddress(), server));
                lines.add(line);
                opened.incrementAndGet();
                start(() -> line.pump(line.client, line.server, false));
                start(() -> line.pump(line.server, line.client, true));
            } catch (IOException ex) {
                // The server is gone, or the proxy; a client that is left alone sees its line closed.
            }
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "tcp-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private final class Line {

        private final Socket client;
        private final Socket server;
        private volatile boolean answersShut;

        /** What was swallowed never comes, and no byte after it: there are no gaps in a line. */
        private volatile boolean dead;

        Line(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        }

        void pump(Socket from, Socket to, boolean answers) {
            byte[] bytes = new byte[8192];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                    if (silent) {
                        dead = true;
                    }
                    if (dead || answers && answersShut) {
                        continue;
                    }
                    if (answers && delayNanos > 0) {
                        LockSupport.parkNanos(delayNanos);
                    }
                    if (answers && bytesUntilCut >= 0) {
                        long left = bytesUntilCut - read;
                        bytesUntilCut = left;
                        if (left < 0) {
                            bytesUntilCut = -1;
                            out.write(bytes, 0, Math.max(1, (int) (left + read)));
                            out.flush();
                            reset();
                            return;
                        }
                    }
                    out.write(bytes, 0, read);
                    out.flush();
                }
            } catch (IOException ex) {
                // One end is gone, so the other one goes.
            }
            if (!(answers && answersShut)) {
                reset();
            }
        }

        void shutDownAnswers() {
            answersShut = true;
            try {
                client.shutdownOutput();
            } catch (IOException ex) {
                reset();
            }
        }

        void reset() {
            lines.remove(this);
            for (Socket end : new Socket[] {client, server}) {
                try {
                    end.setSoLinger(true, 0);
                    end.close();
                } catch (IOException ex) {
                    // It is closed already.
                }
            }
        }
    }
}
