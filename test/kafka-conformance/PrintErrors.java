import org.apache.kafka.common.protocol.Errors;

/** Prints the code, the name and the message of every error that the Kafka on the class path has. */
class PrintErrors {
  public static void main(String[] args) {
    for (Errors error : Errors.values()) {
      System.out.println(error.code() + " " + error.name() + " " + error.message());
    }
  }
}
