@vocabulary @slow
Feature: Load

  Scenario: The pool of connections: 50 requests, 10 at once, against the database
    When I send GET "/items" 50 times, 10 at once
    Then every answer to the load has status 200
    And at most 0 % of the load failed

  Scenario: Rows are written by many at once
    Given variable "sku" is set to "sku-99"
    When I send POST "/items" 20 times, 10 at once, with body:
      """
      { "sku": "${sku}", "name": "Brine", "priceCents": 250 }
      """
    Then at most 0 % of the load failed
    And table "items" has 26 rows

  Scenario: Throughput
    When I send GET "/items" to echo for 1 second, 10 at once
    Then every answer to the load has status 2xx
    And 95 % of the load took less than 1 second
    And the load had at least 50 answers per second

  Scenario: Load has the cookies of the scenario
    Given cookie "session" of echo is set to "ada"
    When I send GET "/me" to echo 20 times, 5 at once
    Then every answer to the load has status 200
