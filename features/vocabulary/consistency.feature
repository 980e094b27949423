@vocabulary @database @cache @events @orders
Feature: The words for what several stores say of one thing

  Rule: One thing in several places

    Scenario: An order is the same in the response, its row, its event and its key
      Given variable "userId" is set to "${uuid}"
      And table "users" of orders receives rows:
        | id        | username | email           |
        | ${userId} | ada      | ada@example.org |
      When I send POST "/orders" to orders with body:
        """
        { "userId": "${userId}", "items": [{ "sku": "sku-01", "quantity": 2 }] }
        """
      Then the response body matches:
        """
        { "id": "#uuid as orderId", "status": "pending" }
        """
      And within 5 seconds GET "/orders/${orderId}" of orders answers with:
        """
        { "id": "${orderId}" }
        """
      And within 5 seconds these agree:
        | where                                       | id            | total            | user         |
        | the response                                | id            | totalCents       | userId       |
        | table "orders" of orders with id ${orderId} | id            | total_cents      | user_id      |
        | topic "order_events" with key ${orderId}    | value.orderId | value.totalCents | value.userId |
        | cache key "order:${orderId}"                | id            | totalCents       | userId       |
        | table "users" of orders with username ada   |               |                  | id           |

    Scenario: A moment and a number are the same however they are written
      Given table "accounts" of vocabulary receives rows:
        | name | balance | opened_at              |
        | ada  | 12.50   | 2026-01-31T10:00:00+01 |
      And cache key "account:ada" is set to:
        """
        { "balance": 12.5, "opened": { "at": "2026-01-31T09:00:00Z" } }
        """
      When topic "letters" receives an event with key "ada":
        """
        { "balance": "12.500" }
        """
      Then within 5 seconds these agree:
        | where                                         | balance       | opened    |
        | table "accounts" of vocabulary with name ada  | balance       | opened_at |
        | cache key "account:ada"                       | balance       | opened.at |
        | topic "letters" with key ada                  | value.balance |           |

  Rule: One table in two databases

    Scenario: Two databases agree
      Then table "items" of orders equals table "stock" of inventory by "sku" in columns:
        | items | stock |
        | sku   | sku   |

    Scenario: A copy is as its original, whatever the columns are called and of what type
      Given table "accounts" of vocabulary receives rows:
        | name  | balance |
        | ada   | 100.00  |
        | grace | 50.30   |
      And table "archive.accounts" of vocabulary receives rows:
        | name  | balance |
        | grace | 50.3    |
        | ada   | 100     |
      Then table "accounts" of vocabulary equals table "archive.accounts" of vocabulary by "name"

  Rule: Nothing is lost, nothing is doubled

    Scenario: What goes from one place to another leaves the total as it was
      Given table "accounts" of vocabulary receives rows:
        | name  | balance |
        | ada   | 100     |
        | grace | 50.30   |
      And table "archive.accounts" of vocabulary receives rows:
        | name | balance |
        | ada  | 7       |
      And the sum of these columns is remembered:
        | database   | table            | column  |
        | vocabulary | accounts         | balance |
        | vocabulary | archive.accounts | balance |
      When I run SQL on vocabulary:
        """
        UPDATE accounts SET balance = balance - 20.1 WHERE name = 'ada';
        UPDATE archive.accounts SET balance = balance + 20.1 WHERE name = 'ada';
        """
      Then the sum of these columns is unchanged:
        | database   | table            | column  |
        | vocabulary | accounts         | balance |
        | vocabulary | archive.accounts | balance |
      And the sum of these columns is 157.3:
        | database   | table            | column  |
        | vocabulary | accounts         | balance |
        | vocabulary | archive.accounts | balance |
      And the sum of "available" in table "stock" of inventory is 2500
