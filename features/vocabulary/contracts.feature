@vocabulary
Feature: Contracts

  Scenario: JSON Schema, draft 2020-12 in the step and draft 7 from a file
    When I send GET "/books/1" to echo
    Then the response body conforms to JSON Schema:
      """
      {
        "type": "object",
        "required": ["id", "title"],
        "properties": { "published": { "format": "date" } },
        "unevaluatedProperties": { "type": "integer" },
        "patternProperties": { "^title$": { "type": "string" } }
      }
      """
    And the response body conforms to JSON Schema from file "book.schema.json"

  Scenario: A contract in plain form
    When I send GET "/books/1" to echo
    Then the response body conforms to contract:
      """
      { "required": ["id", "title"], "properties": { "id": "integer", "title": "string" } }
      """
    And the response body has fields:
      | field  | type    | required |
      | id     | integer | yes      |
      | title  | string  | yes      |
      | coupon | string  | no       |

  Scenario Outline: The operation of an OpenAPI document, book <id>
    When I send GET "/books/<id>" to echo
    Then the response conforms to OpenAPI
    And the response conforms to OpenAPI document "features/vocabulary/service/openapi.yaml"

    Examples:
      | id |
      | 1  |
      | 9  |

  Scenario: What is asked, of a document in several files
    When I send POST "/books?draft=true" to echo with body:
      """
      { "title": "On salt", "author": { "name": "Ada", "teacher": { "name": "Grace" } } }
      """
    Then the request conforms to OpenAPI
    And the response conforms to OpenAPI

  Scenario: What a service asks of an outside service
    Given outside service partner responds to POST "/books" with 201
    When I send POST "/partner/books?draft=false" to echo with body:
      """
      { "title": "On water", "author": { "name": "Ada" } }
      """
    Then the calls of outside service partner conform to OpenAPI document "features/vocabulary/service/openapi.yaml"

  Scenario: What was remembered
    When I send GET "/items" to echo
    And I remember the response field "items[0]" as "item"
    Then variable "item" conforms to contract:
      """
      { "required": ["id"], "properties": { "id": "integer", "name": "string" } }
      """
