@vocabulary @database @in-process
Feature: Services in the process of the run

  The bank is a module that the lane has loaded, not a process of its own.

  Rule: It takes part in the transaction of a scenario

    @transactional
    Scenario: It sees what steps have written, and steps see what it has written
      Given table "accounts" of vocabulary receives rows:
        | name | balance |
        | ada  | 100     |
      When I send POST "/accounts" to bank with body:
        """
        { "name": "bob", "balance": "20" }
        """
      Then the response status is 201
      And table "accounts" of vocabulary has only these rows:
        | name | balance |
        | ada  | 100     |
        | bob  | 20      |
      When I send GET "/accounts" to bank
      Then the response body matches:
        """
        [{ "name": "ada" }, { "name": "bob" }]
        """

    @transactional
    Scenario: Its transactions are nested ones, and an error in the middle undoes only what it must
      Given table "accounts" of vocabulary receives rows:
        | name | balance |
        | ada  | 100     |
        | bob  | 20      |
      When I send POST "/transfers" to bank with body:
        """
        { "from": "ada", "to": "bob", "amount": "30" }
        """
      Then the response status is 200
      When I send POST "/transfers" to bank with body:
        """
        { "from": "eve", "to": "bob", "amount": "1000" }
        """
      Then the response status is 409
      When I send POST "/accounts" to bank with body:
        """
        { "name": "ada" }
        """
      Then the response field "error" is "#regex .*duplicate key.*"
      When I run SQL on vocabulary in one transaction:
        """
        UPDATE accounts SET balance = 0;
        INSERT INTO accounts (name) VALUES ('bob');
        """
      Then the transaction was rolled back with "duplicate key"
      And table "accounts" of vocabulary has only these rows:
        | name | balance |
        | ada  | 70      |
        | bob  | 50      |

    Scenario: Nothing of that is left
      Then table "accounts" of vocabulary has no rows
      When I send GET "/accounts" to bank
      Then the response body is exactly:
        """
        []
        """

    Scenario: Without the tag it writes as any other service
      When I send POST "/accounts" to bank with body:
        """
        { "name": "ada" }
        """
      Then table "accounts" of vocabulary has 1 row
