import { layoutVersion } from './content-hash';

/** What the schema's comment begins with: by it Brine knows its own. */
export const schemaMark = 'Brine tracks here which tables are written';

/** Name of the trigger on every tracked table. */
const trigger = '"~brine"';

/**
 * Makes the schema `brine`: it notes which tables are written, by whatever process, keeps the rows they had, and
 * restores them.
 *
 * - A statement trigger appends the table to `brine.dirty`. Append-only, so that two writers never wait for each
 *   other. ALWAYS, so that a service with session_replication_role = replica is seen, too; the connection that
 *   resets says so in `brine.resetting`.
 * - Before the statement, not after: a statement that fails has drawn numbers from sequences as well. Each draws
 *   a number from `brine.writes`, which no rollback takes back: a number without its row in `brine.dirty` tells
 *   of a rolled-back (or still open) write, and only then are all sequences looked at.
 * - What restores a table is a function of its own, whose plans the server keeps.
 * - Rows of `dirty` that are committed during a reset stay for the next.
 *
 * @param kind `template` when clones carry it, `shared` when it is put into somebody's database
 * @param major the server's version; before 15 there are no unlogged sequences
 */
export function trackingSql(kind: 'template' | 'shared', major: number): string {
  // A crash empties what is unlogged. When both are, `brine.writes` tells of it; else neither may be.
  const unlogged = major >= 15 ? 'UNLOGGED' : '';
  return `
CREATE SCHEMA brine;
COMMENT ON SCHEMA brine IS '${schemaMark}; it may be dropped (CASCADE).';
CREATE TABLE brine.about AS SELECT ${layoutVersion} AS layout, '${kind}'::text AS kind;
CREATE ${unlogged} TABLE brine.dirty (relid oid NOT NULL, write bigint NOT NULL);
CREATE ${unlogged} SEQUENCE brine.writes MINVALUE 0 START 0;
SELECT nextval('brine.writes');

-- units: what is restored when the table is written: itself, its partition root, or its heirs, too
-- depth: a table is deeper than those its foreign keys refer to
CREATE TABLE brine.tracked (
  relid oid PRIMARY KEY, name text NOT NULL, units oid[] NOT NULL, created boolean NOT NULL, depth int NOT NULL DEFAULT 0);
-- last: NULL when never drawn from; free: belongs to no column
CREATE TABLE brine.sequences (relid oid PRIMARY KEY, first bigint NOT NULL, last bigint, free boolean NOT NULL);

GRANT USAGE ON SCHEMA brine TO PUBLIC;
GRANT INSERT ON brine.dirty TO PUBLIC;
GRANT USAGE ON SEQUENCE brine.writes TO PUBLIC;

CREATE FUNCTION brine.mark() RETURNS trigger LANGUAGE plpgsql AS $mark$
BEGIN
  INSERT INTO brine.dirty VALUES (TG_RELID, nextval('brine.writes'::regclass));
  RETURN NULL;
END $mark$;

CREATE FUNCTION brine.columns(rel oid, prefix text) RETURNS text LANGUAGE sql AS $columns$
  SELECT string_agg(prefix || quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
  WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
$columns$;

-- The sequences that columns of the table, or of its partitions, own or draw from.
CREATE FUNCTION brine.sequences_of(rel oid) RETURNS SETOF oid LANGUAGE sql AS $sequences_of$
  WITH member AS (SELECT rel AS relid UNION SELECT relid FROM pg_partition_tree(rel::regclass))
  SELECT s.oid FROM member m
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = m.relid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
  UNION
  SELECT s.oid FROM member m
    JOIN pg_attrdef a ON a.adrelid = m.relid
    JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = a.oid AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
$sequences_of$;

-- Makes the present rows and sequences of a unit (no rows, unless keep) what brine.restore_<oid> brings back.
CREATE FUNCTION brine.remember(rel oid, keep boolean) RETURNS void LANGUAGE plpgsql AS $remember$
DECLARE
  name text := (SELECT t.name FROM brine.tracked t WHERE t.relid = rel);
  wipe text := CASE WHEN (SELECT relkind FROM pg_class WHERE oid = rel) = 'p' THEN name ELSE 'ONLY ' || name END;
  base text := 'brine.base_' || rel;
  columns text := brine.columns(rel, '');
  key text := (SELECT string_agg(format('b.%1$I = t.%1$I', a.attname), ' AND ') FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = rel AND a.attnum = ANY (i.indkey) WHERE i.indrelid = rel AND i.indisprimary);
  kept bigint := 0;
  swap text;
  fill text := 'NULL';
  numbers text := '';
  s record;
BEGIN
  EXECUTE 'DROP TABLE IF EXISTS ' || base;
  IF keep AND columns IS NOT NULL THEN
    EXECUTE format('CREATE TABLE %s AS SELECT %s FROM %s', base, columns, wipe);
    GET DIAGNOSTICS kept = ROW_COUNT;
    IF kept = 0 THEN EXECUTE 'DROP TABLE ' || base; END IF;
  END IF;
  IF kept > 0 THEN
    fill := format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s', name, columns, columns, base);
  END IF;
  swap := format('DELETE FROM %s; %s;', wipe, fill);
  IF kept > 100 AND key IS NOT NULL THEN -- many rows: touch only those that differ; *= compares values of any type
    EXECUTE format('CREATE INDEX ON %s (%s)', base, (SELECT string_agg(quote_ident(a.attname), ', ') FROM pg_index i
      JOIN pg_attribute a ON a.attrelid = rel AND a.attnum = ANY (i.indkey) WHERE i.indrelid = rel AND i.indisprimary));
    EXECUTE 'ANALYZE ' || base;
    swap := format('DELETE FROM %s AS t WHERE NOT EXISTS (SELECT FROM %s b WHERE %s AND ROW(%s)::record *= ROW(%s)::record); '
      || '%s b WHERE NOT EXISTS (SELECT FROM %s AS t WHERE %s);',
      wipe, base, key, brine.columns(rel, 'b.'), brine.columns(rel, 't.'), fill, wipe, key);
  END IF;
  FOR s IN SELECT q.relid, q.first, q.last FROM brine.sequences q WHERE q.relid IN (SELECT brine.sequences_of(rel)) LOOP
    numbers := numbers || format('PERFORM setval(%s::regclass, %s, %L);', s.relid, coalesce(s.last, s.first), s.last IS NOT NULL);
  END LOOP;
  EXECUTE format($make$
    CREATE OR REPLACE FUNCTION brine.restore_%s(step text) RETURNS void LANGUAGE plpgsql AS $restore$
    BEGIN
      IF step = 'swap' THEN %s
      ELSIF step = 'wipe' THEN DELETE FROM %s; RETURN;
      ELSE %s; END IF;
      %s
    END $restore$ $make$, rel, swap, wipe, fill, numbers);
END $remember$;

CREATE FUNCTION brine.remember_sequences() RETURNS void LANGUAGE plpgsql AS $remember_sequences$
DECLARE
  s record;
BEGIN
  DELETE FROM brine.sequences;
  FOR s IN
    SELECT c.oid, c.oid::regclass AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND n.nspname <> 'brine'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  LOOP
    EXECUTE format('INSERT INTO brine.sequences SELECT %s, last_value, CASE WHEN is_called THEN last_value END, true FROM %s', s.oid, s.name);
  END LOOP;
  UPDATE brine.sequences q SET free = false
  FROM (SELECT brine.sequences_of(t.relid) AS relid FROM brine.tracked t) owned WHERE owned.relid = q.relid;
END $remember_sequences$;

-- Begins to track the tables that are not tracked yet; gives the names of those.
-- keep: their rows are brought back at a reset, else they are emptied
CREATE FUNCTION brine.track(keep boolean) RETURNS text[] LANGUAGE plpgsql AS $track$
DECLARE
  t record;
  added text[] := '{}';
  units oid[] := '{}';
  u oid;
BEGIN
  FOR t IN
    SELECT c.oid, c.relkind, c.relispartition, format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname NOT LIKE 'pg\\_%'
      AND n.nspname NOT IN ('brine', 'information_schema')
      AND NOT EXISTS (SELECT FROM brine.tracked k WHERE k.relid = c.oid)
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.oid
  LOOP
    INSERT INTO brine.tracked SELECT t.oid, t.name, CASE
      WHEN t.relispartition THEN ARRAY[pg_partition_root(t.oid::regclass)::oid]
      WHEN t.relkind = 'p' THEN ARRAY[t.oid]
      ELSE ARRAY(WITH RECURSIVE heir(relid) AS (SELECT t.oid UNION SELECT i.inhrelid FROM pg_inherits i JOIN heir ON i.inhparent = heir.relid) SELECT relid FROM heir)
      END, NOT keep;
    EXECUTE format('CREATE TRIGGER ${trigger} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT '
      || 'WHEN (current_setting(''brine.resetting'', true) IS DISTINCT FROM ''on'') EXECUTE FUNCTION brine.mark()', t.name);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER ${trigger}', t.name);
    IF t.relispartition THEN CONTINUE; END IF;
    units := units || t.oid;
    added := added || t.name;
  END LOOP;
  IF keep THEN PERFORM brine.remember_sequences(); END IF;
  FOREACH u IN ARRAY units LOOP
    PERFORM brine.remember(u, keep);
  END LOOP;
  PERFORM brine.sound_depths();
  RETURN added;
END $track$;

CREATE FUNCTION brine.sound_depths() RETURNS void LANGUAGE plpgsql AS $sound_depths$
BEGIN
  FOR round IN 1 .. 100 LOOP -- a cycle never settles
    UPDATE brine.tracked child SET depth = parent.depth + 1
    FROM pg_constraint f, brine.tracked parent
    WHERE f.contype = 'f' AND f.conrelid = child.relid AND f.confrelid = parent.relid
      AND parent.relid <> child.relid AND child.depth <= parent.depth;
    EXIT WHEN NOT FOUND;
  END LOOP;
END $sound_depths$;

-- Makes the present state the one that is restored: what services wrote while they started belongs to it.
CREATE FUNCTION brine.set_baseline() RETURNS bigint LANGUAGE plpgsql AS $set_baseline$
DECLARE
  u oid;
  dirty oid[];
BEGIN
  DELETE FROM brine.tracked t WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.relid);
  WITH gone AS (DELETE FROM brine.dirty RETURNING relid) SELECT array_agg(DISTINCT relid) INTO dirty FROM gone;
  PERFORM brine.track(true);
  IF dirty IS NOT NULL THEN
    FOR u IN SELECT DISTINCT unnest(t.units) FROM brine.tracked t WHERE t.relid = ANY (dirty) LOOP
      PERFORM brine.remember(u, true);
    END LOOP;
  END IF;
  RETURN (SELECT last_value FROM brine.writes);
END $set_baseline$;

CREATE FUNCTION brine.restore_sequences(free_ones boolean) RETURNS void LANGUAGE sql AS $restore_sequences$
  SELECT setval(q.relid::regclass, coalesce(q.last, q.first), q.last IS NOT NULL) FROM brine.sequences q
  WHERE (q.free OR NOT free_ones) AND EXISTS (SELECT FROM pg_class c WHERE c.oid = q.relid)
    AND pg_sequence_last_value(q.relid::regclass) IS DISTINCT FROM q.last
$restore_sequences$;

-- For who may not set session_replication_role: with the tables that refer to the dirty ones, in the order of
-- the foreign keys, without the tables' own triggers. Cycles need DEFERRABLE constraints.
CREATE FUNCTION brine.restore_in_order(dirty oid[]) RETURNS text[] LANGUAGE plpgsql AS $in_order$
DECLARE
  need oid[] := ARRAY(
    WITH RECURSIVE need(relid) AS (
      SELECT unnest(dirty)
      UNION
      SELECT unnest(t.units) FROM need n JOIN pg_constraint f ON f.contype = 'f' AND f.confrelid = n.relid
        JOIN brine.tracked t ON t.relid = f.conrelid)
    SELECT relid FROM need);
  names text[] := ARRAY(SELECT t.name FROM brine.tracked t WHERE t.relid = ANY (need) ORDER BY t.name);
  muted text[] := ARRAY(
    SELECT format('ALTER TABLE %s ENABLE %s TRIGGER %I', g.tgrelid::regclass, CASE g.tgenabled WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' ELSE '' END, g.tgname)
    FROM pg_trigger g WHERE g.tgrelid = ANY (need) AND NOT g.tgisinternal AND g.tgenabled <> 'D' AND g.tgname <> '~brine');
  u oid;
  sound text;
BEGIN
  FOREACH sound IN ARRAY muted LOOP
    EXECUTE regexp_replace(sound, ' ENABLE (ALWAYS|REPLICA)? *TRIGGER', ' DISABLE TRIGGER');
  END LOOP;
  SET CONSTRAINTS ALL DEFERRED;
  FOR u IN SELECT t.relid FROM brine.tracked t WHERE t.relid = ANY (need) ORDER BY t.depth DESC LOOP
    EXECUTE format('SELECT brine.restore_%s(''wipe'')', u);
  END LOOP;
  FOR u IN SELECT t.relid FROM brine.tracked t WHERE t.relid = ANY (need) ORDER BY t.depth LOOP
    EXECUTE format('SELECT brine.restore_%s(''fill'')', u);
  END LOOP;
  SET CONSTRAINTS ALL IMMEDIATE;
  FOREACH sound IN ARRAY muted LOOP
    EXECUTE sound;
  END LOOP;
  RETURN names;
END $in_order$;

-- Tables that appeared are tracked from now on, and emptied; a table of the baseline that vanished is an error.
CREATE FUNCTION brine.follow_ddl() RETURNS text[] LANGUAGE plpgsql AS $follow_ddl$
DECLARE
  gone text;
BEGIN
  DELETE FROM brine.tracked t WHERE t.created AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.relid);
  SELECT string_agg(t.name, ', ') INTO gone FROM brine.tracked t WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.relid);
  IF gone IS NOT NULL THEN
    RAISE EXCEPTION 'dropped since the start of the run: %', gone USING ERRCODE = 'undefined_table';
  END IF;
  RETURN brine.track(false);
END $follow_ddl$;

-- seen: what the last call gave as writes
-- ddl: look for new tables even when no event trigger tells of them
CREATE FUNCTION brine.reset(seen bigint, in_order boolean, ddl boolean, OUT writes bigint, OUT restored text[], OUT appeared text[])
LANGUAGE plpgsql AS $reset$
DECLARE
  dirty oid[];
  need oid[];
  accounted bigint;
  after_crash boolean;
  u record;
BEGIN
  WITH gone AS (DELETE FROM brine.dirty RETURNING relid, write)
    SELECT array_agg(DISTINCT relid), count(*) FILTER (WHERE write > seen) INTO dirty, accounted FROM gone;
  SELECT last_value, NOT is_called INTO writes, after_crash FROM brine.writes;
  restored := '{}';
  appeared := '{}';
  IF after_crash THEN
    dirty := ARRAY(SELECT relid FROM brine.tracked);
    writes := nextval('brine.writes');
  END IF;
  IF ddl OR 0 = ANY (dirty) THEN
    appeared := brine.follow_ddl();
    dirty := dirty || ARRAY(SELECT t.relid FROM brine.tracked t WHERE t.name = ANY (appeared));
  END IF;
  IF dirty IS NOT NULL THEN
    need := ARRAY(SELECT DISTINCT unnest(t.units) FROM brine.tracked t WHERE t.relid = ANY (dirty));
    IF in_order THEN
      restored := brine.restore_in_order(need);
    ELSE
      FOR u IN SELECT t.relid, t.name FROM brine.tracked t WHERE t.relid = ANY (need) LOOP
        EXECUTE 'SELECT brine.restore_' || u.relid || '(''swap'')';
        restored := restored || u.name;
      END LOOP;
    END IF;
  END IF;
  PERFORM brine.restore_sequences(accounted = writes - seen);
END $reset$;

-- Tells of new and dropped tables where the role may make event triggers (a superuser); else reset looks itself.
CREATE FUNCTION brine.mark_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $mark_ddl$
BEGIN
  INSERT INTO brine.dirty VALUES (0, nextval('brine.writes'::regclass));
END $mark_ddl$;
DO $events$
BEGIN
  CREATE EVENT TRIGGER brine_ddl ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'DROP TABLE') EXECUTE FUNCTION brine.mark_ddl();
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $events$;

SET brine.resetting = 'on';
SELECT brine.set_baseline();
`;
}

/** Takes Brine out of somebody's database again. */
export const untrackSql = `
DROP EVENT TRIGGER IF EXISTS brine_ddl;
DROP SCHEMA IF EXISTS brine CASCADE;
`;
