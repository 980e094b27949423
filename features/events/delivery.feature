@orders @events
Feature: Events are delivered in order, and count once

  Scenario: Events are published in the order in which they were written
    Given table "outbox" receives rows:
      | event_id | topic        | key     | type  | payload                                                             |
      | ${uuid}  | order_events | order-1 | noted | { "eventId": "n-1", "type": "noted", "orderId": "order-1", "n": 1 } |
      | ${uuid}  | order_events | order-1 | noted | { "eventId": "n-2", "type": "noted", "orderId": "order-1", "n": 2 } |
      | ${uuid}  | order_events | order-1 | noted | { "eventId": "n-3", "type": "noted", "orderId": "order-1", "n": 3 } |
    Then within 5 seconds topic "order_events" has only these events in order:
      | key     | headers.event-type | value.n |
      | order-1 | noted              | 1       |
      | order-1 | noted              | 2       |
      | order-1 | noted              | 3       |

  Scenario: A second event of the same order reserves nothing more
    Given variable "orderId" is set to "${uuid}"
    When topic "order_events" receives events:
      | key        | value.eventId | value.type    | value.orderId | value.items                          |
      | ${orderId} | ${uuid}       | order_created | ${orderId}    | [{ "sku": "sku-04", "quantity": 5 }] |
      | ${orderId} | ${uuid}       | order_created | ${orderId}    | [{ "sku": "sku-04", "quantity": 5 }] |
    Then within 5 seconds consumer group "inventory" has caught up
    And for 200 ms table "stock" of inventory has rows:
      | sku    | available |
      | sku-04 | 95        |
    And topic "stock_events" has 1 event
    And topic "order_events.dlq" has no events

  @resilience
  Scenario: What fails again and again is dead after three retries
    PostgreSQL cannot take a NUL character, so this order can never be handled.

    Given variable "orderId" is set to "${uuid}"
    When topic "order_events" receives an event with key "${orderId}":
      """
      { "eventId": "${uuid}", "type": "order_created", "orderId": "${orderId}", "items": [{ "sku": "a\u0000", "quantity": 1 }] }
      """
    Then within 5 seconds topic "order_events.dlq" has only these events:
      | key        | value.orderId | headers.attempts | headers.original-topic |
      | ${orderId} | ${orderId}    | 4                | #regex .*order_events  |
    And within 5 seconds consumer group "inventory" has caught up
    And topic "stock_events" has no events
