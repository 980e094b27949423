import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { isUnavailable } from '../database/postgres-errors';
import type { Logger } from '../logger';
import { HttpError } from './http-error';

export type App = FastifyInstance;

/**
 * A Fastify application without routes. Its errors are JSON with an `error` text, whatever went wrong, and
 * each request leaves one log line. Until `isStarted` all but `/health` is answered with 503.
 */
export function createApp(logger: Logger, isStarted: () => boolean): App {
  const app: App = fastify({ forceCloseConnections: 'idle' });
  acceptEmptyBodies(app);
  app.setErrorHandler<FastifyError | HttpError>((error, _request, reply) => {
    const { status, body } = describe(error);
    if (status === 500) logger.error({ err: error }, 'request failed');
    return reply.status(status).send(body);
  });
  app.setNotFoundHandler((request, reply) =>
    reply.status(404).send({ error: `no such route: ${request.method} ${request.url}` }),
  );
  app.addHook('onRequest', async (request) => {
    if (request.url !== '/health' && !isStarted()) throw new HttpError(503, 'the service is starting');
  });
  app.addHook('onResponse', async (request, reply) => {
    const level = request.url === '/health' ? 'debug' : 'info';
    const { method, url } = request;
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    logger[level]({ method, url, status: reply.statusCode, ms }, `${method} ${url} ${reply.statusCode}`);
  });
  return app;
}

/** Many clients name JSON as the content type of every request; Fastify refuses that without a body. */
function acceptEmptyBodies(app: App): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parseJson(request, body, done);
  });
}

function describe(error: FastifyError | HttpError): { status: number; body: object } {
  if (error instanceof HttpError) {
    return { status: error.statusCode, body: { error: error.message } };
  }
  if (isUnavailable(error)) return { status: 503, body: { error: 'the database is unavailable' } };
  const status = error.statusCode ?? 500;
  return { status, body: { error: status < 500 ? error.message : 'internal error' } };
}
