import { ErrorCode } from '../error-code';
import { Group, type GroupOptions } from './group';
import { Signal } from './signal';

/** All groups. A group comes to life when a member joins it or an offset is committed in its name. */
export class Groups {
  /** A group's members have to join again. */
  readonly rebalancing = new Signal<Group>();
  readonly #options: Omit<GroupOptions, 'onRebalance'>;
  readonly #groups = new Map<string, Group>();

  constructor(options: Omit<GroupOptions, 'onRebalance'>) {
    this.#options = options;
  }

  get(groupId: string): Group | undefined {
    return this.#groups.get(groupId);
  }

  all(): Group[] {
    return [...this.#groups.values()];
  }

  getOrCreate(groupId: string): Group {
    const existing = this.#groups.get(groupId);
    if (existing) return existing;
    const onRebalance = (group: Group) => this.rebalancing.emit(group);
    const group = new Group(groupId, { ...this.#options, onRebalance });
    this.#groups.set(groupId, group);
    return group;
  }

  delete(groupId: string): ErrorCode {
    const group = this.#groups.get(groupId);
    if (!group) return ErrorCode.groupIdNotFound;
    if (group.state !== 'Empty') return ErrorCode.nonEmptyGroup;
    group.die();
    this.#groups.delete(groupId);
    return ErrorCode.none;
  }

  forgetTopic(topic: string): void {
    for (const group of this.#groups.values()) group.offsets.forgetTopic(topic);
  }
}
