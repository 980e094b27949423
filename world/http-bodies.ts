import { basename, extname } from 'node:path';
import type { DataTable } from '@cucumber/cucumber';
import { BrineError } from '../support/errors';
import { stringifyJson } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';
import { pairsOf, rowsOf } from './http-tables';

/** A body to be sent, with its media type. */
export interface OutgoingBody {
  readonly body: string | Uint8Array;
  readonly headers: Readonly<Record<'content-type', string>>;
}

/** The text of JSON of a step or file, with `${...}` filled. */
export function bodyText(world: AcceptanceWorld, text: string, place: string): string {
  return stringifyJson(world.variables.json(text, place));
}

export function jsonBody(world: AcceptanceWorld, text: string, place = 'the body of the request') {
  return as('application/json', bodyText(world, text, place));
}

/** Text as it stands, `${...}` filled. */
export function textBody(world: AcceptanceWorld, text: string): OutgoingBody {
  return as('application/json', world.variables.text(text, 'the text of the request'));
}

/** What a browser sends of a form without files. */
export function formBody(world: AcceptanceWorld, table: DataTable): OutgoingBody {
  const pairs = pairsOf(world, table, 'the table of a form');
  const form = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value]));
  return as('application/x-www-form-urlencoded', form.toString());
}

/** The bytes of a file, as the media type that its name tells. */
export function fileBody(world: AcceptanceWorld, file: string): OutgoingBody {
  return as(mediaTypeOf(file), world.testBytes(file));
}

/** What a browser sends of a form with files: fields have a value, files the name of a file. */
export async function multipartBody(world: AcceptanceWorld, table: DataTable): Promise<OutgoingBody> {
  const columns = { needed: ['name'], others: ['value', 'file', 'type'] };
  const form = new FormData();
  for (const { name = '', value = '', file = '', type = '' } of rowsOf(world, table, 'the form', columns)) {
    if (file !== '' && value !== '') throw bothGiven(name);
    if (file === '') form.append(name, type === '' ? value : new Blob([value], { type }));
    else form.append(name, fileOf(world, file, type), basename(file));
  }
  const encoded = new Response(form);
  const body = Buffer.from(await encoded.arrayBuffer());
  return as(encoded.headers.get('content-type') ?? 'multipart/form-data', body);
}

function fileOf(world: AcceptanceWorld, file: string, type: string): Blob {
  return new Blob([new Uint8Array(world.testBytes(file))], { type: type === '' ? mediaTypeOf(file) : type });
}

function bothGiven(name: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `the part "${name}" of the form`,
    reason: 'it has both a value and a file',
    advice: 'leave one of the cells empty',
  });
}

function as(type: string, body: string | Uint8Array): OutgoingBody {
  return { body, headers: { 'content-type': type } };
}

const mediaTypes: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.html': 'text/html',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.webp': 'image/webp',
  '.xml': 'application/xml',
  '.yaml': 'application/yaml',
  '.yml': 'application/yaml',
  '.zip': 'application/zip',
};

function mediaTypeOf(file: string): string {
  return mediaTypes[extname(file).toLowerCase()] ?? 'application/octet-stream';
}
