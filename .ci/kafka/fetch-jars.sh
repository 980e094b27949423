#!/usr/bin/env bash
# Fetches the jars of a real Kafka (server and command-line tools) with Maven, for test/kafka-conformance.
# usage: fetch-jars.sh FOLDER   Idempotent. Needs mvn, and Java 17 to run what it fetched.
# Then: BRINE_KAFKA_JARS=FOLDER node --require ts-node/register --test 'test/kafka-conformance/*.test.ts'
set -Eeuo pipefail
folder=$(realpath -m "${1:?usage: fetch-jars.sh FOLDER}")
cd "$(dirname "$0")/../docker/images"
out=$(mvn -q -B -f kafka/pom.xml dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$folder" 2>&1) \
  || { tail -40 <<<"$out" >&2; exit 1; }
