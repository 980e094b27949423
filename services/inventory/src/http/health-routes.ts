import type { App } from './app';

/** Answers whether one dependency can be used now; never throws. */
export type ReadinessCheck = () => boolean | Promise<boolean>;

/** `GET /health`: 200 when every dependency is ready, else 503; both say which is and which is not. */
export function healthRoutes(app: App, checks: Record<string, ReadinessCheck>): void {
  app.get('/health', async (_request, reply) => {
    const ready = await Promise.all(Object.values(checks).map((check) => check()));
    const states = Object.keys(checks).map((name, index) => [name, ready[index] ? 'ready' : 'not ready']);
    const ok = ready.every(Boolean);
    return reply.status(ok ? 200 : 503).send({
      status: ok ? 'ok' : 'unavailable',
      service: 'inventory',
      ...Object.fromEntries(states),
    });
  });
}
