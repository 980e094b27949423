@events
Feature: Events are published and consumed in order

  Scenario: It is known where a published event lies
    When topic "audit" receives an event with key "user-1":
      """
      { "type": "user_created", "user": { "name": "ada" } }
      """
    Then the published event matches:
      """
      { "topic": "audit", "partition": "#number", "offset": "#? _ >= 0" }
      """
    And topic "audit" has an event with key "user-1":
      """
      { "type": "user_created", "user": { "name": "#string" } }
      """

  Scenario: Five events of one key are consumed in the order in which they were sent
    When topic "audit" receives events:
      | key    | value.step | headers.trace |
      | user-1 | 1          | t-1           |
      | user-1 | 2          | t-2           |
      | user-1 | 3          | t-3           |
      | user-1 | 4          | t-4           |
      | user-1 | 5          | t-5           |
    Then within 5 seconds topic "audit" has only these events in order:
      | key    | value.step | headers.trace |
      | user-1 | 1          | t-1           |
      | user-1 | 2          | t-2           |
      | user-1 | 3          | t-3           |
      | user-1 | 4          | t-4           |
      | user-1 | 5          | t-5           |

  Scenario: A scenario sees only its own events
    Given topic "audit" exists with 1 partition
    Then for 200 ms topic "audit" has no events
