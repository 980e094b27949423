@database
Feature: Transactions are all or nothing

  Scenario: A transaction that succeeds keeps all of its rows
    When I run SQL in one transaction:
      """
      INSERT INTO users (username, email) VALUES ('ada', 'ada@example.org');
      INSERT INTO users (username, email) VALUES ('grace', 'grace@example.org');
      """
    Then the transaction was committed
    And table "users" has only these rows:
      | username | email             |
      | ada      | ada@example.org   |
      | grace    | grace@example.org |

  Scenario: An error in the middle undoes everything
    When I run SQL in one transaction:
      """
      INSERT INTO users (username, email) VALUES ('ada', 'ada@example.org');
      INSERT INTO users (username, email) VALUES ('ada', 'again@example.org');
      """
    Then the transaction was rolled back with "duplicate key"
    And table "users" has no rows

  @transactional
  Scenario: What a transactional scenario writes is seen by itself
    Given table "users" receives rows:
      | username | email           |
      | ada      | ada@example.org |
    When I query:
      """
      SELECT count(*) AS users FROM users
      """
    Then the query returns rows:
      | users |
      | 1     |

  @transactional
  Scenario: A transaction inside a transactional scenario is a nested one
    Given table "users" receives rows:
      | username | email           |
      | ada      | ada@example.org |
    When I run SQL in one transaction:
      """
      INSERT INTO users (username, email) VALUES ('grace', 'grace@example.org');
      """
    Then the transaction was committed
    When I run SQL in one transaction:
      """
      INSERT INTO users (username, email) VALUES ('edsger', 'edsger@example.org');
      INSERT INTO users (username, email) VALUES ('ada', 'again@example.org');
      """
    Then the transaction was rolled back with "duplicate key"
    And table "users" has only these rows:
      | username | email             |
      | ada      | ada@example.org   |
      | grace    | grace@example.org |
    When I send GET "/users"
    Then the response field "total" is 0

  @transactional
  Scenario: What a transactional scenario writes is not seen by a service
    A service in another process cannot see a row that is not committed.

    Given table "users" receives rows:
      | username | email           |
      | ada      | ada@example.org |
    When I send GET "/users"
    Then the response field "total" is 0

  Scenario: The rows of one scenario are gone in the next
    Then table "users" has no rows
    And table "items" has 25 rows
