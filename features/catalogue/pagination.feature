@catalogue
Feature: The catalogue is read page by page
  The seeded catalogue has 25 items, sku-01 to sku-25.

  Scenario Outline: Page <page> of 25 items has <count>
    When I send GET "/items?page=<page>&limit=10"
    Then the response status is 200
    And the response body matches:
      """
      { "items": "#[<count>]", "total": 25, "page": <page>, "pages": 3 }
      """
    And the response field "items[0].sku" is "<first>"

    Examples:
      | page | count | first  |
      | 1    | 10    | sku-01 |
      | 2    | 10    | sku-11 |
      | 3    | 5     | sku-21 |

  Scenario: A page behind the last one is empty
    When I send GET "/items?page=4&limit=10"
    Then the response body matches:
      """
      { "items": [], "total": 25, "page": 4, "pages": 3 }
      """

  Scenario: An item that was added is counted
    When I send POST "/items" with body:
      """
      { "sku": "sku-26", "name": "Brine, 1 l", "priceCents": 250 }
      """
    Then the response status is 201
    When I send GET "/items?page=3&limit=10"
    Then the response field "total" is 26
    And the response field "items[5].name" is "Brine, 1 l"

  Scenario: Without page and limit the first ten items come
    When I send GET "/items"
    Then the response body matches:
      """
      { "items": "#[10]", "total": 25, "page": 1, "pages": 3 }
      """

  Scenario: A sku is taken only once
    When I send POST "/items" with body:
      """
      { "sku": "sku-01", "name": "Another", "priceCents": 1 }
      """
    Then the response status is 409
    And table "items" has 25 rows

  Scenario Outline: A page of <what> is refused
    When I send GET "/items?<query>"
    Then the response status is 400
    And the response field "error" is "#string"

    Examples:
      | what                 | query            |
      | number zero          | page=0           |
      | no number            | page=one         |
      | more than it can be  | page=1&limit=101 |
