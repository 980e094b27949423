import type { DataTable } from '@cucumber/cucumber';
import type { AcceptanceWorld } from '../world/acceptance-world';
import {
  contractOf,
  expectCallsOpenApi,
  expectContract,
  expectOpenApi,
  expectRequestOpenApi,
  expectSchema,
} from '../world/contracts';
import { askAgain, assertMayAskAgain } from '../world/http-again';
import { rowsOf } from '../world/http-tables';
import { assertMayLookAgain, lookAgain } from '../world/values';
import type { StepDocumentation } from './catalogue';
import { stepsUsing } from './define';

const { assertion } = stepsUsing();
const ofValue: Pick<StepDocumentation, 'prepare' | 'again'> = {
  prepare: assertMayLookAgain,
  again: lookAgain,
};

assertion(
  '{value} conform(s) to JSON Schema:',
  {
    ...ofValue,
    doc: 'A value is valid against a JSON Schema: draft 2020-12, or draft 7 when its `$schema` says so. Formats are checked.',
    examples: [
      'Then the response body conforms to JSON Schema:\n  """\n  { "type": "object", "required": ["id"], "properties": { "id": { "type": "string", "format": "uuid" } } }\n  """',
    ],
  },
  async function (this: AcceptanceWorld, value: string, schema: string) {
    await expectSchema(this, value, schema, 'the JSON Schema of this step');
  },
);

assertion(
  '{value} conform(s) to JSON Schema from file {string}',
  {
    ...ofValue,
    doc: 'As above; the file lies in the test data folder (`testDataDir`).',
    examples: [
      'Then the response body conforms to JSON Schema from file "schemas/order.json"',
      'Then variable "order" conforms to JSON Schema from file "schemas/order.json"',
    ],
  },
  async function (this: AcceptanceWorld, value: string, file: string) {
    await expectSchema(this, value, this.testData(file), `the JSON Schema "${file}"`);
  },
);

assertion(
  '{value} conform(s) to contract:',
  {
    ...ofValue,
    doc: 'A contract in plain form: the fields that are `required`, and the types of `properties` (`string`, `number`, `integer`, `boolean`, `array`, `object`, `null`; `string|null` is either). Other fields may be there.',
    examples: [
      'Then the response body conforms to contract:\n  """\n  { "required": ["id", "status"], "properties": { "id": "string", "status": "string", "total": "number" } }\n  """',
    ],
  },
  async function (this: AcceptanceWorld, value: string, contract: string) {
    await expectContract(this, value, this.variables.json(contract, 'the contract of this step'));
  },
);

assertion(
  '{value} has/have fields:',
  {
    ...ofValue,
    doc: 'The same contract as a table: columns `field`, `type` and, where some may be missing, `required` (yes or no).',
    examples: [
      'Then the response body has fields:\n  | field  | type   | required |\n  | id     | string | yes      |\n  | coupon | string | no       |',
    ],
  },
  async function (this: AcceptanceWorld, value: string, table: DataTable) {
    const columns = { needed: ['field', 'type'], others: ['required'] };
    await expectContract(this, value, contractOf(rowsOf(this, table, 'the table of fields', columns)));
  },
);

assertion(
  'the response conforms to OpenAPI[ document {string}]',
  {
    prepare: assertMayAskAgain,
    again: askAgain,
    doc: 'The last response is as its operation says in an OpenAPI document (3.0 or 3.1): status, content type, headers and body. The document is that of its service (`services.<name>.openapi`), or the one named, relative to the project.',
    examples: [
      'Then the response conforms to OpenAPI',
      'Then the response conforms to OpenAPI document "api/orders.yaml"',
    ],
  },
  async function (this: AcceptanceWorld, document?: string) {
    await expectOpenApi(this, document);
  },
);

assertion(
  'the request conforms to OpenAPI[ document {string}]',
  {
    doc: 'The last request is as its operation says in an OpenAPI document: parameters in path, query and headers, content type and body. The document is that of its service, or the one named, relative to the project; it may refer to other files.',
    examples: [
      'Then the request conforms to OpenAPI',
      'Then the request conforms to OpenAPI document "api/orders.yaml"',
    ],
  },
  async function (this: AcceptanceWorld, document?: string) {
    await expectRequestOpenApi(this, document);
  },
);

assertion(
  'the calls of outside service {stub} conform to OpenAPI document {string}',
  {
    doc: 'Every request that the outside service received in this scenario is as its operation says: what a service under test asks of another is what that one understands. There must be one.',
    examples: [
      'Then the calls of outside service payments conform to OpenAPI document "contracts/payments.yaml"',
    ],
  },
  async function (this: AcceptanceWorld, stub: string, document: string) {
    await expectCallsOpenApi(this, stub, document);
  },
);
