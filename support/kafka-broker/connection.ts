import { once } from 'node:events';
import type { Socket } from 'node:net';
import { dispatch } from './dispatcher';
import { pause } from './faults/pause';
import type { BrokerContext } from './handlers/request-context';
import { certificatePrincipal } from './sasl/certificate-principal';
import { Session } from './sasl/session';
import type { Node } from './state/nodes';
import { Signal } from './state/signal';
import { FrameSplitter } from './wire/frame-splitter';

/** socket.request.max.bytes of Kafka. */
const maxFrameBytes = 100 * 1024 * 1024;
/** No more is read ahead while a request is being served, and no more kept for a reader who is slow. */
const bufferLimit = 1024 * 1024;

/** One client's connection. Its requests are served one after the other, and answered in order, as by Kafka. */
export class Connection {
  readonly #socket: Socket;
  readonly #node: Node;
  readonly #broker: BrokerContext;
  readonly #log: (line: string) => void;
  readonly #splitter = new FrameSplitter(maxFrameBytes);
  readonly #disconnected = new Signal();
  readonly #peer: string;
  readonly #clientHost: string;
  readonly #session: Session;
  #serving = 'no request yet';
  #isBusy = false;

  /** @param log is told why a connection was ended from this side */
  constructor(socket: Socket, node: Node, broker: BrokerContext, log: (line: string) => void) {
    this.#socket = socket;
    this.#node = node;
    this.#broker = broker;
    this.#log = log;
    this.#peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#clientHost = `/${socket.remoteAddress}`;
    this.#session = new Session(broker.sasl, certificatePrincipal(socket));
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => {}); // 'close' follows: a client that went away is nothing to report
    socket.on('close', () => this.#disconnected.emit());
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#splitter.push(chunk);
    if (this.#isBusy) {
      if (this.#splitter.buffered > bufferLimit) this.#socket.pause();
      return;
    }
    this.#serveAll().catch((error: unknown) => this.#fail(error));
  }

  async #serveAll(): Promise<void> {
    this.#isBusy = true;
    for (let frame = this.#splitter.next(); frame; frame = this.#splitter.next()) {
      const goesOn = await this.#serve(frame);
      if (!goesOn || this.#socket.destroyed) return;
    }
    this.#isBusy = false;
    this.#socket.resume();
  }

  /** @returns whether the connection goes on */
  async #serve(frame: Buffer): Promise<boolean> {
    const origin = {
      clientHost: this.#clientHost,
      disconnected: this.#disconnected,
      node: this.#node,
      session: this.#session,
      note: (request: string) => {
        this.#serving = request;
      },
    };
    const { chunks, muteMs, ends } = await dispatch(frame, origin, this.#broker);
    if (this.#socket.destroyed) return false;
    if (chunks !== null) await this.#send(chunks);
    if (this.#session.hasFailed) this.#report('the authentication failed');
    if (ends) this.#socket.destroySoon();
    if (muteMs !== undefined) await pause(muteMs, { disconnected: this.#disconnected, broker: this.#broker });
    return !ends;
  }

  async #send(chunks: readonly Buffer[]): Promise<void> {
    this.#socket.cork();
    for (const chunk of chunks) this.#socket.write(chunk);
    this.#socket.uncork();
    if (this.#socket.writableLength > bufferLimit) await this.#drained();
  }

  async #drained(): Promise<void> {
    const abandoned = new AbortController();
    const unsubscribe = this.#disconnected.subscribe(() => abandoned.abort());
    await once(this.#socket, 'drain', { signal: abandoned.signal }).catch(() => {});
    unsubscribe();
  }

  /** Whatever went wrong ends this connection alone. */
  #fail(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#report(reason);
    this.#socket.destroy();
  }

  #report(reason: string): void {
    this.#log(`kafka-broker: connection of ${this.#peer} ended (${this.#serving}): ${reason}`);
  }
}
