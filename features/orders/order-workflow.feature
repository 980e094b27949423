@orders
Feature: An order goes through API, database, queue and cache

  Background:
    Given variable "userId" is set to "${uuid}"
    And table "users" receives rows:
      | id        | username | email           |
      | ${userId} | ada      | ada@example.org |

  @events @cache
  Scenario: An order that can be delivered is confirmed
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-01", "quantity": 2 }, { "sku": "sku-02", "quantity": 1 }] }
      """
    Then the response status is 201
    And the response body matches:
      """
      { "id": "#uuid as orderId", "userId": "${userId}", "status": "pending", "totalCents": "#number as total" }
      """
    And within 5 seconds topic "order_events" has an event with key "${orderId}":
      """
      { "type": "order_created", "orderId": "${orderId}", "userId": "${userId}", "totalCents": "#number as total" }
      """
    And within 5 seconds topic "stock_events" has events:
      | key        | value.type     | value.orderId |
      | ${orderId} | stock_reserved | ${orderId}    |
    And within 5 seconds table "orders" has rows:
      | id         | status    | total_cents |
      | ${orderId} | confirmed | ${total}    |
    And within 5 seconds cache key "order:${orderId}" matches:
      """
      { "id": "${orderId}", "status": "confirmed" }
      """
    And cache key "order:${orderId}" expires within 5 minutes
    And table "stock" of inventory has rows:
      | sku    | available |
      | sku-01 | 98        |
      | sku-02 | 99        |
    And table "reservations" of inventory has 2 rows
    And outside service payments received a call like:
      """
      { "method": "POST", "path": "/charges", "body": { "orderId": "${orderId}", "amountCents": "#number as total" } }
      """
    And within 5 seconds GET "/orders/${orderId}" answers with:
      """
      { "id": "${orderId}", "status": "confirmed" }
      """

  @events
  Scenario: An order that cannot be delivered is rejected
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-01", "quantity": 1 }, { "sku": "sku-02", "quantity": 101 }] }
      """
    Then the response status is 201
    And the response body matches:
      """
      { "id": "#uuid as orderId" }
      """
    And within 5 seconds topic "stock_events" has an event with key "${orderId}":
      """
      { "type": "stock_rejected", "reason": "#regex .*sku-02.*" }
      """
    And within 5 seconds table "orders" has rows:
      | id         | status   |
      | ${orderId} | rejected |
    And table "stock" of inventory has rows:
      | sku    | available |
      | sku-01 | 100       |
      | sku-02 | 100       |
    And for 200 ms outside service payments received 0 calls

  Scenario: The same request twice is one order
    Given the next request has header "Idempotency-Key" with value "checkout-1"
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-03", "quantity": 1 }] }
      """
    Then the response status is 201
    And the response body matches:
      """
      { "id": "#uuid as orderId" }
      """
    When I send the same request again
    Then the response status is 200
    And the response body matches:
      """
      { "id": "${orderId}" }
      """
    And the response header "Idempotent-Replayed" is "true"
    And table "orders" has 1 row
    And within 5 seconds topic "order_events" has 1 event
    And for 300 ms topic "order_events" has 1 event

  @events
  Scenario: The same event twice reserves once
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-04", "quantity": 5 }] }
      """
    Then the response body matches:
      """
      { "id": "#uuid as orderId" }
      """
    And within 5 seconds topic "order_events" has an event with key "${orderId}":
      """
      { "eventId": "#uuid as eventId", "type": "order_created" }
      """
    And within 5 seconds table "stock" of inventory has rows:
      | sku    | available |
      | sku-04 | 95        |
    When topic "order_events" receives an event with key "${orderId}":
      """
      {
        "eventId": "${eventId}", "type": "order_created", "orderId": "${orderId}", "userId": "${userId}",
        "totalCents": 1, "items": [{ "sku": "sku-04", "quantity": 5 }], "occurredAt": "${now}"
      }
      """
    Then within 5 seconds consumer group "inventory" has caught up
    And for 200 ms table "stock" of inventory has rows:
      | sku    | available |
      | sku-04 | 95        |
    And table "reservations" of inventory has 1 row

  Scenario: A cancelled order gives its stock back
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-05", "quantity": 7 }] }
      """
    Then the response body matches:
      """
      { "id": "#uuid as orderId" }
      """
    And within 5 seconds table "stock" of inventory has rows:
      | sku    | available |
      | sku-05 | 93        |
    When I send POST "/orders/${orderId}/cancel"
    Then the response status is 200
    And the response field "status" is "cancelled"
    And within 5 seconds topic "order_events" has an event with key "${orderId}":
      """
      { "type": "order_cancelled", "orderId": "${orderId}" }
      """
    And within 5 seconds table "stock" of inventory has rows:
      | sku    | available |
      | sku-05 | 100       |

  @cache
  Scenario: An order is read from the cache while it is there
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-06", "quantity": 1 }] }
      """
    Then the response body matches:
      """
      { "id": "#uuid as orderId" }
      """
    And within 5 seconds GET "/orders/${orderId}" answers with:
      """
      { "status": "confirmed" }
      """
    And the response header "X-Cache" is "HIT"
    Given cache key "order:${orderId}" is removed
    When I send GET "/orders/${orderId}"
    Then the response header "X-Cache" is "MISS"
    And cache key "order:${orderId}" matches:
      """
      { "status": "confirmed" }
      """
