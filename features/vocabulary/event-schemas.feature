@vocabulary
Feature: Schemas of events

  Values in Avro, Protobuf and JSON Schema, in the wire format of Confluent. What bears a schema is decoded, so that all that
  can be said of events can be said of these. The registry is embedded here: `kafka.schemaRegistry: 'embedded'`.

  Scenario: A value in Avro
    When topic "avro_orders" receives an event of schema "order.avsc" with key "o-1":
      """
      {
        "id": "o-1",
        "total": 12.50,
        "placed_at": "2026-11-29T10:15:30Z",
        "serial": 9007199254740993,
        "payment": { "code": "SALT" }
      }
      """
    Then topic "avro_orders" has an event with key "o-1":
      """
      {
        "id": "o-1",
        "total": 12.5,
        "placed_at": "2026-11-29T10:15:30.000Z",
        "serial": 9007199254740993,
        "coupon": null,
        "payment": { "code": "SALT" },
        "state": "NEW"
      }
      """
    And topic "avro_orders" has an event of schema "shop.Order" with key "o-1"
    And topic "avro_orders" has events:
      | key | value.total | value.payment.code | schema.subject    | schema.version | schema.type |
      | o-1 | 12.50       | SALT               | avro_orders-value | 1              | AVRO        |

  Scenario: A value in Protobuf, of a message of a file that imports another
    When topic "proto_orders" receives an event of schema "order.proto#OrderPlaced" with key "o-1":
      """
      {
        "order_id": "o-1",
        "lines": [{ "sku": "salt", "quantity": 2 }],
        "total": { "cents": 1250, "currency": "EUR" },
        "state": "PAID",
        "placed_at": "2026-11-29T10:15:30Z",
        "voucher": "SALT"
      }
      """
    Then topic "proto_orders" has an event of schema "shop.OrderPlaced"
    And topic "proto_orders" has an event with key "o-1":
      """
      {
        "order_id": "o-1",
        "lines": [{ "sku": "salt", "quantity": 2 }],
        "total": { "cents": 1250, "currency": "EUR" },
        "state": "PAID",
        "placed_at": "2026-11-29T10:15:30.000Z",
        "card_last4": "#notpresent",
        "voucher": "SALT",
        "serial": 0
      }
      """

  Scenario: A value in JSON with a JSON Schema
    When topic "json_orders" receives an event of schema "order.schema.json":
      """
      { "id": "o-1", "total": 12.5 }
      """
    Then topic "json_orders" has an event of schema "Order"
    And topic "json_orders" has an event:
      """
      { "id": "#string as orderId", "total": 12.5 }
      """

  Scenario Outline: A schema that refers to another file, <file>
    When topic "<topic>" receives an event of schema "<file>":
      """
      { "id": "b-1", "total": { "cents": 1250 } }
      """
    Then topic "<topic>" has an event of schema "<name>"
    And topic "<topic>" has an event:
      """
      { "id": "b-1", "total": { "cents": 1250 } }
      """
    And subject "<subject>" has 1 version
    And the events of topic "<topic>" conform to schema "<file>"

    Examples:
      | topic      | file             | name      | subject           |
      | avro_bills | bill.avsc        | shop.Bill | shop.Money        |
      | json_bills | bill.schema.json | Bill      | money.schema.json |

  Scenario: Several values at once, and one by the newest schema of the topic
    Given schema "order.avsc" is registered for topic "avro_orders"
    When topic "avro_orders" receives events of schema "order.avsc":
      | key | value.id | value.total | value.placed_at      |
      | a   | o-1      | 1.00        | 2026-11-29T10:00:00Z |
      | b   | o-2      | 2.00        | 2026-11-29T11:00:00Z |
    And topic "avro_orders" receives an event of its registered schema with key "c":
      """
      { "id": "o-3", "total": 3, "placed_at": "2026-11-29T12:00:00Z" }
      """
    Then topic "avro_orders" has only these events:
      | key | value.id | value.total | value.placed_at          |
      | a   | o-1      | 1           | 2026-11-29T10:00:00.000Z |
      | b   | o-2      | 2           | 2026-11-29T11:00:00.000Z |
      | c   | o-3      | 3           | 2026-11-29T12:00:00.000Z |
    And subject "avro_orders-value" has 1 version

  Scenario Outline: What a service publishes in <format>, through a client of the registry
    When I send POST "/orders/<format>" to echo with body:
      """
      { "id": "${uuid}" }
      """
    And the response field "id" is "#uuid as orderId"
    Then within 5 seconds topic "service_<format>" has an event with key "${orderId}":
      """
      { "id": "${orderId}", "total": 12.5 }
      """
    And topic "service_<format>" has an event of schema "<name>" with key "${orderId}"
    And the events of topic "service_<format>" with key "${orderId}" conform to schema "<file>"

    Examples:
      | format   | name        | file                 |
      | avro     | shop.Placed | placed.avsc          |
      | protobuf | shop.Placed | placed.proto         |
      | json     | Placed      | placed.schema.json   |

  Scenario Outline: A key by a schema, <schema>
    Given variable "customer" is set to "c-${uuid}"
    And the next event has a key of schema "<schema>":
      """
      { "customer": "${customer}", "number": 9007199254740993 }
      """
    When topic "keyed_orders" receives an event:
      """
      { "total": 12.5 }
      """
    Then topic "keyed_orders" has an event with key '{ "number": 9007199254740993, "customer": "${customer}" }':
      """
      { "total": 12.5 }
      """
    And topic "keyed_orders" has an event where "key.customer" is "${customer}":
      """
      { "total": 12.5 }
      """
    And topic "keyed_orders" has events:
      | key.customer | key.number       | value.total |
      | ${customer}  | 9007199254740993 | 12.5        |
    Given the next event has a key of schema "<schema>":
      """
      { "customer": "${customer}", "number": 9007199254740993 }
      """
    When topic "keyed_orders" receives an event with key "another":
      """
      { "total": 1 }
      """
    And topic "keyed_orders" receives the published event 1 more time
    Then topic "keyed_orders" has 2 events with key "another"

    Examples:
      | schema                |
      | order-key.avsc        |
      | order-key.proto       |
      | order-key.schema.json |

  Scenario: Plain JSON may be held against a schema, too
    When topic "plain_orders" receives an event:
      """
      { "id": "o-1", "total": 12.5 }
      """
    Then the events of topic "plain_orders" conform to schema "order.schema.json"
    And the events of topic "plain_orders" conform to schema "placed.avsc"
    And the events of topic "plain_orders" conform to schema "placed.proto"

  Scenario: A new schema is compatible with the registered one
    Given schema "order.avsc" is registered for topic "avro_orders"
    And schema "order.proto" is registered as subject "shop.OrderPlaced"
    And subject "avro_orders-value" demands "BACKWARD" compatibility
    Then schema "order-v2.avsc" is compatible with subject "avro_orders-value"
    And schema "order-v2.avsc" is backward compatible with subject "avro_orders-value"
    And schema "order-v2.avsc" is fully compatible with subject "avro_orders-value"
    And schema "order.proto" is forward compatible with subject "shop.OrderPlaced"

  Scenario: A new JSON Schema is compatible with the registered one
    Given schema "item.schema.json" is registered as subject "shop.Item"
    And subject "shop.Item" demands "FULL_TRANSITIVE" compatibility
    Then schema "item.schema.json" is fully compatible with subject "shop.Item"
    And schema "item-v2.schema.json" is backward compatible with subject "shop.Item"
    And schema "item-v2.schema.json" is compatible with subject "shop.Item"

  Scenario: What steps have registered is taken back after the scenario
    Given schema "order-v2.avsc" is registered for topic "avro_orders"
    Then subject "avro_orders-value" has 1 version
