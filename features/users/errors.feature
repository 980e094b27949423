@users
Feature: Wrong requests are refused with a reason

  Scenario Outline: A user with <problem> is refused
    When I send POST "/users" with text:
      """
      <body>
      """
    Then the response status is 400
    And the response body matches:
      """
      { "error": "#string" }
      """
    And table "users" has no rows

    Examples:
      | problem               | body                                            |
      | no name               | { "email": "ada@example.org" }                  |
      | an empty name         | { "username": "", "email": "ada@example.org" }  |
      | an e-mail without @   | { "username": "ada", "email": "example.org" }   |
      | a body that is broken | { "username": "ada"                             |

  Scenario: An unknown user is not found
    Given variable "unknown" is set to "${uuid}"
    When I send GET "/users/${unknown}"
    Then the response status is 404
    And the response body matches:
      """
      { "error": "#string" }
      """

  Scenario: The list of users is for administrators
    When I send GET "/admin/users"
    Then the response status is 401
    And the response field "error" is "#string"

  Scenario: A wrong token is no token
    Given the next request has bearer token "guessed"
    When I send GET "/admin/users"
    Then the response status is 401

  Scenario: An administrator sees all users
    Given table "users" receives rows:
      | username | email             |
      | ada      | ada@example.org   |
      | grace    | grace@example.org |
    And the next request has bearer token "shop-admin-token"
    When I send GET "/admin/users"
    Then the response status is 200
    And the response body matches:
      """
      { "items": "#[2]", "total": 2 }
      """
