import { layoutVersion } from './content-hash';
import { definitionsSql } from './definitions';
import { materializedSql } from './materialized-views';

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
 * - What restores the tables is one function, `brine.restore`, made from what `brine.tracked` says of each: the server
 *   keeps the plans of all its statements, and a tree of comparisons finds a table's, so that nothing is parsed,
 *   planned or looked up during a reset.
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
-- wipe, fill: the statements that empty a unit, and bring its rows back; swap: both, or what does the same with less work
-- numbers: what sets its sequences, an expression
CREATE TABLE brine.tracked (
  relid oid PRIMARY KEY, name text NOT NULL, units oid[] NOT NULL, created boolean NOT NULL, depth int NOT NULL DEFAULT 0,
  wipe text, fill text, swap text, numbers text);
-- last: NULL when never drawn from; users: the units whose columns own it or draw from it
CREATE TABLE brine.sequences (relid oid PRIMARY KEY, first bigint NOT NULL, last bigint, users oid[] NOT NULL DEFAULT '{}');
-- Those without users: a table of their own, as they are looked at in every reset.
CREATE TABLE brine.free_sequences (relid oid PRIMARY KEY);
CREATE TABLE brine.large_objects (oid oid PRIMARY KEY);

GRANT USAGE ON SCHEMA brine TO PUBLIC;
GRANT INSERT ON brine.dirty TO PUBLIC;
GRANT USAGE ON SEQUENCE brine.writes TO PUBLIC;

CREATE FUNCTION brine.mark() RETURNS trigger LANGUAGE plpgsql AS $mark$
BEGIN
  IF current_setting('brine.resetting', true) = 'on' THEN RETURN NULL; END IF; -- cheaper than a WHEN, which is parsed each time
  INSERT INTO brine.dirty VALUES (TG_RELID, nextval('brine.writes'::regclass));
  RETURN NULL;
END $mark$;

${definitionsSql}
${materializedSql}

-- Those that the copy of the baseline's rows has as well, where there is one.
CREATE FUNCTION brine.columns(rel oid, prefix text) RETURNS text LANGUAGE sql AS $columns$
  SELECT string_agg(prefix || quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute a
  WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    AND (to_regclass('brine.base_' || rel) IS NULL OR EXISTS (
      SELECT FROM pg_attribute b WHERE b.attrelid = to_regclass('brine.base_' || rel) AND b.attname = a.attname AND NOT b.attisdropped))
$columns$;

CREATE VIEW brine.sequence_use AS
  SELECT t.units[1] AS unit, s.oid AS relid FROM brine.tracked t
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.relid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
  UNION
  SELECT t.units[1], s.oid FROM brine.tracked t
    JOIN pg_attrdef a ON a.adrelid = t.relid
    JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = a.oid AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S';

-- Makes the present rows and sequences of a unit (no rows, unless keep) what a reset brings back.
CREATE FUNCTION brine.remember(rel oid, keep boolean) RETURNS void LANGUAGE plpgsql AS $remember$
DECLARE
  source text := brine.source(rel);
  base text := 'brine.base_' || rel;
  columns text;
  filled boolean := false;
BEGIN
  EXECUTE 'DROP TABLE IF EXISTS ' || base;
  columns := brine.columns(rel, '');
  IF keep AND columns IS NOT NULL THEN
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', source) INTO filled;
  END IF;
  IF filled THEN
    EXECUTE format('CREATE TABLE %s AS SELECT %s FROM %s', base, columns, source);
  END IF;
  PERFORM brine.plan_restore(rel);
END $remember$;

-- A unit's own rows: those of its heirs are theirs, those of partitions are not.
CREATE FUNCTION brine.source(rel oid) RETURNS text LANGUAGE sql AS $source$
  SELECT CASE WHEN c.relkind = 'p' THEN t.name ELSE 'ONLY ' || t.name END
  FROM brine.tracked t JOIN pg_class c ON c.oid = t.relid WHERE t.relid = rel
$source$;

CREATE VIEW brine.key_column AS
  SELECT i.indrelid AS attrelid, k.attnum FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, no)
  WHERE i.indisprimary AND k.no <= i.indnkeyatts;

-- What a row must have in common with one of the baseline (b) to be the same: the primary key.
CREATE FUNCTION brine.same_key(rel oid) RETURNS text LANGUAGE sql AS $same_key$
  SELECT string_agg(format('b.%1$I = t.%1$I', a.attname), ' AND ' ORDER BY a.attnum) FROM brine.key_column k JOIN pg_attribute a USING (attrelid, attnum)
  WHERE k.attrelid = rel
$same_key$;

-- One statement that changes only the rows that differ, where the server has it (17) and the order does not matter in
-- which it does so: no two rows may be in each other's way but by the primary key, and the operator = must mean what
-- the key means. UPDATE cannot set GENERATED ALWAYS AS IDENTITY, nor columns that the baseline does not know. *<>
-- compares values of any type.
CREATE FUNCTION brine.merge(rel oid) RETURNS text LANGUAGE plpgsql AS $merge$
DECLARE
  base regclass := to_regclass('brine.base_' || rel);
  settable text[] := ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped
    AND attgenerated = '' AND attidentity <> 'a' ORDER BY attnum);
BEGIN
  IF current_setting('server_version_num')::int < 170000 OR base IS NULL OR settable = '{}'
    OR (SELECT relkind FROM pg_class WHERE oid = rel) <> 'r'
    OR EXISTS (SELECT FROM pg_rewrite WHERE ev_class = rel)
    OR (SELECT array_agg(indisprimary AND NOT indisexclusion) FROM pg_index WHERE indrelid = rel AND (indisunique OR indisexclusion))
      IS DISTINCT FROM ARRAY[true]
    OR EXISTS (SELECT FROM brine.key_column k JOIN pg_attribute a USING (attrelid, attnum) JOIN pg_type t ON t.oid = a.atttypid
      WHERE k.attrelid = rel AND t.typnamespace <> 'pg_catalog'::regnamespace)
    OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attidentity = 'a'
      AND NOT EXISTS (SELECT FROM brine.key_column k WHERE (k.attrelid, k.attnum) = (a.attrelid, a.attnum)))
    OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      AND NOT EXISTS (SELECT FROM pg_attribute b WHERE b.attrelid = base AND b.attname = a.attname))
  THEN RETURN NULL; END IF;
  RETURN format('MERGE INTO %s AS t USING %s b ON %s WHEN MATCHED AND ROW(%s)::record *<> ROW(%s)::record THEN UPDATE SET (%s) = ROW(%s) '
    || 'WHEN NOT MATCHED THEN INSERT (%s) OVERRIDING SYSTEM VALUE VALUES (%s) WHEN NOT MATCHED BY SOURCE THEN DELETE',
    brine.source(rel), 'brine.base_' || rel, brine.same_key(rel), brine.columns(rel, 'b.'), brine.columns(rel, 't.'),
    (SELECT string_agg(quote_ident(c), ', ') FROM unnest(settable) c), (SELECT string_agg('b.' || quote_ident(c), ', ') FROM unnest(settable) c),
    brine.columns(rel, ''), brine.columns(rel, 'b.'));
END $merge$;

-- Writes down what restores the unit as it is defined now.
CREATE FUNCTION brine.plan_restore(rel oid) RETURNS void LANGUAGE plpgsql AS $plan_restore$
DECLARE
  name text := (SELECT t.name FROM brine.tracked t WHERE t.relid = rel);
  source text := brine.source(rel);
  base text := 'brine.base_' || rel;
  columns text := brine.columns(rel, '');
  key text := brine.same_key(rel);
  kept bigint := 0;
  wiping text := 'DELETE FROM ' || source;
  filling text;
  swapping text := brine.merge(rel);
BEGIN
  IF to_regclass(base) IS NOT NULL THEN
    EXECUTE 'SELECT count(*) FROM ' || base INTO kept;
    filling := format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s', name, columns, columns, base);
  END IF;
  IF kept > 100 THEN
    EXECUTE 'ANALYZE ' || base;
  END IF;
  IF swapping IS NULL AND kept > 100 AND key IS NOT NULL THEN -- many rows: touch only those that differ, too
    EXECUTE format('CREATE INDEX ON %s (%s)', base, (SELECT string_agg(quote_ident(a.attname), ', ')
      FROM brine.key_column k JOIN pg_attribute a USING (attrelid, attnum) WHERE k.attrelid = rel));
    swapping := format('%s AS t WHERE NOT EXISTS (SELECT FROM %s b WHERE %s AND ROW(%s)::record *= ROW(%s)::record); '
      || '%s b WHERE NOT EXISTS (SELECT FROM %s AS t WHERE %s)',
      wiping, base, key, brine.columns(rel, 'b.'), brine.columns(rel, 't.'), filling, source, key);
  END IF;
  swapping := coalesce(swapping, concat_ws('; ', wiping, filling));
  UPDATE brine.tracked t SET wipe = wiping, fill = filling, swap = swapping, numbers = (
    SELECT string_agg(format('setval(%s::regclass, %s, %L)', q.relid, coalesce(q.last, q.first), q.last IS NOT NULL), ', ')
    FROM brine.sequences q JOIN pg_class c ON c.oid = q.relid WHERE rel = ANY (q.users)) WHERE t.relid = rel;
END $plan_restore$;

-- Makes brine.restore of what is written down: it restores tables, each unit once, and gives the names of the units.
CREATE FUNCTION brine.make_restore() RETURNS void LANGUAGE plpgsql AS $make_restore$
DECLARE
  rels oid[];
  parts text[];
BEGIN
  SELECT array_agg(relid ORDER BY relid), array_agg(part ORDER BY relid) INTO rels, parts FROM (
    SELECT t.relid, string_agg(format('IF %1$L::oid <> ALL (done) THEN %2$s; %3$s done := done || %1$L::oid; names := names || %4$L::text; END IF;',
      u.relid, u.swap, 'PERFORM ' || u.numbers || ';', u.name), ' ') AS part
    FROM brine.tracked t JOIN brine.tracked u ON u.relid = ANY (t.units) GROUP BY t.relid) p;
  EXECUTE format('CREATE OR REPLACE FUNCTION brine.restore(dirty oid[]) RETURNS text[] LANGUAGE plpgsql AS %L', format($make$
    #variable_conflict use_column
    DECLARE
      rel oid;
      done oid[] := '{}';
      names text[] := '{}';
    BEGIN
      FOREACH rel IN ARRAY dirty LOOP %s END LOOP;
      RETURN names;
    END $make$, brine.branches(rels, parts)));
END $make_restore$;

CREATE FUNCTION brine.branches(rels oid[], parts text[]) RETURNS text LANGUAGE plpgsql AS $branches$
DECLARE
  half int := cardinality(rels) / 2;
BEGIN
  IF half > 0 THEN
    RETURN format('IF rel < %L::oid THEN %s ELSE %s END IF;', rels[half + 1],
      brine.branches(rels[:half], parts[:half]), brine.branches(rels[half + 1:], parts[half + 1:]));
  END IF;
  RETURN coalesce(format('IF rel = %L::oid THEN %s END IF;', rels[1], parts[1]), 'NULL;');
END $branches$;

-- Gives the units whose sequences have another baseline than before. Without keep, new ones begin at their start.
CREATE FUNCTION brine.remember_sequences(keep boolean) RETURNS oid[] LANGUAGE plpgsql AS $remember_sequences$
DECLARE
  s record;
  changed oid[];
  added boolean := false;
BEGIN
  DELETE FROM brine.sequences q WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = q.relid);
  FOR s IN
    SELECT c.oid, c.oid::regclass AS name, q.seqstart FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_sequence q ON q.seqrelid = c.oid
    WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND n.nspname <> 'brine'
      AND NOT EXISTS (SELECT FROM brine.sequences q WHERE q.relid = c.oid)
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  LOOP
    added := true;
    IF keep THEN
      EXECUTE format('INSERT INTO brine.sequences SELECT %s, last_value, CASE WHEN is_called THEN last_value END FROM %s', s.oid, s.name);
    ELSE
      INSERT INTO brine.sequences VALUES (s.oid, s.seqstart, NULL);
    END IF;
  END LOOP;
  IF added THEN
    UPDATE brine.sequences q SET users = ARRAY(SELECT u.unit FROM brine.sequence_use u WHERE u.relid = q.relid);
    DELETE FROM brine.free_sequences;
    INSERT INTO brine.free_sequences SELECT relid FROM brine.sequences WHERE users = '{}';
  END IF;
  IF NOT keep THEN RETURN '{}'; END IF;
  WITH moved AS (
    UPDATE brine.sequences q SET last = pg_sequence_last_value(q.relid::regclass)
    WHERE q.last IS DISTINCT FROM pg_sequence_last_value(q.relid::regclass) RETURNING q.users)
  SELECT array_agg(DISTINCT u) INTO changed FROM moved, unnest(moved.users) u;
  RETURN changed;
END $remember_sequences$;

CREATE FUNCTION brine.listen(rel regclass) RETURNS void LANGUAGE plpgsql AS $listen$
BEGIN
  EXECUTE format('CREATE TRIGGER ${trigger} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT '
    || 'EXECUTE FUNCTION brine.mark()', rel);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER ${trigger}', rel);
END $listen$;

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
    PERFORM brine.listen(t.oid);
    added := added || t.name;
    IF NOT t.relispartition THEN units := units || t.oid; END IF;
  END LOOP;
  units := units || brine.remember_sequences(keep);
  FOREACH u IN ARRAY units LOOP
    PERFORM brine.remember(u, keep);
  END LOOP;
  IF added <> '{}' OR units <> '{}' THEN PERFORM brine.make_restore(); END IF;
  RETURN added;
END $track$;

CREATE FUNCTION brine.sound_depths() RETURNS void LANGUAGE plpgsql AS $sound_depths$
BEGIN
  FOR round IN 1 .. (SELECT count(*) FROM brine.tracked) LOOP -- a cycle never settles
    UPDATE brine.tracked child SET depth = parent.depth + 1
    FROM pg_constraint f, brine.tracked parent
    WHERE f.contype = 'f' AND f.conrelid = child.relid AND f.confrelid = parent.relid
      AND parent.relid <> child.relid AND child.depth <= parent.depth;
    EXIT WHEN NOT FOUND;
  END LOOP;
END $sound_depths$;

-- Makes the present state the one that is restored: what services wrote while they started belongs to it.
-- ddl: definitions may have changed though no event trigger tells of it
CREATE FUNCTION brine.set_baseline(in_order boolean, ddl boolean) RETURNS bigint LANGUAGE plpgsql AS $set_baseline$
DECLARE
  u oid;
  dirty oid[];
BEGIN
  DELETE FROM brine.tracked t WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.relid);
  UPDATE brine.tracked t SET name = r.name FROM brine.own_relation r WHERE r.oid = t.relid AND r.name <> t.name;
  WITH gone AS (DELETE FROM brine.dirty RETURNING relid) SELECT array_agg(DISTINCT relid) INTO dirty FROM gone;
  IF ddl AND brine.changed_definitions() IS NOT NULL THEN dirty := ARRAY(SELECT relid FROM brine.tracked); END IF;
  PERFORM brine.track(true);
  IF dirty IS NOT NULL THEN
    FOR u IN SELECT DISTINCT unnest(t.units) FROM brine.tracked t WHERE t.relid = ANY (dirty) LOOP
      PERFORM brine.remember(u, true);
    END LOOP;
    PERFORM brine.make_restore();
  END IF;
  IF ddl OR 0 = ANY (dirty) THEN PERFORM brine.learn_definitions(); END IF;
  PERFORM brine.remember_materialized(dirty);
  DELETE FROM brine.large_objects;
  INSERT INTO brine.large_objects SELECT oid FROM pg_largeobject_metadata;
  IF in_order THEN PERFORM brine.sound_depths(); END IF;
  RETURN (SELECT last_value FROM brine.writes);
END $set_baseline$;

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
  statement text;
  sound text;
BEGIN
  FOREACH sound IN ARRAY muted LOOP
    EXECUTE regexp_replace(sound, ' ENABLE (ALWAYS|REPLICA)? *TRIGGER', ' DISABLE TRIGGER');
  END LOOP;
  SET CONSTRAINTS ALL DEFERRED;
  FOR statement IN SELECT t.wipe FROM brine.tracked t WHERE t.relid = ANY (need) ORDER BY t.depth DESC LOOP
    EXECUTE statement;
  END LOOP;
  FOR statement IN SELECT concat_ws('; ', t.fill, 'SELECT ' || t.numbers) FROM brine.tracked t WHERE t.relid = ANY (need) ORDER BY t.depth LOOP
    EXECUTE statement;
  END LOOP;
  SET CONSTRAINTS ALL IMMEDIATE;
  FOREACH sound IN ARRAY muted LOOP
    EXECUTE sound;
  END LOOP;
  RETURN names;
END $in_order$;

-- What has changed cannot be changed back: from now on it is the baseline, with the rows that fit it.
CREATE FUNCTION brine.adopt_definitions() RETURNS void LANGUAGE plpgsql AS $adopt$
BEGIN
  PERFORM brine.learn_definitions();
  DELETE FROM brine.tracked t WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.relid);
  UPDATE brine.tracked t SET name = r.name FROM brine.own_relation r WHERE r.oid = t.relid AND r.name <> t.name;
  PERFORM brine.plan_restore(t.relid) FROM brine.tracked t WHERE t.relid = ANY (t.units);
  PERFORM brine.make_restore();
END $adopt$;

-- Tables that appeared are tracked from now on, and emptied. Gives them, and those that had not told of writes for a while.
CREATE FUNCTION brine.follow_ddl(OUT appeared text[], OUT silent oid[]) LANGUAGE plpgsql AS $follow_ddl$
DECLARE
  t regclass;
BEGIN
  DELETE FROM brine.tracked t WHERE t.created AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.relid);
  IF FOUND THEN PERFORM brine.make_restore(); END IF;
  silent := '{}';
  FOR t IN SELECT k.relid FROM brine.tracked k WHERE NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = k.relid AND g.tgname = '~brine') LOOP
    PERFORM brine.listen(t);
    silent := silent || t::oid;
  END LOOP;
  FOR t IN SELECT g.tgrelid FROM pg_trigger g JOIN brine.tracked t ON t.relid = g.tgrelid WHERE g.tgname = '~brine' AND g.tgenabled <> 'A' LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER ${trigger}', t);
  END LOOP;
  appeared := brine.track(false);
END $follow_ddl$;

-- seen: what the last call gave as writes
-- ddl: look for new tables even when no event trigger tells of them
-- changed: what became of definitions. In a clone of a template nothing is restored then: it must be made anew.
CREATE FUNCTION brine.reset(
  seen bigint, in_order boolean, ddl boolean, OUT writes bigint, OUT restored text[], OUT appeared text[], OUT changed text[])
LANGUAGE plpgsql AS $reset$
DECLARE
  dirty oid[];
  accounted bigint;
  after_crash boolean;
  silent oid[];
  free boolean;
  large boolean;
BEGIN
  -- all that must be looked at, by one statement
  WITH gone AS (DELETE FROM brine.dirty RETURNING relid, write)
    SELECT array_agg(relid), count(*) FILTER (WHERE write > seen), ddl OR EXISTS (SELECT FROM brine.free_sequences),
      EXISTS (SELECT FROM pg_largeobject_metadata) OR EXISTS (SELECT FROM brine.large_objects)
      INTO dirty, accounted, free, large FROM gone;
  writes := pg_sequence_last_value('brine.writes'::regclass);
  after_crash := writes IS NULL;
  restored := '{}';
  appeared := '{}';
  IF after_crash THEN
    dirty := ARRAY(SELECT relid FROM brine.tracked);
    writes := nextval('brine.writes');
  END IF;
  IF ddl OR 0 = ANY (dirty) THEN
    changed := brine.changed_definitions();
    IF changed IS NOT NULL THEN
      IF (SELECT kind = 'template' FROM brine.about) THEN RETURN; END IF;
      PERFORM brine.adopt_definitions();
    END IF;
    SELECT f.appeared, f.silent INTO appeared, silent FROM brine.follow_ddl() f;
    IF in_order THEN PERFORM brine.sound_depths(); END IF;
    dirty := dirty || silent || ARRAY(SELECT t.relid FROM brine.tracked t WHERE t.name = ANY (appeared));
  END IF;
  IF dirty IS NOT NULL THEN
    IF in_order THEN
      restored := brine.restore_in_order(ARRAY(SELECT DISTINCT unnest(t.units) FROM brine.tracked t WHERE t.relid = ANY (dirty)));
    ELSE
      restored := brine.restore(dirty);
    END IF;
  END IF;
  IF 0 = ANY (dirty) THEN -- ALTER SEQUENCE .. RESTART: pg_sequence_last_value() is NULL again, and tells nothing
    PERFORM setval(q.relid::regclass, coalesce(q.last, q.first), q.last IS NOT NULL)
    FROM brine.sequences q JOIN pg_class c ON c.oid = q.relid;
  ELSIF accounted = writes - seen THEN
    IF free THEN
      PERFORM setval(q.relid::regclass, coalesce(q.last, q.first), q.last IS NOT NULL)
      FROM brine.free_sequences f JOIN brine.sequences q USING (relid) JOIN pg_class c ON c.oid = q.relid
      WHERE pg_sequence_last_value(c.oid::regclass) IS DISTINCT FROM q.last;
    END IF;
  ELSE
    PERFORM setval(q.relid::regclass, coalesce(q.last, q.first), q.last IS NOT NULL)
    FROM brine.sequences q JOIN pg_class c ON c.oid = q.relid
    WHERE pg_sequence_last_value(c.oid::regclass) IS DISTINCT FROM q.last;
  END IF;
  IF 0 = ANY (dirty) OR ddl THEN changed := nullif(coalesce(changed, '{}') || brine.restore_materialized(dirty), '{}'); END IF;
  IF large THEN
    PERFORM lo_unlink(m.oid) FROM pg_largeobject_metadata m WHERE m.oid NOT IN (SELECT b.oid FROM brine.large_objects b);
    changed := nullif(coalesce(changed, '{}') || ARRAY(
      SELECT format('large object %s was removed', b.oid) FROM brine.large_objects b WHERE b.oid NOT IN (SELECT m.oid FROM pg_largeobject_metadata m)), '{}');
    DELETE FROM brine.large_objects b WHERE b.oid NOT IN (SELECT m.oid FROM pg_largeobject_metadata m);
  END IF;
END $reset$;

-- Tells of whatever is defined, of sequences that were restarted, of altered tables (which are written unseen after a
-- DISABLE TRIGGER ALL, as loaders of fixtures do) and refreshed views, where the role may make event triggers
-- (a superuser); else reset looks itself. Not of temporary tables, nor of CREATE .. IF NOT EXISTS of what exists.
CREATE FUNCTION brine.mark_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $mark_ddl$
DECLARE
  defined oid[];
BEGIN
  IF current_setting('brine.resetting', true) IS NOT DISTINCT FROM 'on' THEN RETURN; END IF;
  defined := ARRAY(SELECT CASE WHEN command_tag IN ('ALTER TABLE', 'REFRESH MATERIALIZED VIEW') THEN objid ELSE 0 END
    FROM pg_event_trigger_ddl_commands() WHERE schema_name IS DISTINCT FROM 'pg_temp');
  IF defined = '{}' AND tg_tag NOT LIKE 'DROP %' THEN RETURN; END IF;
  INSERT INTO brine.dirty SELECT d, nextval('brine.writes'::regclass) FROM (SELECT DISTINCT unnest(defined || 0::oid) AS d) d;
END $mark_ddl$;
DO $events$
BEGIN
  CREATE EVENT TRIGGER brine_ddl ON ddl_command_end EXECUTE FUNCTION brine.mark_ddl();
  ALTER EVENT TRIGGER brine_ddl ENABLE ALWAYS;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $events$;

SET brine.resetting = 'on';
SELECT brine.set_baseline(false, true);
`;
}

/** Takes Brine out of somebody's database again. */
export const untrackSql = `
DROP EVENT TRIGGER IF EXISTS brine_ddl;
DROP SCHEMA IF EXISTS brine CASCADE;
`;
