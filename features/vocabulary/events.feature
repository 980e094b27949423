@events @vocabulary
Feature: The words for events

  Every step of the events family at least once. A scenario sees the events that came since it began.

  Rule: Publishing

    Scenario: A value in the step, with a key, headers and a partition
      Given topic "placed-orders" exists with 3 partitions
      And variable "orderId" is set to "${uuid}"
      When topic "placed-orders" receives an event with key "${orderId}" and header "trace" "t-${orderId}" on partition 2:
        """
        { "type": "order_created", "orderId": "${orderId}", "total": 12345678901234567890, "text": "žluťoučký 🐎" }
        """
      Then the published event matches:
        """
        { "topic": "placed-orders", "partition": 2, "offset": "#number" }
        """
      And topic "placed-orders" has an event with key "${orderId}":
        """
        { "type": "order_created", "total": 12345678901234567890, "text": "žluťoučký 🐎" }
        """
      And topic "placed-orders" has an event with header "trace" "t-${orderId}" on partition 2

    Scenario: Many headers
      Given the next event has headers:
        | name       | value         |
        | event-type | order_created |
        | tag        | a             |
        | tag        | b             |
      When topic "orders" receives an event with header "trace" "t-1":
        """
        { "n": 1 }
        """
      And topic "orders" receives an event:
        """
        { "n": 2 }
        """
      Then topic "orders" has only these events in order:
        | value.n | headers.event-type | headers.trace | headers.tag |
        | 1       | order_created      | t-1           | ["a", "b"]  |
        | 2       | #notpresent        | #notpresent   | #notpresent |
      And topic "orders" has 1 event with header "tag" "b"
      And topic "orders" has 1 event with header "tag" "#notpresent"

    Scenario: Values from files
      Given variable "orderId" is set to 7
      When topic "orders" receives an event with key "o-7" from file "order-created.json"
      And topic "pictures" receives an event with key "dot" with bytes from file "dot.png"
      Then topic "orders" has an event with key "o-7" from file "order-created.json"
      And topic "orders" has an event that is exactly the file "order-created.json"
      And topic "orders" has 1 event matching file "order-created.json"
      And topic "pictures" has no event matching file "order-created.json"
      And topic "pictures" has 1 event with key "dot"

    Scenario: Keys in JSON
      Given the next event has the key:
        """
        { "customer": "c-1", "regions": ["eu", "us"] }
        """
      When topic "prices" receives an event:
        """
        { "price": 1 }
        """
      And topic "prices" receives events:
        | key.customer | key.number  | value.price |
        | c-2          | 7           | 2           |
        | "7"          | #notpresent | 3           |
      Then topic "prices" has events in order:
        | key.customer | key.regions[0] | key.number  | value.price |
        | c-1          | eu             | #notpresent | 1           |
        | c-2          | #notpresent    | 7           | 2           |
        | "7"          | #notpresent    | #notpresent | 3           |
      And topic "prices" has an event with key '{ "regions": ["eu", "us"], "customer": "c-1" }' where "value.price" is 1
      And topic "prices" has no events with key '{ "customer": "c-1" }'
      And topic "prices" has an event where "key" is '{ "customer": "c-2", "number": 7 }'
      Given the next event has the key:
        """
        { "customer": "c-1" }
        """
      When topic "prices" receives a tombstone with header "reason" "gone"
      Then topic "prices" has a tombstone with key '{"customer":"c-1"}'

    Scenario: Text, bytes and tombstones
      When topic "prices" receives an event:
        """
        no JSON at all
        """
      And topic "prices" receives an event with key "sku-01" with bytes "0x00ff"
      And topic "prices" receives an event with bytes "base64:AP8="
      And topic "prices" receives an event with key "empty" with bytes "0x"
      And topic "prices" receives a tombstone with key "sku-01" and header "reason" "sold out"
      Then topic "prices" has an event with key null that is exactly:
        """
        "no JSON at all"
        """
      And topic "prices" has an event with key null of text:
        """
        no JSON at all
        """
      And topic "prices" has an event with key "sku-01" of bytes "base64:AP8="
      And topic "prices" has an event with key "empty" of bytes "0x"
      And topic "prices" has a tombstone with key "sku-01" and header "reason" "sold out"
      And topic "prices" has only these events:
        | key    | value          | headers.reason |
        | null   | no JSON at all | #notpresent    |
        | sku-01 | 0x00ff         | #notpresent    |
        | null   | 0x00ff         | #notpresent    |
        | empty  |                | #notpresent    |
        | sku-01 | null           | sold out       |

    Scenario: Tables of events
      When topic "orders" receives events:
        | key  | value.type | value.user.name | headers.trace | partition |
        | a    | created    | ada             | t-1           | 0         |
        | null | paid       | #notpresent     | #notpresent   | 0         |
      And topic "orders" receives events as columns:
        | key   | a                   | a    |
        | value | { "type": "moved" } | null |
      Then topic "orders" has only these events in order:
        | key  | value                                       | headers.trace |
        | a    | { "type": "created", "user": {"name": "ada"} } | t-1        |
        | null | { "type": "paid", "user": "#notpresent" }   | #notpresent   |
        | a    | { "type": "moved" }                         | #notpresent   |
        | a    | null                                        | #notpresent   |
      And topic "orders" has events as columns:
        | key        | a     |
        | value.type | moved |

    Scenario: Events of files, and in other formats
      When topic "orders" receives events from file "events.json"
      And topic "orders" receives events as YAML:
        """
        - key: c
          value: { type: cancelled }
        """
      Then topic "orders" has events from file "events.csv"
      And topic "orders" has a tombstone with key "a"
      And topic "orders" has events as JSON:
        """
        [{ "key": "c", "value": { "type": "cancelled" } }, { "key": "b" }]
        """
      And topic "orders" has events with key "a" in order as YAML:
        """
        - headers: { trace: t-1 }
        - value: null
        """
      And topic "orders" has only these events with key "b" from file "events-of-b.csv"
      And topic "orders" has events in order from file "events.csv"
      And topic "orders" has only these events with key "b" in order from file "events-of-b.csv"
      And topic "orders" has only these events with key "c" as JSON:
        """
        [{ "value": { "type": "cancelled" } }]
        """
      And topic "orders" has only these events in order as CSV:
        """
        key,value.type
        a,created
        b,created
        a,#notpresent
        c,cancelled
        """

    Scenario: Many events, and the same one again
      When topic "orders" receives 250 events with key "order-${number}":
        """
        { "eventId": "${uuid}", "n": ${number} }
        """
      Then topic "orders" has 250 events
      And each event of topic "orders" has its own "value.eventId"
      And topic "orders" has an event with key "order-250" where "value.n" is 250
      And topic "orders" has no duplicate events
      When topic "orders" receives the published event 2 more times
      Then topic "orders" has 3 events with key "order-250"

  Rule: Which events are meant

    Background:
      When topic "orders" receives events:
        | key | value.type | value.items              | headers.trace |
        | a   | created    | [{ "sku": "1", "n": 1 }] | t-1           |
        | b   | created    | [{ "sku": "2", "n": 2 }] | t-2           |
        | a   | paid       | []                       | t-3           |

    Scenario: By key, header, partition, or a path
      Then topic "orders" has 2 events with key "a"
      And topic "orders" has 1 event with key "a" and header "trace" "t-3"
      And topic "orders" has 2 events where "value.type" is "created"
      And topic "orders" has 1 event where "$.items[0].n" is 2
      And topic "orders" has 1 event where "value.items[0].n" is "#? _ > 1"
      And topic "orders" has 1 event where "headers.trace" is "t-1" and "value.type" is "created"
      And topic "orders" has no events on partition 9
      And topic "orders" has no events with key "c"

    Scenario: By their values
      Then topic "orders" has 2 events matching:
        """
        { "type": "created" }
        """
      And topic "orders" has 1 event with key "a" matching:
        """
        { "type": "created" }
        """
      And topic "orders" has 2 events like:
        | key | value.type | headers.trace |
        | a   | created    | #regex t-.    |
        | b   | #string    | t-2           |
      And topic "orders" has no event with key "b" matching:
        """
        { "type": "paid" }
        """
      And for 50 ms topic "orders" has no event like:
        | key | value.type |
        | b   | paid       |
      And each event with key "a" of topic "orders" matches:
        """
        { "type": "#string", "items": "#array" }
        """

    Scenario: What is found is kept
      Then topic "orders" has an event with key "#string as key" where "value.type" is "paid":
        """
        { "items": "#[0] as items" }
        """
      And variable "key" is "a"
      When I remember "headers.trace" of the event with key "b" of topic "orders" as "trace"
      And I remember "value" of the last event with key "a" of topic "orders" as "last"
      Then variable "trace" is "t-2"
      And variable "last" conforms to contract:
        """
        { "required": ["type"], "properties": { "type": "string", "items": "array" } }
        """
      And topic "orders" has an event with header "trace" "${trace}"

  Rule: Order, duplicates and partitions

    Scenario: The order of a key
      Given topic "steps" exists with 4 partitions
      When topic "steps" receives events:
        | key | value.n |
        | a   | 1       |
        | b   | 1       |
        | a   | 2       |
        | c   | 1       |
        | a   | 3       |
      Then topic "steps" has events with key "a" in order:
        | value.n |
        | 1       |
        | 3       |
      And topic "steps" has only these events with key "a" in order:
        | value.n |
        | 1       |
        | 2       |
        | 3       |
      And topic "steps" has only these events with key "b":
        | value.n |
        | 1       |
      And topic "steps" has events with key "a" on 1 partition
      And topic "steps" has the events of each key on one partition
      And each event with key "a" of topic "steps" has its own "value.n"

    Scenario: On many partitions
      Given topic "parts" exists with 3 partitions
      When topic "parts" receives events:
        | value | partition |
        | x     | 0         |
        | y     | 1         |
        | z     | 2         |
      Then topic "parts" has events on 3 partitions
      And topic "parts" has an event on partition 1 that is exactly:
        """
        "y"
        """

  Rule: Consumers

    Scenario: The answer to a letter
      Given variable "id" is set to "${uuid}"
      When topic "letters" receives an event with key "ada":
        """
        { "id": "${id}" }
        """
      Then within 5 seconds topic "answers" has an event with key "ada":
        """
        { "answerTo": "${id}" }
        """
      And within 5 seconds consumer group "listener" has caught up
      And within 5 seconds consumer group "listener" has caught up on topic "letters"
      And topic "letters.dlq" has no events

    Scenario: What cannot be read is a dead letter
      When topic "letters" receives an event with key "poison":
        """
        no letter
        """
      Then within 5 seconds dead-letter topic "letters.dlq" has the event with key "poison" of topic "letters"
      And dead-letter topic "letters.dlq" has the event of topic "letters" with headers:
        | name           | value                           |
        | original-topic | #regex .*letters                |
        | error          | #regex SyntaxError.* as error   |
      And for 100 ms topic "answers" has no events
