@vocabulary
Feature: HTTP, page by page
  The echo service has 23 items, ten on a page.

  Scenario: By the Link header
    When I read all pages of "/items" from echo by the Link header
    Then all pages have 23 items
    And each item of all pages has its own "id"
    And the items of all pages are sorted by "id" ascending
    And each item of all pages matches:
      """
      { "name": "#string" }
      """

  Scenario: By a field with the next address
    When I read all pages of "/items" from echo by field "next"
    Then all pages have 23 items

  Scenario: By a field with a cursor
    When I read all pages of "/items" from echo by field "cursor" as query "after", items in "items"
    Then all pages have 23 items

  Scenario: By offset
    When I read all pages of "/items?offset=3" from echo by offset in query "offset"
    Then all pages have 20 items
    And each item of all pages has its own "id"

  Scenario: By number
    When I read all pages of "/items" from echo by query "page"
    Then all pages have items:
      | id | name    |
      | 1  | item 1  |
      | 23 | item 23 |
