import { type Clock, systemClock } from '../../../time';
import type { ServiceClock } from './contract';

/** The clock of one service in this process, as steps set it. Its timers are the machine's: they know nothing of it. */
export class SettableClock implements ServiceClock {
  /** Where it stands; undefined while it runs. */
  private standing: number | undefined;
  /** Milliseconds that it is ahead of the machine's while it runs. */
  private ahead = 0;

  constructor(private readonly machine: Pick<Clock, 'now'> = systemClock) {}

  readonly now = (): Date => new Date(this.standing ?? this.machine.now().getTime() + this.ahead);

  /** It shows this moment until it is told something else. */
  standAt(moment: Date): void {
    this.standing = moment.getTime();
  }

  /** It shows this moment now, and runs. */
  runFrom(moment: Date): void {
    this.standing = undefined;
    this.ahead = moment.getTime() - this.machine.now().getTime();
  }

  /** It shows a later moment, and stands or runs as before. */
  moveOn(ms: number): void {
    if (this.standing === undefined) this.ahead += ms;
    else this.standing += ms;
  }

  /** It is the machine's again. */
  reset(): void {
    this.standing = undefined;
    this.ahead = 0;
  }
}
