@vocabulary
Feature: HTTP requests
  The echo service answers with what it was sent.

  Scenario Outline: The method <method>
    When I send <method> "/echo" to echo
    Then the response status is 200
    And the response field "method" is "<method>"

    Examples:
      | method  |
      | GET     |
      | POST    |
      | PUT     |
      | PATCH   |
      | DELETE  |
      | OPTIONS |
      | PURGE   |

  Scenario: HEAD has headers and no body
    When I send HEAD "/echo" to echo
    Then the response status is OK
    And the response header "content-type" is "application/json"
    And the response body is empty

  Scenario: Headers of the next request are for that one only
    Given variable "trace" is set to "t-1"
    And the next request has header "X-Trace" with value "${trace}"
    And the next request has headers:
      | name       | value          |
      | User-Agent | acceptance/1.0 |
      | X-Empty    |                |
    When I send GET "/echo" to echo
    Then the response field "headers" matches:
      """
      { "x-trace": "t-1", "user-agent": "acceptance/1.0", "x-empty": "" }
      """
    When I send GET "/echo" to echo
    Then the response field "headers.x-trace" is "#notpresent"

  Scenario: Headers of all requests stay, and what is said of one request goes before
    Given all requests have header "X-Language" with value "de"
    And all requests to echo have header "X-Tenant" with value "shop"
    And all requests to orders have header "X-Tenant" with value "other"
    When I send GET "/echo" to echo
    Then the response field "headers" matches:
      """
      { "x-language": "de", "x-tenant": "shop" }
      """
    Given the next request has header "x-language" with value "fr"
    When I send GET "/echo" to echo
    Then the response field "headers.x-language" is "fr"

  Scenario: A query is encoded
    Given the next request has query:
      | name | value         |
      | q    | salt & pepper |
      | tag  | ä             |
      | tag  | b             |
    When I send GET "/echo?page=1" to echo
    Then the response field "query" has only these items in order:
      | name | value         |
      | page | 1             |
      | q    | salt & pepper |
      | tag  | ä             |
      | tag  | b             |

  Scenario: A body of JSON, in the step and from a file
    Given variable "sku" is set to "sku-01"
    When I send POST "/mirror" to echo with body:
      """
      { "sku": "${sku}", "price": 250 }
      """
    Then the response body is exactly:
      """
      { "sku": "sku-01", "price": 250 }
      """
    When I send POST "/mirror" to echo with body from file "item.json"
    Then the response body is exactly:
      """
      { "sku": "sku-01", "price": 250 }
      """

  Scenario: A body that is no JSON
    Given the next request has header "Content-Type" with value "text/csv"
    When I send POST "/mirror" to echo with text:
      """
      sku,name
      sku-01,Brine
      """
    Then the response header "content-type" is "text/csv"
    And the response text is:
      """
      sku,name
      sku-01,Brine
      """

  Scenario: A form
    When I send POST "/echo" to echo with form:
      | name | value         |
      | user | ada           |
      | note | salt & pepper |
    Then the response field "headers.content-type" is "application/x-www-form-urlencoded"
    And the response field "body" is "user=ada&note=salt+%26+pepper"

  Scenario: A form with files
    When I send POST "/echo" to echo with multipart form:
      | name  | value    | file      | type |
      | title | A scroll |           |      |
      | image |          | dot.png   |      |
      | meta  |          | item.json |      |
    Then the response field "headers.content-type" is "#regex multipart/form-data; boundary=.*"
    And the response text contains "dot.png"
    And the response text contains "Content-Type: image/png"
    And the response text contains "A scroll"

  Scenario: The bytes of a file
    When I send PUT "/mirror" to echo with file "dot.png"
    Then the response header "content-type" is "image/png"
    And the response body has 12 bytes
    And the response body is exactly the file "dot.png"

  Scenario: The same request again
    Given the next request has header "Idempotency-Key" with value "k-1"
    When I send POST "/echo" to echo with body:
      """
      { "n": 1 }
      """
    And I send the same request again
    Then the response field "headers.idempotency-key" is "k-1"
    And the response field "method" is "POST"

  Scenario: Without credentials
    When I send GET "/secret" to echo
    Then the response status is Unauthorized
    And the response header "WWW-Authenticate" is "#string"

  Scenario: User and password, or a bearer token
    Given the next request has user "ada" with password "engine"
    When I send GET "/secret" to echo
    Then the response status is 200
    Given the next request has bearer token "token-7"
    When I send GET "/secret" to echo
    Then the response field "authorization" is "Bearer token-7"

  Scenario: A token of OAuth2 is fetched once
    Given all requests have a token of client "shop" with secret "s3cret" from "/token" of echo
    When I send GET "/secret" to echo
    And I remember the response field "authorization" as "first"
    Given the next request has a token of client "shop" with secret "s3cret" from "/token" of echo
    When I send GET "/secret" to echo
    Then the response field "authorization" is "${first}"

  Scenario: Cookies are kept, and redirects followed
    Given all requests follow redirects
    When I send POST "/login" to echo with form:
      | name     | value |
      | username | ada   |
    Then the response came after 1 redirect from "/me"
    And the response field "user" is "ada"
    When I send GET "/me" to echo
    Then the response came after 0 redirects

  Scenario: Without a cookie there is a redirect, and with one set by hand none
    When I send GET "/me" to echo
    Then the response status is Found
    And the response redirects to "/login-page"
    Given cookie "session" of echo is set to "grace"
    When I send GET "/me" to echo
    Then the response field "user" is "grace"
