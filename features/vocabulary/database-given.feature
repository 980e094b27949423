@vocabulary @database
Feature: Rows that are there before

  The living reference of the steps that set a database up.

  Scenario: Rows across, and down
    Given table "accounts" of vocabulary receives rows:
      | name | balance |
      | ada  | 100.10  |
      | bob  | 0.2     |
    And table "accounts" of vocabulary receives rows as columns:
      | name    | eve |
      | balance | 3   |
    Then table "accounts" of vocabulary has only these rows as columns:
      | name    | ada   | bob  | eve  |
      | balance | 100.1 | 0.20 | 3.00 |

  Scenario Outline: Rows of a file in <format>
    Given table "accounts" of vocabulary receives rows from file "<file>"
    Then table "accounts" of vocabulary has exactly these rows:
      | name        | balance | opened_at |
      | ada         | 100.10  | null      |
      | Smith, John | 0.2     | null      |
    And table "accounts" of vocabulary has only these rows from file "<file>"

    Examples:
      | format | file          |
      | CSV    | accounts.csv  |
      | JSON   | accounts.json |
      | YAML   | accounts.yaml |

  Scenario: Rows in CSV, JSON and YAML
    Given variable "who" is set to "ada, the first"
    And table "accounts" of vocabulary receives rows as CSV:
      """
      name,balance
      "Smith, John",1
      "null",2
      """
    And table "accounts" of vocabulary receives rows as JSON:
      """
      [{ "name": "${who}", "balance": 12345678.91 }, { "name": "without" }]
      """
    And table "accounts" of vocabulary receives rows as YAML:
      """
      - name: dora
        opened_at: 2026-01-01T12:00:00+02:00
      """
    Then table "accounts" of vocabulary has only these rows as JSON:
      """
      [
        { "name": "Smith, John", "balance": 1 },
        { "name": "null", "balance": 2 },
        { "name": "ada, the first", "balance": 12345678.91, "opened_at": null },
        { "name": "without", "balance": 0 },
        { "name": "dora", "opened_at": "2026-01-01T10:00:00Z" }
      ]
      """

  Scenario: Every type, as it is written and as it is found
    Given table "everything" of vocabulary receives rows as columns:
      | id     | 1                                    | 2                | 3                                      |
      | big    | 9223372036854775807                  | -1               | null                                   |
      | exact  | 0.1234567890123456789012345          | 1.50             | 1e3                                    |
      | at     | 2026-01-31T11:00:00.123456+01        | 2026-01-31       | ${now}                                 |
      | local  | 2026-03-29T02:30:00                  | 2026-01-31 10:00 | null                                   |
      | day    | 1815-12-10                           | ${today}         | null                                   |
      | span   | 25 hours                             | 1 month          | null                                   |
      | doc    | { "n": 12345678901234567890 }        | text             | ["a", null]                            |
      | tags   | {a,"b c",NULL}                       | ["a", "b\"c"]    | {}                                     |
      | mood   | good                                 | bad              | null                                   |
      | bytes  | 0x00ff                               | base64:AP8=      | hi                                     |
      | key    | A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11 | ${uuid}          | null                                   |
      | active | true                                 | no               | null                                   |
      | during | [1,5]                                | empty            | null                                   |
      | share  | 100                                  | 0                | null                                   |
      | note   | "null"                               |                  | #default                               |
    Then table "everything" of vocabulary has only these rows as columns:
      | id      | 1                                    | 2                            | 3              |
      | big     | 9223372036854775807                  | -1                           | null           |
      | exact   | 0.1234567890123456789012345          | 1.5                          | 1000           |
      | at      | 2026-01-31T10:00:00.123456Z          | 2026-01-31T00:00:00Z         | #date          |
      | local   | 2026-03-29 02:30                     | 2026-01-31T10:00:00          | null           |
      | day     | 1815-12-10                           | ${today}                     | null           |
      | span    | 1500 minutes                         | 1 month                      | null           |
      | doc     | { "n": 12345678901234567890 }        | "text"                       | ["a", null]    |
      | tags    | ["a", "b c", null]                   | {a,"b\"c"}                   | #[0]           |
      | mood    | good                                 | bad                          | null           |
      | bytes   | \x00ff                               | 0x00ff                       | hi             |
      | key     | a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 | #uuid as key                 | null           |
      | active  | true                                 | false                        | #null          |
      | during  | [1,6)                                | empty                        | null           |
      | share   | 100                                  | 0                            | null           |
      | note    | "null"                               |                              | nothing to say |
      | doubled | 0.246913578024691357802469           | 3                            | 2000           |

  Scenario: Names of any kind
    Given table "Order" of vocabulary receives rows:
      | user name | a.b | select |
      | ada       | 1   | all    |
    And table "archive.accounts" of vocabulary receives rows:
      | name | balance |
      | old  | 1       |
    Then table "public.Order" of vocabulary has exactly these rows:
      | user name | a.b | select |
      | ada       | 1   | all    |
    And table "archive.accounts" of vocabulary has 1 row
    And table "accounts" of vocabulary has no rows

  Scenario: Rows are deleted
    Given table "accounts" of vocabulary receives rows from file "accounts.csv"
    And table "accounts" of vocabulary loses rows like:
      | balance   |
      | #? _ > 50 |
    Then table "accounts" of vocabulary has only these rows:
      | name        |
      | Smith, John |
    Given table "accounts" of vocabulary is emptied
    Then table "accounts" of vocabulary has no rows

  Scenario: SQL, and SQL of a file
    Given variable "who" is set to "ada"
    When I run SQL on vocabulary from file "account.sql"
    And I run SQL on vocabulary:
      """
      REFRESH MATERIALIZED VIEW totals;
      UPDATE accounts SET balance = 1000
      """
    Then table "totals" of vocabulary has only these rows:
      | total |
      | 7     |
    And table "rich" of vocabulary has only these rows:
      | name   |
      | ${who} |

    # a materialised view is not reset
    When I run SQL on vocabulary:
      """
      DELETE FROM accounts;
      REFRESH MATERIALIZED VIEW totals
      """
