@orders
Feature: Orders take pieces out of stock
  Its steps about stock and users are the shop's own: see stock.steps.ts.

  Scenario: What was ordered is no longer in stock
    Given 3 pieces of "sku-01" are in stock
    And user "ada" exists
    When I send POST "/orders" with body:
      """
      { "userId": "${userId}", "items": [{ "sku": "sku-01", "quantity": 2 }] }
      """
    Then the response status is 201
    And within 5 seconds 1 piece of "sku-01" is left
