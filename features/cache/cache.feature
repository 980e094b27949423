@cache
Feature: The cache keeps values for a time

  Scenario: A value expires
    Given cache key "session:1" expiring in 2 seconds is set to:
      """
      { "user": "ada" }
      """
    Then cache key "session:1" matches:
      """
      { "user": "ada" }
      """
    And cache key "session:1" expires within 2 seconds
    And within 10 seconds cache key "session:1" is absent

  Scenario: A value without a time to live stays
    Given cache key "greeting" is set to "hello"
    Then cache key "greeting" is "hello"
    And cache key "greeting" never expires
    And the cache has 1 key like "*"

  Scenario: The keys of one scenario are gone in the next
    Then the cache has 0 keys like "*"
