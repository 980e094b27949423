@events @orders @resilience
Feature: A poison message does not stop the others

  Scenario: What cannot be read goes to the dead-letter topic, and the rest flows on
    When topic "order_events" receives events:
      | key     | value                        | partition |
      | poison  | this is no JSON              | 0         |
    And variable "orderId" is set to "${uuid}"
    And variable "eventId" is set to "${uuid}"
    And topic "order_events" receives events:
      | key        | value.eventId | value.type    | value.orderId | value.userId | value.totalCents | value.items                        | value.occurredAt | partition |
      | ${orderId} | ${eventId}    | order_created | ${orderId}    | ${uuid}      | 100              | [{ "sku": "sku-01", "quantity": 1 }] | ${now}           | 0         |
    Then within 5 seconds topic "order_events.dlq" has events:
      | key    | value           | headers.original-topic       | headers.error |
      | poison | this is no JSON | #regex .*order_events$       | #string       |
    And within 5 seconds topic "stock_events" has events:
      | key        | value.type     |
      | ${orderId} | stock_reserved |
    And within 5 seconds consumer group "inventory" has caught up
    And topic "order_events.dlq" has 1 event
