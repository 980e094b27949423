import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A customer. Ids are made by the service, so an insert needs no round trip to learn them. */
@Entity('users')
export class User {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  username!: string;

  @Column('text')
  email!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
