@vocabulary @database
Feature: Records that are made

  The living reference of factories; they are declared in factories.steps.ts.

  Scenario: A record with a name is a variable
    Given an "account" named "ada" with:
      | name |
      | ada  |
    And an "entry" named "first" with:
      | account | cents |
      | ada     | 995   |
    Then table "accounts" of vocabulary has only these rows:
      | name        | balance |
      | ${ada.name} | 100     |
    And table "ledger" of vocabulary has only these rows:
      | id          | account     | cents |
      | ${first.id} | ${ada.name} | 995   |

  Scenario: Many records, each with what it refers to
    Given 25 "entry" records exist
    And 2 "account" records that are "rich" exist with:
      | opened_at  |
      | 2026-01-01 |
    Then table "ledger" of vocabulary has 25 rows
    And table "accounts" of vocabulary has 27 rows
    And table "rich" of vocabulary has 2 rows

  Scenario: Plausible data in a text
    Given variable "city" is set to "${faker.location.city}"
    Then variable "city" is "#regex .+"
