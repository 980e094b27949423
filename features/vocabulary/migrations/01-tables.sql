-- tables that only the reference scenarios of the database steps use
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE DOMAIN percent AS integer CHECK (VALUE BETWEEN 0 AND 100);
CREATE TABLE everything (
  id integer PRIMARY KEY,
  big bigint,
  exact numeric,
  at timestamptz,
  local timestamp,
  day date,
  span interval,
  doc jsonb,
  tags text[],
  mood mood,
  bytes bytea,
  key uuid,
  active boolean,
  during int4range,
  share percent,
  note text DEFAULT 'nothing to say',
  doubled numeric GENERATED ALWAYS AS (exact * 2) STORED
);
CREATE TABLE accounts (name text PRIMARY KEY, balance numeric(12, 2) NOT NULL DEFAULT 0, opened_at timestamptz);
CREATE TABLE "Order" ("user name" text, "a.b" integer, "select" text);
CREATE SCHEMA archive;
CREATE TABLE archive.accounts (name text PRIMARY KEY, balance numeric NOT NULL);
CREATE TABLE ledger (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account text REFERENCES accounts, cents bigint);
CREATE VIEW rich AS SELECT name FROM accounts WHERE balance >= 1000;
CREATE MATERIALIZED VIEW totals AS SELECT sum(balance) AS total FROM accounts;
CREATE TABLE measurements (n integer PRIMARY KEY, name text, value numeric);
