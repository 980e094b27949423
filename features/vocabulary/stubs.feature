@vocabulary
Feature: The words for outside services

  The echo service hands what comes to `/partner/...` on to the outside service `partner`, which Brine plays.

  Rule: All requests alike

    Scenario: A status, a body, a delay, and no answer at all
      When I send GET "/partner/anything" to echo
      Then the response status is 200
      Given outside service partner responds with 503
      When I send GET "/partner/anything" to echo
      Then the response status is 503
      Given outside service partner responds with 402 and body:
        """
        { "error": "declined" }
        """
      When I send GET "/partner/anything" to echo
      Then the response status is 402
      And the response field "error" is "declined"
      Given outside service partner responds after 60 ms
      When I send GET "/partner/anything" to echo
      Then the response status is 200
      Given outside service partner drops connections
      When I send GET "/partner/anything" to echo
      Then the response status is 502
      And the response field "error" is "#regex ECONNRESET|UND_ERR_SOCKET"

    Scenario Outline: A connection that ends <where> of an answer
      Given outside service partner drops connections <where>
      When I send GET "/partner/anything" to echo
      Then the response status is 502
      And outside service partner received 1 call

      Examples:
        | where                     |
        | after the headers         |
        | in the middle of the body |

    Scenario: The bytes of a file
      Given outside service partner responds with 200 and body from file "dot.png"
      And outside service partner responds to GET "/items/{id}" with 203 and body from file "item.json"
      When I send GET "/partner/pictures/1" to echo
      Then the response header "content-type" is "image/png"
      When I send GET "/partner/items/1" to echo
      Then the response status is 203
      And the response header "content-type" is "application/json"

  Rule: Requests that are described

    Scenario: A path and a query as they are sent
      Given outside service partner responds to GET "/straße/a b/{id}?tag=b&tag=c" with 203
      And outside service partner responds to calls:
        """
        { "when": { "method": "post", "headers": { "X-Trace": "t-2" } }, "then": { "status": 200, "body": "plain" } }
        """
      When I send GET "/partner/stra%C3%9Fe/a%20b/x%2Fy?one=1&tag=b&tag=c" to echo
      Then the response status is 203
      Given the next request has header "x-trace" with value "t-2"
      When I send POST "/partner/charges" to echo
      Then the response header "content-type" is "text/plain; charset=utf-8"
      And outside service partner received only these calls in order:
        | path                                       | query.tag   |
        | /stra%C3%9Fe/a%20b/x%2Fy?one=1&tag=b&tag=c | ["b", "c"]  |
        | /charges                                   | #notpresent |

    Scenario: Each of many calls at once is counted
      Given outside service partner responds to POST "/charges" in turn:
        | status | times |
        | 409    | 2     |
        | 201    |       |
      When I send POST "/partner/charges" to echo 100 times at once
      Then exactly 2 responses have status 409 and the others 201
      And outside service partner received 100 calls

    Scenario: By method and path
      Given outside service partner responds to GET "/accounts/{id}" with 404
      And outside service partner responds to POST "/charges?dry=true" with 201 and body:
        """
        { "id": "${uuid}" }
        """
      When I send GET "/partner/accounts/7" to echo
      Then the response status is 404
      When I send POST "/partner/charges?dry=true&x=1" to echo with body:
        """
        { "amountCents": 100 }
        """
      Then the response status is 201
      And the response field "id" is "#uuid"

    Scenario: By what they hold, the last description first
      Given outside service partner responds with 200
      And outside service partner responds to calls:
        """
        [{ "when": { "path": "/charges" }, "then": { "status": 201, "headers": { "x-risk": "low" } } },
         { "when": { "method": "POST", "path": "/charges", "headers": { "x-trace": "t-1" }, "body": { "amountCents": "#? _ > 10000" } },
           "then": { "status": 402, "body": { "error": "too much" }, "after": "10 ms" } }]
        """
      When I send POST "/partner/charges" to echo with body:
        """
        { "amountCents": 20000 }
        """
      Then the response status is 201
      And the response header "x-risk" is "low"
      Given the next request has header "x-trace" with value "t-1"
      When I send POST "/partner/charges" to echo with body:
        """
        { "amountCents": 20000 }
        """
      Then the response status is 402
      When I send GET "/partner/else" to echo
      Then the response status is 200

    Scenario: Answers in turn, for a caller that tries again
      Given outside service partner responds to POST "/charges" in turn:
        | status  | times | after | header X-Attempt | body            |
        | dropped | 1     |       |                  |                 |
        | 503     | 2     | 5 ms  | failed           |                 |
        | 201     |       |       | done             | { "id": "c-1" } |
      And all requests have headers:
        | name       | value |
        | x-attempts | 4     |
        | x-pause    | 60    |
      When I send POST "/partner/charges" to echo with body:
        """
        { "orderId": "o-1" }
        """
      Then the response status is 201
      And the response header "x-attempt" is "done"
      And outside service partner received 4 calls
      And the calls of outside service partner came at least 40 ms apart
      And outside service partner received only these calls in order:
        | method | path     | body.orderId | status  |
        | POST   | /charges | o-1          | dropped |
        | POST   | /charges | o-1          | 503     |
        | POST   | /charges | o-1          | 503     |
        | POST   | /charges | o-1          | 201     |

  Rule: What was received

    Scenario: Calls, by what they hold
      Given the next request has header "x-trace" with value "t-7"
      When I send POST "/partner/charges?retry=1" to echo with body:
        """
        { "orderId": "o-1", "amountCents": 1890 }
        """
      And I send GET "/partner/charges/1" to echo
      Then outside service partner received 2 calls
      And outside service partner received a call like:
        """
        { "method": "POST", "path": "/charges?retry=1", "query": { "retry": "1" }, "headers": { "X-Trace": "t-7" },
          "body": { "orderId": "#string as orderId", "amountCents": "#number" } }
        """
      And outside service partner received 1 call like:
        """
        { "body": { "orderId": "${orderId}" } }
        """
      And outside service partner received these calls in order:
        | method | path       | query.retry | headers.X-Trace |
        | POST   | #present   | 1           | t-7             |
        | GET    | /charges/1 | #notpresent | #ignore         |
      And outside service partner received no calls like:
        """
        { "method": "DELETE" }
        """
      And for 50 ms outside service payments received no calls
