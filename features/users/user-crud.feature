@users
Feature: Users
  A user has a unique name and a valid e-mail address.

  Scenario: A user is created, read, changed and deleted
    When I send POST "/users" with body:
      """
      { "username": "ada", "email": "ada@example.org" }
      """
    Then the response status is 201
    And the response body matches:
      """
      { "id": "#uuid as userId", "username": "ada", "email": "ada@example.org", "createdAt": "#date" }
      """
    And table "users" has rows:
      | id        | username | email           |
      | ${userId} | ada      | ada@example.org |

    When I send GET "/users/${userId}"
    Then the response status is OK
    And the response field "username" is "ada"

    When I send PUT "/users/${userId}" with body:
      """
      { "username": "ada", "email": "countess@example.org" }
      """
    Then the response status is 200
    And table "users" has only these rows:
      | username | email                |
      | ada      | countess@example.org |

    When I send DELETE "/users/${userId}"
    Then the response status is 204
    And the response body is empty
    And table "users" has no rows
    And GET "/users/${userId}" answers 404

  Scenario: A username is taken only once
    Given table "users" receives rows:
      | username | email           |
      | ada      | ada@example.org |
    When I send POST "/users" with body:
      """
      { "username": "ada", "email": "another@example.org" }
      """
    Then the response status is Conflict
    And the response field "error" is "#string"
    And table "users" has 1 row

  Scenario: An unknown user is neither changed nor deleted
    Given variable "unknown" is set to "${uuid}"
    When I send PUT "/users/${unknown}" with body:
      """
      { "username": "ada", "email": "ada@example.org" }
      """
    Then the response status is 404
    When I send DELETE "/users/${unknown}"
    Then the response status is 404
    And the response field "error" is "#string"
    And table "users" has no rows

  Scenario: A change is checked like a new user
    Given variable "userId" is set to "${uuid}"
    And table "users" receives rows:
      | id        | username | email             |
      | ${userId} | ada      | ada@example.org   |
      | ${uuid}   | grace    | grace@example.org |
    When I send PUT "/users/${userId}" with body:
      """
      { "username": "grace", "email": "ada@example.org" }
      """
    Then the response status is Conflict
    When I send PUT "/users/${userId}" with body:
      """
      { "username": "ada", "email": "no address" }
      """
    Then the response status is 400
    And table "users" has only these rows:
      | username | email             |
      | ada      | ada@example.org   |
      | grace    | grace@example.org |
