@orders
Feature: Placing an order is all or nothing, once, and the same everywhere

  Background:
    Given user "ada" exists

  @events
  Scenario: An order's total is the sum of its lines, and every store says the same
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-01", "quantity": 2 }, { "sku": "sku-02", "quantity": 3 }] }
      """
    Then the response body matches:
      """
      { "id": "#uuid as orderId", "totalCents": 11130 }
      """
    And within 5 seconds topic "order_events" has only these events:
      | key        | headers.event-type | value.totalCents | value.items                                                              |
      | ${orderId} | order_created      | 11130            | [{ "sku": "sku-01", "quantity": 2 }, { "sku": "sku-02", "quantity": 3 }] |
    And within 5 seconds table "orders" has rows:
      | id         | status    | total_cents |
      | ${orderId} | confirmed | 11130       |
    And table "order_items" has only these rows:
      | order_id   | position | sku    | quantity | price_cents |
      | ${orderId} | 0        | sku-01 | 2        | 1890        |
      | ${orderId} | 1        | sku-02 | 3        | 2450        |
    And table "reservations" of inventory has only these rows:
      | order_id   | sku    | quantity | status   |
      | ${orderId} | sku-01 | 2        | reserved |
      | ${orderId} | sku-02 | 3        | reserved |
    And for 300 ms topic "stock_events" has 1 event
    And outside service payments received 1 call
    And outside service payments received a call like:
      """
      { "headers": { "idempotency-key": "${orderId}" }, "body": { "orderId": "${orderId}", "amountCents": 11130 } }
      """

  Scenario: A key that was used for another order is refused
    Given the next request has header "Idempotency-Key" with value "checkout-1"
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-03", "quantity": 1 }] }
      """
    Then the response status is 201
    Given the next request has header "Idempotency-Key" with value "checkout-1"
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-03", "quantity": 2 }] }
      """
    Then the response status is 422
    And table "orders" has 1 row

  Scenario Outline: An order with <problem> is refused
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": <items> }
      """
    Then the response status is 400
    And the response field "error" is "#string"
    And table "orders" has no rows
    And table "outbox" has no rows

    Examples:
      | problem            | items                                                                    |
      | no items           | []                                                                       |
      | an unknown sku     | [{ "sku": "sku-99", "quantity": 1 }]                                     |
      | a quantity of zero | [{ "sku": "sku-01", "quantity": 0 }]                                     |
      | the same sku twice | [{ "sku": "sku-01", "quantity": 1 }, { "sku": "sku-01", "quantity": 1 }] |

  @database
  Scenario: An order whose event cannot be written is not placed
    The outbox's next number is taken.

    Given table "outbox" receives rows:
      | id | event_id | topic        | key   | type          | payload | published_at |
      | 1  | ${uuid}  | order_events | taken | order_created | {}      | ${now}       |
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-01", "quantity": 1 }] }
      """
    Then the response status is 500
    And table "orders" has no rows
    And table "order_items" has no rows
    And for 300 ms topic "order_events" has no events

  Scenario: A rejected order says why, and cannot be cancelled
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-02", "quantity": 101 }] }
      """
    Then the response body matches:
      """
      { "id": "#uuid as orderId" }
      """
    And within 5 seconds GET "/orders/${orderId}" answers with:
      """
      { "status": "rejected", "reason": "#regex .*sku-02.*" }
      """
    When I send POST "/orders/${orderId}/cancel"
    Then the response status is 409
    And table "orders" has rows:
      | id         | status   |
      | ${orderId} | rejected |

  @events @cache
  Scenario: A confirmed order can be cancelled, and its reservation is released
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-05", "quantity": 7 }] }
      """
    Then the response body matches:
      """
      { "id": "#uuid as orderId" }
      """
    And within 5 seconds table "orders" has rows:
      | id         | status    |
      | ${orderId} | confirmed |
    When I send POST "/orders/${orderId}/cancel"
    Then the response status is 200
    And within 5 seconds table "reservations" of inventory has only these rows:
      | order_id   | sku    | quantity | status   |
      | ${orderId} | sku-05 | 7        | released |
    And within 5 seconds topic "order_events" has only these events in order:
      | key        | value.type      |
      | ${orderId} | order_created   |
      | ${orderId} | order_cancelled |
    And within 5 seconds cache key "order:${orderId}" matches:
      """
      { "status": "cancelled" }
      """
