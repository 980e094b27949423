import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** "User:" and the distinguished name of the client's certificate, the most special part first, as Kafka has it (RFC 2253). */
export function certificatePrincipal(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate();
  if (subject === undefined) return undefined;
  const parts = Object.entries(subject).flatMap(([name, value]) =>
    [value].flat().map((each) => `${name}=${each}`),
  );
  return `User:${parts.reverse().join(',')}`;
}
