import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { contextOf } from '../../support/kafka-broker/wire/api-definition';
import { FrameSplitter } from '../../support/kafka-broker/wire/frame-splitter';
import { WireReader } from '../../support/kafka-broker/wire/reader';
import type { WireType } from '../../support/kafka-broker/wire/types';
import { WireWriter } from '../../support/kafka-broker/wire/writer';

interface Api<RequestIn, ResponseOut> {
  readonly key: number;
  readonly flexibleSince: number;
  readonly request: WireType<never, RequestIn>;
  readonly response: WireType<ResponseOut, never>;
}

/** A client that sends any request in any version, for what kafkajs does not do. */
export class RawClient implements Disposable {
  readonly socket: Socket;
  readonly #splitter = new FrameSplitter(1 << 27);
  #correlationId = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.#splitter.push(chunk));
    socket.on('error', () => {});
  }

  static async connect(address: string): Promise<RawClient> {
    const [host, port] = address.split(':');
    const socket = connect(Number(port), host);
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  async send<In, Out>(api: Api<In, Out>, version: number, request: In): Promise<Out> {
    const context = contextOf(api, version);
    const body = new WireWriter();
    api.request.write(body, request, context);
    const answer = await this.exchange(api.key, version, body.toBuffer(), context.flexible);
    const reader = new WireReader(answer);
    // The only flexible request offered is ApiVersions, whose answer has the old header.
    const response = api.response.read(reader, context);
    if (reader.remaining > 0) throw new Error(`${reader.remaining} bytes too many in the answer`);
    return response;
  }

  /** Sends bytes as a request; gives the body of the answer. */
  async exchange(key: number, version: number, body: Buffer, flexible: boolean): Promise<Buffer> {
    this.post(key, version, body, flexible);
    let frame = this.#splitter.next();
    while (!frame) {
      await once(this.socket, 'data', { signal: AbortSignal.timeout(5_000) });
      frame = this.#splitter.next();
    }
    if (frame.readInt32BE(0) !== this.#correlationId) throw new Error('an answer to another request');
    return frame.subarray(4);
  }

  /** Sends bytes as a request and does not wait. */
  post(key: number, version: number, body: Buffer, flexible = false): void {
    const frame = new WireWriter();
    const clientId = Buffer.from('raw');
    frame.int32(8 + 2 + clientId.length + (flexible ? 1 : 0) + body.length);
    frame.int16(key);
    frame.int16(version);
    frame.int32(++this.#correlationId);
    frame.int16(clientId.length);
    frame.raw(clientId);
    if (flexible) frame.int8(0);
    frame.raw(body);
    this.socket.write(frame.toBuffer());
  }

  /** Resolves when the broker has ended the connection. */
  async ended(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, 'close', { signal: AbortSignal.timeout(5_000) });
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
