// SPDX-License-Identifier: PostgreSQL
// Sockets of the UNIX domain for the JDBC driver, which knows TCP only. Java 16 or later.
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import javax.net.SocketFactory;

/** Whatever the driver asks for, the socket leads to the one path: its socketFactoryArg. */
public class UnixSocketFactory extends SocketFactory {
  private final String path;

  public UnixSocketFactory(String path) {
    this.path = path;
  }

  @Override
  public Socket createSocket() {
    return new UnixSocket(path);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress address, int local)
      throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress address, int local)
      throws IOException {
    return connected();
  }

  private Socket connected() throws IOException {
    Socket socket = createSocket();
    socket.connect(null);
    return socket;
  }

  /** What the driver calls of a socket; timeouts and the settings of TCP are left as they are. */
  private static class UnixSocket extends Socket {
    private final String path;
    private SocketChannel channel;

    UnixSocket(String path) {
      this.path = path;
    }

    @Override
    public void connect(SocketAddress endpoint) throws IOException {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
      connect(endpoint);
    }

    @Override
    public InputStream getInputStream() {
      return Channels.newInputStream(channel);
    }

    @Override
    public OutputStream getOutputStream() {
      return Channels.newOutputStream(channel);
    }

    @Override
    public boolean isConnected() {
      return channel != null && channel.isConnected();
    }

    @Override
    public boolean isClosed() {
      return channel != null && !channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      if (channel != null) {
        channel.close();
      }
    }

    @Override
    public void setSoTimeout(int milliseconds) {}

    @Override
    public int getSoTimeout() {
      return 0;
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public void setKeepAlive(boolean on) {}
  }
}
