@cache @vocabulary
Feature: The words for caches

  Every step of the cache family at least once. A key is any text, with `${...}` filled.

  Rule: Strings

    Scenario: Text, numbers and JSON
      Given cache key "greeting" is set to "hello"
      And cache key "a key with spaces, ключ 🔑" is set to "žluťoučký 🐎"
      And variable "id" is set to 7
      And cache key "order:${id}" expiring in 5 minutes is set to:
        """
        { "id": ${id}, "status": "confirmed", "items": [{ "sku": "sku-01" }] }
        """
      Then cache key "greeting" is "hello"
      And cache key "a key with spaces, ключ 🔑" is "#string"
      And cache key "a key with spaces, ключ 🔑" is "žluťoučký 🐎"
      And cache key "order:${id}" matches:
        """
        { "status": "#string as status", "items": "#[1]" }
        """
      And variable "status" is "confirmed"
      And cache key "order:7" is exactly:
        """
        { "items": [{ "sku": "sku-01" }], "status": "${status}", "id": 7 }
        """

    Scenario: A counter
      Given cache key "visits" is set to 41
      And cache key "visits" is increased by 1
      Then cache key "visits" is 42
      And cache key "visits" is "42"
      And cache key "visits" is "#? _ > 41"

    Scenario: Bytes
      Given cache key "thumbnail" is set to bytes "0x89504e4700ff"
      Then cache key "thumbnail" holds bytes "base64:iVBORwD/"

    Scenario: Keys come and go
      Given the cache receives keys:
        | key     | value         | expires in |
        | stock:1 | 5             | 10 minutes |
        | stock:2 | { "left": 7 } |            |
        | lock:1  | x             |            |
      Then the cache has 3 keys
      And the cache has 2 keys like "stock:*"
      And the cache has no keys like "session:*"
      And the cache has keys:
        | key     | type   | value.left |
        | stock:2 | string | 7          |
      And cache key "lock:1" exists
      And cache key "stock:1" expires in 9 to 10 minutes
      Given cache keys like "stock:*" are removed
      Then the cache has only these keys:
        | key    | value |
        | lock:1 | x     |
      Given cache key "lock:1" is removed
      Then cache key "lock:1" is absent
      And for 50 ms the cache has no keys
      Given cache key "last" is set to 1
      And the cache is emptied
      Then the cache has 0 keys

  Rule: Time to live

    Scenario: A window, a limit, never, and over
      Given cache key "long" expiring in 5 minutes is set to "x"
      And cache key "short" expiring in 30 ms is set to "x"
      And cache key "eternal" is set to "x"
      Then cache key "long" expires in 4 to 5 minutes
      And cache key "long" expires in 30 seconds to 5 minutes
      And cache key "long" expires within 5 minutes
      And cache key "eternal" never expires
      And within 5 seconds cache key "short" has expired

  Rule: Hashes, lists, sets, sorted sets and streams

    Scenario: A hash has fields
      Given cache key "user:1" expiring in 1 hour receives fields:
        | field   | value             |
        | name    | ada               |
        | logins  | 3                 |
        | address | { "city": "Oslo" } |
      Then cache key "user:1" is a hash
      And cache key "user:1" has 3 fields
      And cache key "user:1" has fields:
        | field  | value      |
        | logins | #? _ > 2   |
      And cache key "user:1" has fields:
        | field   | value.city |
        | address | Oslo       |
      And cache key "user:1" has only these fields:
        | field   | value    |
        | address | #object  |
        | logins  | 3        |
        | name    | ada      |
      And cache key "user:1" has no fields like:
        | field    |
        | password |
      And cache key "user:1" matches:
        """
        { "name": "ada" }
        """
      And cache key "user:1" expires within 1 hour

    Scenario: A list has items
      Given cache key "queue" receives items:
        | item             |
        | a                |
        | { "sku": "s-1" } |
        | " b "            |
      Then cache key "queue" is a list
      And cache key "queue" has items:
        | item |
        | a    |
      And cache key "queue" has items in order:
        | position | item  |
        | 0        | a     |
        | 2        | " b " |
      And cache key "queue" has items:
        | item.sku |
        | s-1      |
      And cache key "queue" has only these items in order:
        | item             |
        | a                |
        | { "sku": "s-1" } |
        | " b "            |

    Scenario: A set and a sorted set have members
      Given cache key "tags" receives members:
        | member |
        | new    |
        | hot    |
      And cache key "board" receives members:
        | member | score |
        | ada    | 120   |
        | grace  | 90.5  |
      Then cache key "tags" is a set
      And cache key "tags" is exactly:
        """
        ["hot", "new"]
        """
      And cache key "tags" has only these members:
        | member |
        | hot    |
        | new    |
      And cache key "board" is a sorted set
      And cache key "board" has 2 members
      And cache key "board" has only these members in order:
        | rank | member | score    |
        | 0    | grace  | 90.50    |
        | 1    | ada    | #? _ > 1 |

    Scenario: A stream has entries, and groups that read them
      Given consumer group "mailer" of cache key "audit" exists
      Then consumer group "mailer" of cache key "audit" has caught up
      Given cache key "audit" receives entries:
        | type    | order       |
        | created | { "id": 1 } |
        | paid    | { "id": 1 } |
      Then cache key "audit" is a stream
      And cache key "audit" has 2 entries
      And cache key "audit" has entries in order:
        | type    | order.id |
        | created | 1        |
        | paid    | 1        |
      And cache key "audit" has no entries like:
        | type      |
        | cancelled |

  Rule: Messages

    Scenario: A channel has the messages since it was listened to
      Given channel "order-updates" is listened to
      Then channel "order-updates" has no messages
      When channel "order-updates" receives a message:
        """
        { "orderId": 1, "status": "pending" }
        """
      And channel "order-updates" receives a message:
        """
        plain text
        """
      Then channel "order-updates" has a message:
        """
        { "orderId": 1, "status": "#string as status" }
        """
      And channel "order-updates" has messages:
        | message    |
        | plain text |
      And channel "order-updates" has only these messages in order:
        | message                                   |
        | { "orderId": 1, "status": "${status}" } |
        | plain text                                |
      And channel "order-updates" has 2 messages

    Scenario: Channels whose names nobody knows before
      Given channels like "order-*" are listened to
      Then channels like "order-*" have no messages
      When channel "order-7" receives a message:
        """
        { "status": "pending" }
        """
      And channel "stock" receives a message:
        """
        not of an order
        """
      And channel "order-8" receives a message:
        """
        plain text
        """
      Then channels like "order-*" have a message:
        """
        { "status": "#string as status" }
        """
      And channels like "order-*" have messages:
        | channel | message    |
        | order-8 | plain text |
      And channels like "order-*" have only these messages in order:
        | channel | message.status |
        | order-7 | ${status}      |
        | order-8 | #notpresent    |
      And channels like "order-*" have 2 messages

    Scenario: A channel has what a service publishes
      Given channel "stock" is listened to
      When I send POST "/channels/stock" to echo with body:
        """
        { "sku": "sku-01", "available": 3 }
        """
      Then the response status is 202
      And within 2 seconds channel "stock" has a message:
        """
        { "sku": "sku-01" }
        """

  Rule: What services do with the cache

    @orders
    Scenario: An order is read from the database once, and then from the cache
      Given table "users" of orders receives rows:
        | id                                   | username | email           |
        | 11111111-1111-4111-8111-111111111111 | ada      | ada@example.org |
      And table "orders" of orders receives rows:
        | id                                   | user_id                              | status    | total_cents |
        | 22222222-2222-4222-8222-222222222222 | 11111111-1111-4111-8111-111111111111 | confirmed | 1500        |
      And variable "orderId" is set to "22222222-2222-4222-8222-222222222222"
      And reads of the cache are watched
      When I send GET "/orders/${orderId}" to orders
      Then within 5 seconds cache key "order:${orderId}" equals the row of table "orders" where:
        | id         |
        | ${orderId} |
      And the last read of cache key "order:${orderId}" was a miss
      When I send GET "/orders/${orderId}" to orders
      Then the last read of cache key "order:${orderId}" was a hit
      And cache key "order:${orderId}" was read 2 times
