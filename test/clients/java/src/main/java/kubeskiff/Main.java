package kubeskiff;

/** The two Java clients against the cluster of KUBECONFIG. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    try {
      Fabric8Checks.run();
      OfficialChecks.run();
      System.exit(0);
    } catch (Exception | AssertionError error) {
      error.printStackTrace();
      System.exit(1);
    }
  }
}
