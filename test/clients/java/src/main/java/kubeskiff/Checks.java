package kubeskiff;

import java.util.function.BooleanSupplier;

/** Named checks: one line for each that holds; the first that does not ends the run. */
final class Checks {
  private static final long PATIENCE_MILLIS = 20_000;

  private Checks() {}

  /** What a check does. */
  interface Check {
    void run() throws Exception;
  }

  static void check(String name, Check check) throws Exception {
    check.run();
    System.out.println("ok " + name);
  }

  static void expect(boolean holds, String otherwise) {
    if (!holds) throw new IllegalStateException(otherwise);
  }

  static void equal(Object found, Object wanted, String what) {
    expect(wanted.equals(found), what + ": wanted " + wanted + ", found " + found);
  }

  static void until(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
    while (!condition.getAsBoolean()) {
      expect(System.currentTimeMillis() < deadline, "waited in vain until " + what);
      Thread.sleep(5);
    }
  }
}
