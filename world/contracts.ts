import { resolve } from 'node:path';
import { OpenApiDocument } from '../support/contracts/openapi';
import { schemaOfContract } from '../support/contracts/plain-contract';
import { type ContractFault, schemaValidator, withPlainNumbers } from '../support/contracts/schema-validator';
import { BrineError } from '../support/errors';
import { jsonOrText, parseJson, renderValue } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';
import { fail, indented } from './expectations';
import { bodyOf, contextOf } from './http-responses';
import type { Cells } from './http-tables';
import { namedValue } from './values';

/** A value conforms to a JSON Schema, given as text. */
export async function expectSchema(
  world: AcceptanceWorld,
  what: string,
  text: string,
  place: string,
): Promise<void> {
  const validate = await schemaValidator(withPlainNumbers(parseJson(text, place)), place);
  report(what, place, validate(withPlainNumbers(namedValue(world, what))));
}

/** A value has the fields of a contract in plain words. */
export async function expectContract(world: AcceptanceWorld, what: string, contract: unknown): Promise<void> {
  const place = 'the contract of this step';
  const validate = await schemaValidator(schemaOfContract(contract, place), place);
  report(what, place, validate(withPlainNumbers(namedValue(world, what))));
}

/** The contract that a table of fields and types says. */
export function contractOf(rows: readonly Cells[]): unknown {
  const required = rows.filter(({ required: word = 'yes' }) => yesOrNo(word)).map(({ field = '' }) => field);
  const properties = Object.fromEntries(rows.map(({ field = '', type = '' }) => [field, type]));
  return { required, properties };
}

function yesOrNo(word: string): boolean {
  if (word === 'yes' || word === 'no') return word === 'yes';
  throw new BrineError('BRINE_STEP_002', {
    place: `the cell "${word}" of column "required"`,
    reason: 'it is neither yes nor no',
    advice: 'write yes or no; without that column every field is required',
  });
}

/**
 * The last response is as its operation of an OpenAPI document says.
 * @param file relative to the project; the one that the configuration gives its service unless given
 */
export async function expectOpenApi(world: AcceptanceWorld, file?: string): Promise<void> {
  const exchange = world.lastExchange;
  const { request, status, headers } = exchange;
  const named = documentOf(world, file);
  const document = await readDocument(world, named);
  const path = exchange.redirects.length === 0 ? request.path : new URL(exchange.url).pathname;
  const method = request.method;
  const faults = await document.faults({
    method,
    path,
    status,
    headers,
    body: withPlainNumbers(bodyOf(exchange)),
  });
  report('the response', `"${named}"`, faults, contextOf(exchange));
}

/**
 * The last request is as its operation of an OpenAPI document says.
 * @param file as of {@link expectOpenApi}
 */
export async function expectRequestOpenApi(world: AcceptanceWorld, file?: string): Promise<void> {
  const exchange = world.lastExchange;
  const { method, path, headers = {}, body } = exchange.request;
  const named = documentOf(world, file);
  const document = await readDocument(world, named);
  const sent =
    body === undefined || body === ''
      ? undefined
      : jsonOrText(Buffer.from(body as string | Uint8Array).toString('utf8'));
  const faults = await document.requestFaults({
    method,
    path,
    headers: inLowerCase(headers),
    body: withPlainNumbers(sent),
  });
  report('the request', `"${named}"`, faults, `the request was ${method} ${path}`);
}

/** All calls that an outside service received are as their operations of an OpenAPI document say. */
export async function expectCallsOpenApi(world: AcceptanceWorld, stub: string, file: string): Promise<void> {
  const { shown: received } = world.stub(stub);
  if (received.length === 0)
    fail(`outside service ${stub} received no calls, so there is nothing to compare`);
  const document = await readDocument(world, file);
  for (const [index, { method, path, headers, body }] of received.entries()) {
    const sent = body === '' ? undefined : withPlainNumbers(jsonOrText(body));
    const faults = await document.requestFaults({ method, path, headers, body: sent });
    report(`call ${index + 1} of outside service ${stub}`, `"${file}"`, faults, `it was ${method} ${path}`);
  }
}

function documentOf(world: AcceptanceWorld, file: string | undefined): string {
  const { service } = world.lastExchange;
  const named = file ?? world.configuration.services[service]?.openapi;
  if (named === undefined) throw noDocument(service);
  return named;
}

function readDocument(world: AcceptanceWorld, file: string): Promise<OpenApiDocument> {
  return OpenApiDocument.read(resolve(world.lane.projectDirectory, file));
}

function inLowerCase(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function noDocument(service: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `service "${service}"`,
    reason: 'no OpenAPI document is known of it',
    advice: `name it in the configuration, services.${service}.openapi, or in the step: the response conforms to OpenAPI document "openapi.yaml"`,
  });
}

function report(what: string, place: string, faults: readonly ContractFault[], context?: string): void {
  if (faults.length === 0) return;
  const lines = faults.map(({ path, reason, actual }) =>
    actual === undefined ? `${path}: ${reason}` : `${path}: ${reason}, was ${renderValue(actual)}`,
  );
  const message = `${what} does not conform to ${place}:\n${indented(lines.join('\n'))}`;
  fail(context === undefined ? message : `${message}\n${context}`);
}
