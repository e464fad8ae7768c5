// SPDX-License-Identifier: PostgreSQL
// JDBC: exact BigDecimals, the functions of the extension, and what an SQLException says.
//   javac -cp /usr/share/java/postgresql.jar -d DIRECTORY JdbcUsage.java UnixSocketFactory.java
//   java -cp DIRECTORY:/usr/share/java/postgresql.jar JdbcUsage
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.postgresql.util.PGobject;
import org.postgresql.util.PSQLException;

public class JdbcUsage {
  private static int count = 0;
  private static int failed = 0;

  private static void equal(Object value, Object expected, String what) {
    boolean succeeded = Objects.equals(value, expected);
    count++;
    failed += succeeded ? 0 : 1;
    System.out.println((succeeded ? "ok " : "not ok ") + count + " - " + what);
    if (!succeeded) {
      System.out.println("# " + value + ", not " + expected);
    }
  }

  private static String variable(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }

  /** The driver reads no variables of libpq, and needs a socket factory for a directory. */
  private static Connection connected() throws SQLException {
    String host = variable("PGHOST", "localhost");
    String port = variable("PGPORT", "5432");
    Properties properties = new Properties();
    properties.setProperty("user", variable("PGUSER", System.getProperty("user.name")));
    properties.setProperty("password", variable("PGPASSWORD", ""));
    if (host.startsWith("/")) {
      properties.setProperty("socketFactory", "UnixSocketFactory");
      properties.setProperty("socketFactoryArg", host + "/.s.PGSQL." + port);
      properties.setProperty("sslmode", "disable");
      host = "localhost";
    }
    return DriverManager.getConnection(
        "jdbc:postgresql://" + host + ":" + port + "/" + variable("PGDATABASE", "postgres"),
        properties);
  }

  /** JSONB is sent as a PGobject: a string would be text to the server. */
  private static PGobject json(String text) throws SQLException {
    PGobject object = new PGobject();
    object.setType("jsonb");
    object.setValue(text);
    return object;
  }

  /** The first row of a query; the values take the place of the question marks. */
  private static List<Object> row(Connection connection, String query, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet result = statement.executeQuery()) {
        List<Object> columns = new ArrayList<>();
        result.next();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          columns.add(result.getObject(i));
        }
        return columns;
      }
    }
  }

  private static void numbers(Connection connection) throws SQLException {
    Object portfolio = row(connection,
        "INSERT INTO trading.portfolios (user_id, name, initial_capital) VALUES (1, ?, ?)"
            + " RETURNING id", "Mine", new BigDecimal("100000.50")).get(0);
    Object position = row(connection,
        "INSERT INTO trading.positions (portfolio_id, symbol, quantity, avg_entry_price)"
            + " VALUES (?, 'ACME', ?, ?) RETURNING id",
        portfolio, new BigDecimal("123.456789"), new BigDecimal("45.6789")).get(0);
    equal(
        row(connection,
            "INSERT INTO trading.transactions"
                + " (portfolio_id, position_id, quantity, price, commission) VALUES (?, ?, ?, ?, ?)"
                + " RETURNING quantity, price, commission, net_amount",
            portfolio, position, new BigDecimal("123.456789"), new BigDecimal("45.6789"),
            new BigDecimal("9.95")),
        Arrays.asList(new BigDecimal("123.456789"), new BigDecimal("45.6789"),
            new BigDecimal("9.95"), new BigDecimal("-5649.32")),
        "quantity, price, commission and net amount are exact BigDecimals");
    // BigDecimal.equals compares the scale as well: the column has two decimals.
    equal(row(connection, "SELECT initial_capital FROM trading.portfolios WHERE id = ?", portfolio),
        Arrays.asList(new BigDecimal("100000.50")), "and so is the capital");
  }

  private static void bars(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO trading.assets (symbol) VALUES ('ACME')");
    }
    try (PreparedStatement insert = connection.prepareStatement(
        "INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price, high_price,"
            + " low_price, close_price) VALUES ('ACME', '1d', ?, ?, ?, ?, ?)")) {
      for (int day = 1; day <= 10; day++) {
        insert.setObject(1, OffsetDateTime.of(2024, 1, day, 0, 0, 0, 0, ZoneOffset.UTC));
        insert.setBigDecimal(2, new BigDecimal(day + ".1"));
        insert.setBigDecimal(3, new BigDecimal(day + ".9"));
        insert.setBigDecimal(4, new BigDecimal(day + ".0500"));
        insert.setBigDecimal(5, new BigDecimal(day + ".5"));
        insert.addBatch();
      }
      equal(insert.executeBatch().length, 10, "bars go in as a batch");
    }
    equal(
        row(connection, "SELECT array_agg(sma)::text FROM (SELECT quant.sma(close_price, ?)"
            + " OVER (ORDER BY timestamp) AS sma FROM trading.market_data) AS s", 4),
        Arrays.asList("{NULL,NULL,NULL,3,4,5,6,7,8,9}"), "a window function with a parameter");
    // java.sql.Array is an array of PostgreSQL.
    Object rules = row(connection, "SELECT quant.check_bar(10, 9, ?, 9.7, 1000)",
        new BigDecimal("9.5")).get(0);
    equal(Arrays.toString((Object[]) ((java.sql.Array) rules).getArray()),
        "[high_below_low, high_below_open_close]", "quant.check_bar() returns an array");
  }

  private static void backtest(Connection connection) throws SQLException {
    Object strategy = row(connection,
        "INSERT INTO trading.strategies (user_id, name, parameters, entry_rules, risk_rules)"
            + " VALUES (1, 'above', ?, ?, ?) RETURNING id",
        json("{\"n\": 2}"), json("{\"long\": {\"when\": \"close > sma(close, $n)\"}}"),
        json("{\"size\": {\"units\": 10}}")).get(0);
    // Day 2 closes above its average, 10 are bought at the open of day 3, 3.10, and stand at 10.50.
    equal(
        row(connection, "SELECT final_value, total_trades FROM quant.simulate(?, ?, '1d',"
            + " '2024-01-01', '2024-01-31', ?)",
            strategy, json("[\"ACME\"]"), new BigDecimal("1000.50")),
        Arrays.asList(new BigDecimal("1074.50"), 0), "quant.simulate() by hand");
  }

  private static void errors(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO trading.market_data (symbol, timeframe, timestamp, open_price,"
          + " high_price, low_price, close_price)"
          + " VALUES ('ACME', '1d', '2024-01-20 00:00+00', 10, 9, 9.5, 9.7)");
      equal(true, false, "a wrong bar is refused");
    } catch (PSQLException error) {
      equal(error.getSQLState(), "23514", "a wrong bar is refused with SQLState 23514");
      equal(error.getServerErrorMessage().getConstraint(), "ck_high_low_valid",
          "and the name of a constraint");
      equal(error.getServerErrorMessage().getHint().contains("quant.check_bar()"), true,
          "and a hint");
    }
    try {
      row(connection, "SELECT * FROM quant.run_backtest(?)", 404L);
      equal(true, false, "a backtest that is not there is an error");
    } catch (SQLException error) {
      equal(error.getSQLState(), "42704", "a backtest that is not there: 42704");
    }
  }

  public static void main(String[] arguments) throws SQLException {
    try (Connection connection = connected()) {
      System.out.println("# Java " + System.getProperty("java.version") + ", driver "
          + connection.getMetaData().getDriverVersion());
      try (Statement statement = connection.createStatement()) {
        statement.execute("INSERT INTO trading.users (username, email, password_hash)"
            + " VALUES ('ann', 'ann@example.com', 'no login')");
      }
      numbers(connection);
      bars(connection);
      backtest(connection);
      errors(connection);
    }
    System.out.println("1.." + count);
    System.exit(failed == 0 ? 0 : 1);
  }
}
