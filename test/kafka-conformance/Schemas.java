import org.apache.kafka.common.protocol.ApiKeys;

/** Prints the layout of every version of every message that the Kafka on the class path has. */
class Schemas {
  public static void main(String[] args) {
    for (ApiKeys api : ApiKeys.clientApis()) {
      for (short version = api.messageType.lowestSupportedVersion(); version <= api.latestVersion(); version++) {
        System.out.println(api.id + " " + version + " request " + api.messageType.requestSchemas()[version]);
        System.out.println(api.id + " " + version + " response " + api.messageType.responseSchemas()[version]);
      }
    }
  }
}
