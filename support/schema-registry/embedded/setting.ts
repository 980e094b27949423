/** What holds for all subjects, but for those that have their own: the level of compatibility, the mode. */
export class Setting<T> {
  private readonly own = new Map<string, T>();

  /** @param ofAll at first */
  constructor(private ofAll: T) {}

  /** Of a subject; of all unless one is named. */
  get(subject?: string): T {
    return (subject === undefined ? undefined : this.own.get(subject)) ?? this.ofAll;
  }

  /** What a subject has of its own; undefined when what holds for all holds for it. */
  ownOf(subject: string): T | undefined {
    return this.own.get(subject);
  }

  /** @param subject all unless one is named */
  set(subject: string | undefined, value: T): void {
    if (subject === undefined) this.ofAll = value;
    else this.own.set(subject, value);
  }

  /** What holds for all holds for the subject again. */
  forget(subject: string): void {
    this.own.delete(subject);
  }
}
