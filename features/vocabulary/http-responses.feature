@vocabulary
Feature: HTTP responses

  Scenario: The status by number, class and phrase
    When I send GET "/nowhere" to echo
    Then the response status is 404
    And the response status is 4xx
    And the response status is Not Found

  Scenario: Headers
    When I send GET "/items" to echo
    Then the response has headers:
      | name         | value            |
      | Content-Type | application/json |
      | Date         | #string          |
    And the response header "link" is "#regex .*rel=\"next\".*"
    And the response header "X-Powered-By" is null

  Scenario: Cookies that a response sets
    When I send POST "/login" to echo with form:
      | name     | value |
      | username | ada   |
    Then the response header "Set-Cookie" has 2 values
    And the response cookie "session" is "#string as session"
    And the response cookie "session" matches:
      """
      { "value": "ada", "path": "/", "httponly": true, "samesite": "Lax" }
      """
    And the response cookie "theme" is null
    And variable "session" is "ada"

  Scenario: Parts of a body
    When I send GET "/items" to echo
    Then the response field "total" is 23
    And the response field "items[0].name" is "item 1"
    And the response field "items[0]" is exactly:
      """
      { "id": 1, "name": "item 1" }
      """
    And the response body contains:
      """
      { "items": [{ "id": 7 }, { "id": 3 }] }
      """
    And the response field "items" has 10 items
    And the response field "items" has items:
      | id | name   |
      | 2  | item 2 |
    And each item of the response field "items" matches:
      """
      { "id": "#? _ > 0", "name": "#string" }
      """
    And no item of the response field "items" matches:
      """
      { "id": 11 }
      """
    And each item of the response field "items" has its own "id"
    And the items of the response field "items" are sorted by "id" ascending

  Scenario: An array in any order
    When I send POST "/mirror" to echo with body:
      """
      [{ "tag": "b" }, { "tag": "a" }]
      """
    Then the response body matches in any order:
      """
      [{ "tag": "a" }, { "tag": "b" }]
      """
    And the response body has only these items:
      | tag |
      | a   |
      | b   |
    And the response body has only these items in order:
      | tag |
      | b   |
      | a   |

  Scenario: Text, size and time
    Given the next request has header "Content-Type" with value "text/plain"
    When I send POST "/mirror" to echo with text:
      """
      pong
      """
    Then the response text is "pong"
    And the response text contains "on"
    And the response body has 4 bytes
    And the response body has at most 10 bytes
    And the response took less than 5 seconds

  Scenario: Nothing
    When I send DELETE "/empty" to echo
    Then the response status is No Content
    And the response body is empty

  Scenario Outline: A body that is compressed with <coding>
    Given the next request has header "Accept-Encoding" with value "<coding>"
    When I send GET "/compressed" to echo
    Then the response header "Content-Encoding" is "<coding>"
    And the response field "text" is "#regex (brine ){100}"

    Examples:
      | coding  |
      | gzip    |
      | br      |
      | deflate |

  Scenario: Parts are kept for later
    When I send GET "/items" to echo
    And I remember the response field "items[1].id" as "second"
    And I remember the response header "Content-Type" as "type"
    And I remember the response text as "text"
    Then variable "second" is 2
    And variable "type" is "application/json"
    And variable "text" is "#string"

  Scenario: Asked until it is so
    Given variable "job" is set to "${uuid}"
    Then within 5 seconds GET "/jobs/${job}" of echo answers 200 with:
      """
      { "status": "done" }
      """
    And for 50 ms GET "/jobs/${job}" of echo answers 2xx

  Scenario: With a guard, the request before is sent again
    Given variable "job" is set to "${uuid}"
    When I send GET "/jobs/${job}" to echo
    Then the response field "status" is "running"
    And within 5 seconds the response field "status" is "done"
