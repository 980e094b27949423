import type { DataSource } from 'typeorm';
import type { App } from '../http/app';
import { HttpError } from '../http/http-error';
import { Reservation } from './reservation';

/** `GET /reservations/:orderId`: 404 for an order that never had any. */
export function reservationRoutes(app: App, database: DataSource): void {
  app.get('/reservations/:orderId', async (request) => {
    const { orderId } = request.params as { orderId: string };
    const reservations = orderId.includes('\0') ? [] : await reservationsOf(database, orderId);
    if (reservations.length === 0) throw new HttpError(404, `order ${orderId} has no reservations`);
    return { orderId, items: reservations.map(({ sku, quantity, status }) => ({ sku, quantity, status })) };
  });
}

function reservationsOf(database: DataSource, orderId: string): Promise<Reservation[]> {
  return database.manager.find(Reservation, { where: { orderId }, order: { sku: 'ASC' } });
}
