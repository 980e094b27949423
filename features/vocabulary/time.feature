@vocabulary @database @cache
Feature: The words for time

  Rule: Moments relative to now

    Scenario: What a service says of now
      Given variable "start" is set to "${now}"
      When I send GET "/clock" to echo
      Then the response body matches:
        """
        { "now": "#date within 1 minute of ${now}" }
        """
      And the response field "now" is "#date between ${start} and ${now + 1 second}"
      And the response field "now" is "#date before ${now + 1 second}"
      And the response field "now" is "#date after ${today - 1 day}"

    Scenario: In bodies, cells, cached values and queries
      When I send POST "/mirror" to echo with body:
        """
        { "from": "${today}", "to": "${today + 1 month}", "at": "${now - 90 minutes}" }
        """
      Then the response body matches:
        """
        { "from": "#date before ${now}", "to": "#date between ${today + 28 days} and ${today + 31 days}",
          "at": "#date within 2 hours of ${now}" }
        """
      Given table "accounts" of vocabulary receives rows:
        | name  | opened_at          |
        | ada   | ${now - 1 year}    |
        | grace | ${now - 2 weeks}   |
        | alan  | 2020-01-31T10:00Z  |
      Then table "accounts" of vocabulary has rows:
        | name  | opened_at                                              |
        | ada   | #date between ${now - 367 days} and ${now - 364 days}  |
        | grace | #date within 1 minute of ${now - 14 days}              |
        | alan  | #date before ${now - 1 month}                          |
      And table "accounts" of vocabulary has 1 row like:
        | opened_at                 |
        | #date after ${now - 1 month} |
      Given cache key "session" is set to:
        """
        { "until": "${now + 30 minutes}" }
        """
      Then cache key "session" matches:
        """
        { "until": "#date after ${now} as until" }
        """
      And variable "until" is "#date within 1 hour of ${now}"

    Scenario: One moment follows another
      Given variable "order" is set to "2026-01-31T10:00:00Z"
      Then variable "order" is "#date before ${order + 1 ms}"
      Given variable "due" is set to "${order + 1 month - 1 day}"
      Then variable "due" is "2026-02-27T10:00:00.000Z"

  @in-process
  Rule: The clock of a service in the process of the run

    Scenario: It stands where a step puts it
      Given the clock of bank stands at "2026-01-31T23:30:00Z"
      When I send POST "/accounts" to bank with body:
        """
        { "name": "ada" }
        """
      Then table "accounts" of vocabulary has only these rows:
        | name | opened_at            |
        | ada  | 2026-01-31T23:30:00Z |
      When I send GET "/clock" to bank
      Then the response field "now" is "2026-01-31T23:30:00.000Z"

    Scenario: It moves on, and what was to happen by then has happened
      Given variable "start" is set to "2026-01-31T23:30:00Z"
      And the clock of bank stands at "${start}"
      When I send POST "/offers" to bank with body:
        """
        { "code": "winter" }
        """
      Then the response field "until" is "${start + 1 hour}"
      When the clock of bank moves on by 59 minutes
      And I send POST "/offers/taken" to bank with body:
        """
        { "code": "winter" }
        """
      Then the response status is 200
      When the clock of bank moves on by 1 minute
      And I send POST "/offers/taken" to bank with body:
        """
        { "code": "winter" }
        """
      Then the response status is Gone
      When I send GET "/clock" to bank
      Then the response field "now" is "${start + 60 minutes}"

    Scenario: It runs from there, and does not move what is not the service's
      Given the clock runs from "${now + 2 days}"
      When the clock moves on by 1 day
      And I send GET "/clock" to bank
      Then the response field "now" is "#date between ${now + 3 days - 1 minute} and ${now + 3 days}"
      When I send GET "/clock" to echo
      Then the response field "now" is "#date within 1 minute of ${now}"

    Scenario: After the scenario it is right again
      When I send GET "/clock" to bank
      Then the response field "now" is "#date within 1 minute of ${now}"
