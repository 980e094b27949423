@vocabulary @database
Feature: Rows that are there afterwards

  The living reference of the steps that look at a database.

  Background:
    Given table "accounts" of vocabulary receives rows:
      | name | balance | opened_at            |
      | ada  | 100.10  | 2026-01-01T10:00:00Z |
      | bob  | 0.2     | 2025-06-01T10:00:00Z |
      | eve  | 50      | null                 |

  Scenario: Some rows, only these rows, exactly these rows
    Then table "accounts" of vocabulary has rows:
      | name | balance            |
      | eve  | 50.00              |
      | ada  | #? _ > 100         |
    And table "accounts" of vocabulary has only these rows:
      | name |
      | eve  |
      | ada  |
      | bob  |
    And table "accounts" of vocabulary has exactly these rows:
      | name | balance | opened_at            |
      | ada  | 100.1   | 2026-01-01T11:00+01  |
      | bob  | 0.20    | #date                |
      | eve  | #ignore | null                 |

  Scenario: Rows in order, and how many
    Then table "accounts" of vocabulary has only these rows in order of "balance descending":
      | name |
      | ada  |
      | eve  |
      | bob  |
    And table "accounts" of vocabulary has 3 rows
    And table "accounts" of vocabulary has 2 rows like:
      | balance    |
      | #? _ >= 50 |
    And for 20 ms table "accounts" of vocabulary has no row like:
      | name    |
      | mallory |

  Scenario: A value is captured, and followed
    Then table "accounts" of vocabulary has rows:
      | name                | balance |
      | #regex b.. as who   | 0.2     |
    And table "accounts" of vocabulary has rows:
      | name   |
      | ${who} |
    When I query from vocabulary:
      """
      SELECT name FROM accounts WHERE name = '${who}'
      """
    Then the query returns value "${who}"

  Scenario: Queries
    When I query from vocabulary:
      """
      SELECT name, balance FROM accounts WHERE balance > 10 ORDER BY balance
      """
    Then the query returns 2 rows
    And the query returns rows:
      | name | balance |
      | eve  | 50      |
      | ada  | 100.1   |
    And the query returns rows as columns:
      | name | eve | ada |
    When I query from vocabulary:
      """
      SELECT sum(balance) FROM accounts
      """
    Then the query returns value 150.3
    When I query from vocabulary:
      """
      SELECT FROM accounts WHERE name = 'mallory'
      """
    Then the query returns no rows

  Scenario: What must not change
    Given table "accounts" of vocabulary is remembered
    When I run SQL on vocabulary:
      """
      INSERT INTO ledger (account, cents) VALUES ('ada', 1)
      """
    Then table "accounts" of vocabulary is unchanged
    And table "measurements" of vocabulary is unchanged

  Scenario: Money is neither lost nor made
    Given the sum of these columns is remembered:
      | database   | table    | column  |
      | vocabulary | accounts | balance |
    When I run SQL on vocabulary:
      """
      UPDATE accounts SET balance = balance - 0.1 WHERE name = 'ada';
      UPDATE accounts SET balance = balance + 0.1 WHERE name = 'bob'
      """
    Then the sum of these columns is unchanged:
      | database   | table    | column  |
      | vocabulary | accounts | balance |
    And the sum of "balance" in table "accounts" of vocabulary is 150.3
    And the sum of "cents" in table "ledger" of vocabulary is 0

  Scenario: One table equals another
    Given table "archive.accounts" of vocabulary receives rows:
      | name | balance |
      | bob  | 0.20000 |
      | ada  | 100.1   |
      | eve  | 50      |
    Then table "accounts" of vocabulary equals table "archive.accounts" of vocabulary
    And table "accounts" of vocabulary equals table "archive.accounts" of vocabulary by "name"
    And table "accounts" of vocabulary equals table "archive.accounts" of vocabulary by "name" in columns:
      | accounts | archive.accounts |
      | name     | name             |
      | balance  | balance          |
    And the sum of "balance" in table "accounts" of vocabulary equals the sum of "balance" in table "archive.accounts" of vocabulary

  Scenario: A large table
    When I run SQL on vocabulary:
      """
      INSERT INTO measurements SELECT n, 'm' || n, n / 8.0 FROM generate_series(1, 100000) AS n
      """
    Then table "measurements" of vocabulary has 100000 rows
    And table "measurements" of vocabulary has rows:
      | n     | name          | value   |
      | 99999 | m99999        | #number |
      | 7     | #regex m\d as m | 0.875 |
    And table "measurements" of vocabulary has 1 row like:
      | name    |
      | m100000 |
    And table "measurements" of vocabulary has no row like:
      | name   | value |
      | m50000 | 1     |
