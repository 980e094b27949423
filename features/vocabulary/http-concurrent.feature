@vocabulary
Feature: HTTP, several requests at once

  Scenario: One takes the seat, the others are refused
    Given variable "seat" is set to "${uuid}"
    When I send POST "/seats/${seat}" to echo 10 times at once with body:
      """
      { "name": "ada" }
      """
    Then exactly 1 response has status 201 and the others 409

  Scenario: Different bodies
    Given variable "seat" is set to "${uuid}"
    When I send POST "/seats/${seat}" to echo at once with bodies:
      | name  |
      | ada   |
      | grace |
    Then exactly 1 response has status Created
    When I send POST "/mirror" to echo at once with bodies:
      | id | customer.name |
      | 1  | ada           |
      | 2  | grace         |
    Then all responses have status 200
    And each response has its own "id"
    And each response matches:
      """
      { "status": 200, "body": { "id": "#number", "customer": { "name": "#string" } } }
      """

  Scenario: The same answer each time
    When I send GET "/items" to echo 20 times at once
    Then all responses have status 2xx
    And all responses have the same body
