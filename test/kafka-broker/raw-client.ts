import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { contextOf } from '../../support/kafka-broker/wire/api-definition';
import { FrameSplitter } from '../../support/kafka-broker/wire/frame-splitter';
import { WireReader } from '../../support/kafka-broker/wire/reader';
import { taggedFields } from '../../support/kafka-broker/wire/struct';
import type { WireType } from '../../support/kafka-broker/wire/types';
import { WireWriter } from '../../support/kafka-broker/wire/writer';

interface Api<RequestIn, ResponseOut> {
  readonly key: number;
  readonly flexibleSince: number;
  readonly request: WireType<unknown, RequestIn>;
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
    if (context.flexible && api.key !== 18) taggedFields.read(reader); // the header of a flexible answer
    const response = api.response.read(reader, context);
    if (reader.remaining > 0) throw new Error(`${reader.remaining} bytes too many in the answer`);
    return response;
  }

  /** Sends bytes as a request; gives the body of the answer. */
  async exchange(key: number, version: number, body: Buffer, flexible: boolean): Promise<Buffer> {
    const correlationId = this.post(key, version, body, flexible);
    const frame = await this.nextAnswer();
    if (frame.readInt32BE(0) !== correlationId) throw new Error('an answer to another request');
    return frame.subarray(4);
  }

  /** The next answer, which begins with its correlation id. */
  async nextAnswer(): Promise<Buffer> {
    for (;;) {
      const frame = this.#splitter.next();
      if (frame) return frame;
      await this.#moreData();
    }
  }

  /** Sends bytes as a request and does not wait. Gives its correlation id. */
  post(key: number, version: number, body: Buffer, flexible = false): number {
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
    return this.#correlationId;
  }

  /** Resolves when the broker has ended the connection. */
  async ended(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, 'close', { signal: AbortSignal.timeout(5_000) });
  }

  #moreData(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => () => {
        this.socket.off('data', onData).off('close', onClose);
        act();
      };
      const onData = settle(resolve);
      const onClose = settle(() => reject(new Error('the broker ended the connection')));
      this.socket.on('data', onData).on('close', onClose);
    });
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
