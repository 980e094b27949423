@orders @resilience
Feature: A payment provider that fails does not lose orders

  Background:
    Given variable "userId" is set to "${uuid}"
    And table "users" receives rows:
      | id        | username | email           |
      | ${userId} | ada      | ada@example.org |

  Scenario: The order waits while the provider fails, and is confirmed when it heals
    Given outside service payments responds with 503
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-01", "quantity": 1 }] }
      """
    Then the response status is 201
    And the response body matches:
      """
      { "id": "#uuid as orderId" }
      """
    And within 5 seconds table "orders" has rows:
      | id         | status          |
      | ${orderId} | payment_pending |
    And within 5 seconds outside service payments received a call like:
      """
      { "path": "/charges", "body": { "orderId": "${orderId}" } }
      """
    And for 300 ms table "orders" has rows:
      | id         | status          |
      | ${orderId} | payment_pending |
    And within 5 seconds GET "/health" answers with:
      """
      { "circuit": "open" }
      """
    Given outside service payments responds with 200
    Then within 5 seconds table "orders" has rows:
      | id         | status    |
      | ${orderId} | confirmed |
    And within 5 seconds GET "/health" answers with:
      """
      { "circuit": "closed" }
      """

  @slow
  Scenario: A provider that is too slow counts as one that fails
    Given outside service payments responds after 3 seconds
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-01", "quantity": 1 }] }
      """
    Then the response body matches:
      """
      { "id": "#uuid as orderId" }
      """
    And within 5 seconds outside service payments received a call like:
      """
      { "body": { "orderId": "${orderId}" } }
      """
    And for 1.5 seconds table "orders" has no row like:
      | status    |
      | confirmed |
    Given outside service payments responds with 200
    Then within 10 seconds table "orders" has rows:
      | id         | status    |
      | ${orderId} | confirmed |

  Scenario: A declined payment rejects the order and gives the stock back
    Given outside service payments responds with 402 and body:
      """
      { "error": "card declined" }
      """
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-07", "quantity": 3 }] }
      """
    Then the response body matches:
      """
      { "id": "#uuid as orderId" }
      """
    And within 5 seconds table "orders" has rows:
      | id         | status   |
      | ${orderId} | rejected |
    And within 5 seconds table "stock" of inventory has rows:
      | sku    | available |
      | sku-07 | 100       |
