import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface Certificates {
  readonly ca: Certificate;
  readonly server: Certificate;
  readonly client: Certificate;
}

/** An authority, and certificates by it for 127.0.0.1 and for a client named alice: made by openssl, good for a day. */
export async function makeCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'brine-certificates-'));
  try {
    const ca = await make(folder, 'ca', ['-subj', '/CN=Authority']);
    const by = ['-CA', join(folder, 'ca.cert'), '-CAkey', join(folder, 'ca.key')];
    const host = ['-subj', '/CN=broker', '-addext', 'subjectAltName=IP:127.0.0.1', ...by];
    const client = ['-subj', '/O=Brine/CN=alice', ...by];
    return { ca, server: await make(folder, 'server', host), client: await make(folder, 'client', client) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function make(folder: string, name: string, args: readonly string[]): Promise<Certificate> {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.cert`)];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const out = ['-nodes', '-days', '1', '-keyout', key, '-out', cert];
  await run('openssl', ['req', '-x509', ...curve, ...out, ...args]);
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}
