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
