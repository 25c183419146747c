SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE SCHEMA giliran_1205;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE giliran_1205.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE giliran_1205.attempt (
    record_id text NOT NULL COLLATE pg_catalog."C",
    attempt integer NOT NULL,
    printer text NOT NULL,
    journal text,
    phase text NOT NULL,
    spool_number bigint,
    spool_uuid text,
    started_at bigint NOT NULL,
    start_sequence bigint NOT NULL,
    ended_at bigint,
    verdict text,
    reason text,
    CONSTRAINT ck_attempt_phase CHECK ((phase = ANY (ARRAY['intended'::text, 'submitted'::text])))
);
CREATE TABLE giliran_1205.balance (
    account text NOT NULL,
    quantity bigint NOT NULL,
    CONSTRAINT ck_balance_not_below_zero CHECK (((quantity >= 0) OR (account = ANY (ARRAY['centre'::text, 'variance'::text]))))
);
CREATE TABLE giliran_1205.blank_serial (
    serial text NOT NULL,
    batch text NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE giliran_1205.cursor (
    after text NOT NULL,
    more integer NOT NULL,
    records bigint NOT NULL,
    at bigint NOT NULL,
    round_since bigint,
    id integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_cursor_only CHECK ((id = 1))
);
CREATE TABLE giliran_1205.daemon_run (
    id bigint NOT NULL,
    machine text NOT NULL,
    pid integer NOT NULL,
    started_at bigint NOT NULL,
    beat_at bigint NOT NULL,
    ended_at bigint,
    ending text,
    loops text NOT NULL,
    troubles text NOT NULL,
    reloads integer NOT NULL,
    reload_error text
);
CREATE TABLE giliran_1205.damage (
    record_id text NOT NULL COLLATE pg_catalog."C",
    kept text NOT NULL,
    found_at bigint NOT NULL,
    mended_at bigint
);
CREATE TABLE giliran_1205.document (
    record_id text NOT NULL COLLATE pg_catalog."C",
    sealed bytea NOT NULL,
    kept_at bigint NOT NULL
);
CREATE TABLE giliran_1205.issuance (
    record_id text NOT NULL COLLATE pg_catalog."C",
    attempt integer NOT NULL,
    printed_at bigint NOT NULL,
    printer text NOT NULL,
    card_serial text,
    serial_trouble text,
    batch_key text,
    acknowledged_at bigint,
    rejected text
);
CREATE TABLE giliran_1205.job (
    record_id text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL,
    reason text,
    since bigint NOT NULL,
    recorded_at bigint NOT NULL,
    attempt integer NOT NULL,
    printer text,
    central_status text,
    request_class text,
    district text,
    village text,
    nik_ending text,
    registered integer NOT NULL,
    updated_at bigint,
    office_recorded_at bigint,
    office_document text,
    centre_recorded_at bigint,
    waits_for text,
    fault text,
    import_number bigint,
    paper_import bigint,
    office_recorded_at_before bigint,
    attempt_before integer,
    CONSTRAINT ck_job_attempt CHECK ((attempt >= 0)),
    CONSTRAINT ck_job_state CHECK ((state = ANY (ARRAY['waiting'::text, 'ready'::text, 'printing'::text, 'unconfirmed'::text, 'printed'::text, 'handed_over'::text, 'held'::text, 'cancelled'::text])))
);
CREATE TABLE giliran_1205.job_count (
    state text NOT NULL,
    n bigint NOT NULL,
    CONSTRAINT ck_job_count_n CHECK ((n >= 0))
);
CREATE TABLE giliran_1205.ledger_entry (
    id bigint NOT NULL,
    at bigint NOT NULL,
    debit text NOT NULL,
    credit text NOT NULL,
    quantity integer NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    record_id text COLLATE pg_catalog."C",
    attempt integer,
    batch text,
    document text,
    office text,
    witnesses text,
    note text,
    happened_on text,
    reverses bigint,
    CONSTRAINT ck_ledger_entry_accounts CHECK ((debit <> credit)),
    CONSTRAINT ck_ledger_entry_quantity CHECK ((quantity > 0))
);
CREATE TABLE giliran_1205.link (
    state text NOT NULL,
    since bigint NOT NULL,
    cause text,
    detail text,
    failures integer NOT NULL,
    successes integer NOT NULL,
    failing_since bigint,
    id integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_link_only CHECK ((id = 1))
);
CREATE TABLE giliran_1205.log (
    sequence bigint NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL,
    event text NOT NULL,
    record_id text COLLATE pg_catalog."C",
    details text NOT NULL,
    previous text NOT NULL,
    hash text NOT NULL
);
CREATE TABLE giliran_1205.office (
    office_code text NOT NULL,
    fingerprint bytea NOT NULL,
    behind_why text,
    behind_since bigint,
    behind_journal_lost integer
);
CREATE TABLE giliran_1205.outage (
    id bigint NOT NULL,
    started_at bigint NOT NULL,
    ended_at bigint,
    cause text NOT NULL,
    detail text
);
CREATE TABLE giliran_1205.paper (
    number text NOT NULL,
    content text NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL,
    freed_at bigint
);
CREATE TABLE giliran_1205.person (
    record_id text NOT NULL COLLATE pg_catalog."C",
    sealed bytea NOT NULL,
    nik_digest bytea NOT NULL
);
CREATE TABLE giliran_1205.printer (
    name text NOT NULL,
    queue text,
    journal text,
    state text,
    reasons text NOT NULL,
    paused integer NOT NULL,
    nudges integer NOT NULL,
    consumables text DEFAULT '[]'::text NOT NULL,
    renewed text DEFAULT '{}'::text NOT NULL,
    guarded_driver text,
    doubts integer DEFAULT 0 NOT NULL,
    pause_reason text
);
CREATE TABLE giliran_1205.registration_import (
    number bigint NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL,
    undone_at bigint,
    undone_by text
);
INSERT INTO giliran_1205.alembic_version VALUES ('0003');
INSERT INTO giliran_1205.attempt VALUES ('R-1', 1, 'card-1', 'J-1', 'intended', NULL, NULL, 1767614400000000, 9, 1767614400000000, 'printed', NULL);
INSERT INTO giliran_1205.attempt VALUES ('R-2', 1, 'card-1', 'J-1', 'intended', NULL, NULL, 1767614400000000, 11, 1767614400000000, 'in_doubt', 'power cut');
INSERT INTO giliran_1205.attempt VALUES ('R-3', 1, 'card-1', 'J-1', 'intended', NULL, NULL, 1767614460000000, 13, NULL, NULL, NULL);
INSERT INTO giliran_1205.balance VALUES ('centre', -50);
INSERT INTO giliran_1205.balance VALUES ('destroyed', 0);
INSERT INTO giliran_1205.balance VALUES ('hopper:card-1', 17);
INSERT INTO giliran_1205.balance VALUES ('in_process', 2);
INSERT INTO giliran_1205.balance VALUES ('issued', 1);
INSERT INTO giliran_1205.balance VALUES ('spoiled', 0);
INSERT INTO giliran_1205.balance VALUES ('store', 30);
INSERT INTO giliran_1205.balance VALUES ('transferred', 0);
INSERT INTO giliran_1205.balance VALUES ('variance', 0);
INSERT INTO giliran_1205.cursor VALUES ('21', 0, 1, 1767787200000000, NULL, 1);
INSERT INTO giliran_1205.daemon_run VALUES (1, 'server', 4711, 1767700800000000, 1767700800000000, NULL, NULL, '{}', '[]', 0, NULL);
INSERT INTO giliran_1205.document VALUES ('R-2', '\x6af1fe8a7bfe7f2e22b3cd2359723865339c27be950548d42bb92801806df4f47f98999afe612286c8a8d3077680c40d8c896582fec254ba2129b059de76bba854c37ec09a9053c46406692f232b4142ef369e409e7fa8eca7795081', 1795788484739669);
INSERT INTO giliran_1205.document VALUES ('R-3', '\xecd6a2a81262a2fbd78a88be5d24e4888cefb4eb1a40c9aa74ff1330c3672f7f7651d88dbb21103a4de774048b2041b030d74fb3db6c0b1c58203c02cf96661fb159adb81d87d9dae66a47d7619cbee5c9aa2d03617d5f05affef515', 1795788484740896);
INSERT INTO giliran_1205.document VALUES ('R-4', '\x96877198e42efa3962cb4e568987afeff57e51cf9bbf6bdf5bab5342409b459f307c065c9b27d64fce6831bfb8ff6120feb543a1661207b42bf77d29beffa9646639aca4fd498be3ec75e0941fda9c80bcf99be7d8d3930eed6d9e0f', 1795788484742039);
INSERT INTO giliran_1205.document VALUES ('R-5', '\x69e4795d56c83589351e98ef725fbea98a6012f225a5bccb97cbf98876edb187239d9b4ccf4f40a50f6dd1c4cce533da2f8afd34a41674eeee1826488e2ff993e85ad13472a76f52c37a4c75836131423318ca7ae867d6fefd1e7ecf', 1795788484743080);
INSERT INTO giliran_1205.issuance VALUES ('R-1', 1, 1767614400000000, 'card-1', 'CHIP-0001', 'unknown', '0f53d4882617423aa585ad33b13c93d6', 1767787200000000, NULL);
INSERT INTO giliran_1205.job VALUES ('R-1', 'printed', NULL, 1767614400000000, 1767614400000000, 1, 'card-1', 'PRINT_READY_RECORD', NULL, NULL, NULL, '8566', 0, NULL, NULL, NULL, 1767614400000000, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-3', 'printing', NULL, 1767614460000000, 1767614520000000, 1, 'card-1', 'PRINT_READY_RECORD', NULL, NULL, NULL, '0488', 0, NULL, NULL, NULL, 1767614520000000, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-4', 'ready', NULL, 1767614400000000, 1767614580000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '1449', 0, NULL, NULL, NULL, 1767614580000000, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-5', 'ready', NULL, 1767614400000000, 1767614640000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '2410', 0, NULL, NULL, NULL, 1767614640000000, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-8', 'ready', NULL, 1767700800000000, 1767644400000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '5293', 0, NULL, NULL, NULL, 1767644400000000, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-2', 'unconfirmed', 'power cut', 1767614400000000, 1767614460000000, 1, 'card-1', 'PRINT_READY_RECORD', NULL, NULL, NULL, '9527', 0, NULL, NULL, NULL, 1767614460000000, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-6', 'waiting', 'SENT_FOR_ENROLLMENT', 1767614400000000, 1767584400000000, 0, NULL, 'SENT_FOR_ENROLLMENT', NULL, NULL, NULL, '3371', 1, NULL, 1767584400000000, '470/12/2026', 1767614700000000, 'centre', NULL, NULL, 1, NULL, 0);
INSERT INTO giliran_1205.job VALUES ('R-7', 'waiting', 'absent_at_centre', 1767700800000000, 1767638400000000, 0, NULL, NULL, NULL, NULL, NULL, '4332', 1, NULL, 1767638400000000, '470/12/2026', NULL, 'absent', NULL, 1, 1, NULL, 0);
INSERT INTO giliran_1205.job VALUES ('R-9', 'waiting', 'bad_record: recorded_at: missing', 1767700800000000, 1767700800000000, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, 'unusable', 'bad_record', NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-10', 'waiting', 'try_again: the answer was cut off', 1767787200000000, 1767734400000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '8534', 0, NULL, NULL, NULL, 1767734400000000, 'retry', NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-11', 'waiting', 'same_nik: R-1', 1767787200000000, 1767734460000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '8325', 0, NULL, NULL, NULL, 1767734460000000, 'person', NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-12', 'waiting', 'bad_card: photo: not a JPEG', 1767787200000000, 1767734520000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '8116', 0, NULL, NULL, NULL, 1767734520000000, 'unusable', 'bad_card', NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-13', 'cancelled', 'withdrawn_at_centre', 1767787200000000, 1767734580000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '7907', 0, NULL, NULL, NULL, 1767734580000000, 'centre', NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-14', 'waiting', 'not_print_ready_any_more', 1767787200000000, 1767734640000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '7698', 0, NULL, NULL, NULL, 1767734640000000, 'centre', NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-15', 'waiting', 'absent_at_centre', 1767787200000000, 1767734700000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '7489', 0, NULL, NULL, NULL, 1767734700000000, 'absent', NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-16', 'held', 'the village is asked', 1767787200000000, 1767734760000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '7280', 0, NULL, NULL, NULL, 1767734760000000, NULL, 'bad_record', NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job_count VALUES ('handed_over', 0);
INSERT INTO giliran_1205.job_count VALUES ('printed', 1);
INSERT INTO giliran_1205.job_count VALUES ('printing', 1);
INSERT INTO giliran_1205.job_count VALUES ('unconfirmed', 1);
INSERT INTO giliran_1205.job_count VALUES ('cancelled', 1);
INSERT INTO giliran_1205.job_count VALUES ('ready', 3);
INSERT INTO giliran_1205.job_count VALUES ('waiting', 8);
INSERT INTO giliran_1205.job_count VALUES ('held', 1);
INSERT INTO giliran_1205.ledger_entry VALUES (1, 1767614400000000, 'store', 'centre', 50, 'test', 'clerk', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.ledger_entry VALUES (2, 1767614400000000, 'hopper:card-1', 'store', 20, 'test', 'clerk', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.ledger_entry VALUES (3, 1767614400000000, 'in_process', 'hopper:card-1', 1, 'print', 'giliran', 'R-1', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.ledger_entry VALUES (4, 1767614400000000, 'issued', 'in_process', 1, 'printed', 'giliran', 'R-1', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.ledger_entry VALUES (5, 1767614400000000, 'in_process', 'hopper:card-1', 1, 'print', 'giliran', 'R-2', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.ledger_entry VALUES (6, 1767614460000000, 'in_process', 'hopper:card-1', 1, 'print', 'giliran', 'R-3', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.ledger_entry VALUES (7, 1767700800000000, 'store', 'centre', 5000, 'receive', 'siti', NULL, NULL, NULL, 'SJ-77', NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.ledger_entry VALUES (8, 1767700800000000, 'centre', 'store', 5000, 'receive', 'siti', NULL, NULL, NULL, NULL, NULL, NULL, '500, not 5000', NULL, 7);
INSERT INTO giliran_1205.link VALUES ('down', 1767787200000000, 'connect', 'connection refused', 3, 0, 1767787200000000, 1);
INSERT INTO giliran_1205.log VALUES (1, 1767614400000000, 'centre', 'recorded', 'R-1', '{"after": "ready", "recorded_at": "2026-01-05T12:00:00+00:00"}', '0000000000000000000000000000000000000000000000000000000000000000', 'a1b2ee88b0f7947283b54fbeae47413b14e9f23bad1c47bd3e56fd3d52ec580d');
INSERT INTO giliran_1205.log VALUES (2, 1767614400000000, 'centre', 'recorded', 'R-2', '{"after": "ready", "recorded_at": "2026-01-05T12:01:00+00:00"}', 'a1b2ee88b0f7947283b54fbeae47413b14e9f23bad1c47bd3e56fd3d52ec580d', 'd18f042267adbddcf13427fa79d89ecb8ec8537ccb58cb303a23e3f3d43dbaf2');
INSERT INTO giliran_1205.log VALUES (3, 1767614400000000, 'centre', 'recorded', 'R-3', '{"after": "ready", "recorded_at": "2026-01-05T12:02:00+00:00"}', 'd18f042267adbddcf13427fa79d89ecb8ec8537ccb58cb303a23e3f3d43dbaf2', '15259979372f510cff006859d7b38f0931eda3044ece98bf0adc5d1b48894c57');
INSERT INTO giliran_1205.log VALUES (4, 1767614400000000, 'centre', 'recorded', 'R-4', '{"after": "ready", "recorded_at": "2026-01-05T12:03:00+00:00"}', '15259979372f510cff006859d7b38f0931eda3044ece98bf0adc5d1b48894c57', 'a99e1063051d3762aa5375f81c356999d5cd5c7710f9ed592f1a837bb0ddddaa');
INSERT INTO giliran_1205.log VALUES (5, 1767614400000000, 'centre', 'recorded', 'R-5', '{"after": "ready", "recorded_at": "2026-01-05T12:04:00+00:00"}', 'a99e1063051d3762aa5375f81c356999d5cd5c7710f9ed592f1a837bb0ddddaa', '12d94ddeb3ccb142d70133e7777e61e8ad704f33c6569df08730c399c4065866');
INSERT INTO giliran_1205.log VALUES (6, 1767614400000000, 'centre', 'recorded', 'R-6', '{"after": "waiting", "reason": "SENT_FOR_ENROLLMENT", "recorded_at": "2026-01-05T12:05:00+00:00"}', '12d94ddeb3ccb142d70133e7777e61e8ad704f33c6569df08730c399c4065866', '7cdee73c04f511bcf8b8f4b04dd63b603ecb0918afb86826fb6ea9656823b2b8');
INSERT INTO giliran_1205.log VALUES (7, 1767614400000000, 'clerk', 'blanks_moved', NULL, '{"quantity": 50, "credit": "centre", "debit": "store", "reason": "test"}', '7cdee73c04f511bcf8b8f4b04dd63b603ecb0918afb86826fb6ea9656823b2b8', '3e180659ba28173c414bcb5a0a25275edb42694dc95fff44da0a202ac47b4dc1');
INSERT INTO giliran_1205.log VALUES (8, 1767614400000000, 'clerk', 'blanks_moved', NULL, '{"quantity": 20, "credit": "store", "debit": "hopper:card-1", "reason": "test"}', '3e180659ba28173c414bcb5a0a25275edb42694dc95fff44da0a202ac47b4dc1', '6eb4ca137f027b6b2e1426acebced85afabd5edc0ac3c978321aa5a80dab7cba');
INSERT INTO giliran_1205.log VALUES (9, 1767614400000000, 'giliran', 'started', 'R-1', '{"before": "ready", "after": "printing", "attempt": 1, "printer": "card-1"}', '6eb4ca137f027b6b2e1426acebced85afabd5edc0ac3c978321aa5a80dab7cba', '04a83487c719b8d960e22ec668cf954afceb885901898e7c94c085a21ea1f8b0');
INSERT INTO giliran_1205.log VALUES (10, 1767614400000000, 'giliran', 'attempt_printed', 'R-1', '{"before": "printing", "after": "printed", "attempt": 1, "printer": "card-1", "verdict": "printed"}', '04a83487c719b8d960e22ec668cf954afceb885901898e7c94c085a21ea1f8b0', 'a8df35aae468efda8499c44eb9566adbd1307329cc28d7f73e5e4cba818b6533');
INSERT INTO giliran_1205.log VALUES (11, 1767614400000000, 'giliran', 'started', 'R-2', '{"before": "ready", "after": "printing", "attempt": 1, "printer": "card-1"}', 'a8df35aae468efda8499c44eb9566adbd1307329cc28d7f73e5e4cba818b6533', 'c5c3d3eb2925204d6caa2220208ca1c90d2704cb4d8250d3993c318392551e61');
INSERT INTO giliran_1205.log VALUES (12, 1767614400000000, 'giliran', 'attempt_in_doubt', 'R-2', '{"before": "printing", "after": "unconfirmed", "attempt": 1, "printer": "card-1", "verdict": "in_doubt", "reason": "power cut"}', 'c5c3d3eb2925204d6caa2220208ca1c90d2704cb4d8250d3993c318392551e61', 'ade4118a58e88132eaa47657754743585efe438219c8236346b86e8a0bf6b2f5');
INSERT INTO giliran_1205.log VALUES (13, 1767614460000000, 'giliran', 'started', 'R-3', '{"before": "ready", "after": "printing", "attempt": 1, "printer": "card-1"}', 'ade4118a58e88132eaa47657754743585efe438219c8236346b86e8a0bf6b2f5', '1c237d06c6eaac6ba41e26fcfbe3aec0b4dd12c9b093936762a5f61b52bb687d');
INSERT INTO giliran_1205.log VALUES (14, 1767700800000000, 'siti', 'recorded', 'R-7', '{"after": "waiting", "reason": "absent_at_centre", "recorded_at": "2026-01-05T18:40:00+00:00", "office_recorded_at": "2026-01-05T18:40:00+00:00", "document": "470/12/2026", "counts": "office"}', '1c237d06c6eaac6ba41e26fcfbe3aec0b4dd12c9b093936762a5f61b52bb687d', '06a0c61b660ae026eb35b164a5b8900b2eae0f0028ba7417fea98f86825e8936');
INSERT INTO giliran_1205.log VALUES (15, 1767700800000000, 'siti', 'recorded_at_changed', 'R-6', '{"from": "2026-01-05T12:05:00+00:00", "to": "2026-01-05T03:40:00+00:00", "office_recorded_at": "2026-01-05T03:40:00+00:00", "document": "470/12/2026", "centre_recorded_at": "2026-01-05T12:05:00+00:00", "counts": "office"}', '06a0c61b660ae026eb35b164a5b8900b2eae0f0028ba7417fea98f86825e8936', '978ba1c1b0143d637473bcc983cfb34f6b504047ac52427fe04e3dc14cd83089');
INSERT INTO giliran_1205.log VALUES (16, 1767700800000000, 'siti', 'imported', NULL, '{"import": 1, "new": 1, "changed": 1, "document": "470/12/2026", "moved_ahead": 1}', '978ba1c1b0143d637473bcc983cfb34f6b504047ac52427fe04e3dc14cd83089', '76232ecf0b4d175e9f643c5d67181e2773317d565daef8ffb8dbe99328fe4a16');
INSERT INTO giliran_1205.log VALUES (17, 1767700800000000, 'centre', 'recorded', 'R-8', '{"after": "ready", "recorded_at": "2026-01-05T20:20:00+00:00", "centre_recorded_at": "2026-01-05T20:20:00+00:00", "counts": "centre"}', '76232ecf0b4d175e9f643c5d67181e2773317d565daef8ffb8dbe99328fe4a16', 'f2dcf5cef4f54a891329cb8ece4cd71cb9bf86bc43708465bf59821cfc9c1cd9');
INSERT INTO giliran_1205.log VALUES (18, 1767700800000000, 'centre', 'recorded', 'R-9', '{"after": "waiting", "reason": "bad_record: recorded_at: missing", "recorded_at": "2026-01-06T12:00:00+00:00", "placed": "when first heard of, until the centre says a usable time"}', 'f2dcf5cef4f54a891329cb8ece4cd71cb9bf86bc43708465bf59821cfc9c1cd9', 'e8e7697897158296b68d6d5780bf8ac70461324a982bb4f79b409ea04704553f');
INSERT INTO giliran_1205.log VALUES (19, 1767700800000000, 'siti', 'blanks_moved', NULL, '{"quantity": 5000, "credit": "centre", "debit": "store", "reason": "receive", "document": "SJ-77"}', 'e8e7697897158296b68d6d5780bf8ac70461324a982bb4f79b409ea04704553f', 'b970dc4c3c052e796dc4f7b9aeb669bbf61ccdd10a4f68e7ac7cfba75cc78d4c');
INSERT INTO giliran_1205.log VALUES (20, 1767700800000000, 'siti', 'blanks_reversed', NULL, '{"entry": 8, "reverses": 7, "quantity": 5000, "credit": "store", "debit": "centre", "reason": "receive", "note": "500, not 5000"}', 'b970dc4c3c052e796dc4f7b9aeb669bbf61ccdd10a4f68e7ac7cfba75cc78d4c', 'e8136948548038dbec8507139daf00891763d628ef1187750da9a15c7b637f37');
INSERT INTO giliran_1205.log VALUES (21, 1767700800000000, 'giliran', 'guard_journal_adopted', NULL, '{"printer": "card-1", "identity": "J-1"}', 'e8136948548038dbec8507139daf00891763d628ef1187750da9a15c7b637f37', '6865b33f5ff1032164ca039597345ab040bfdf4dbd46bb09b1ccdcc596062a52');
INSERT INTO giliran_1205.log VALUES (22, 1767700800000000, 'siti', 'printer_paused', NULL, '{"printer": "card-1", "reason": "cleaning"}', '6865b33f5ff1032164ca039597345ab040bfdf4dbd46bb09b1ccdcc596062a52', 'ade6a251054aa1aa1c924ebb143ec6fb2e6bcd63f97a4bb016e0f8e69122da05');
INSERT INTO giliran_1205.log VALUES (23, 1767787200000000, 'centre', 'recorded', 'R-10', '{"after": "ready", "recorded_at": "2026-01-06T21:20:00+00:00", "centre_recorded_at": "2026-01-06T21:20:00+00:00", "counts": "centre"}', 'ade6a251054aa1aa1c924ebb143ec6fb2e6bcd63f97a4bb016e0f8e69122da05', 'b2fab549efcc4520dfcf25af03297b120a430e54bdff100ff9e51c0181bcb9f1');
INSERT INTO giliran_1205.log VALUES (24, 1767787200000000, 'centre', 'recorded', 'R-11', '{"after": "ready", "recorded_at": "2026-01-06T21:21:00+00:00", "centre_recorded_at": "2026-01-06T21:21:00+00:00", "counts": "centre"}', 'b2fab549efcc4520dfcf25af03297b120a430e54bdff100ff9e51c0181bcb9f1', '54ab17223d6b6392ba5cd575947a84b141a0095e59ccb75db024685978516e7b');
INSERT INTO giliran_1205.log VALUES (25, 1767787200000000, 'centre', 'recorded', 'R-12', '{"after": "ready", "recorded_at": "2026-01-06T21:22:00+00:00", "centre_recorded_at": "2026-01-06T21:22:00+00:00", "counts": "centre"}', '54ab17223d6b6392ba5cd575947a84b141a0095e59ccb75db024685978516e7b', 'cbb42d85bc55bca6e84a19dc8111d62e280337be431184ab559e8ef4626fefe5');
INSERT INTO giliran_1205.log VALUES (26, 1767787200000000, 'centre', 'recorded', 'R-13', '{"after": "ready", "recorded_at": "2026-01-06T21:23:00+00:00", "centre_recorded_at": "2026-01-06T21:23:00+00:00", "counts": "centre"}', 'cbb42d85bc55bca6e84a19dc8111d62e280337be431184ab559e8ef4626fefe5', '4dc4441efd8e534b3f472655b4f1acb0aea70fa8f69369c4dd8b0d017d4706d3');
INSERT INTO giliran_1205.log VALUES (27, 1767787200000000, 'centre', 'recorded', 'R-14', '{"after": "ready", "recorded_at": "2026-01-06T21:24:00+00:00", "centre_recorded_at": "2026-01-06T21:24:00+00:00", "counts": "centre"}', '4dc4441efd8e534b3f472655b4f1acb0aea70fa8f69369c4dd8b0d017d4706d3', '3dfaa7652117b8234036f549b14aef7345edf8833e4301615089ee03877183bf');
INSERT INTO giliran_1205.log VALUES (28, 1767787200000000, 'centre', 'recorded', 'R-15', '{"after": "ready", "recorded_at": "2026-01-06T21:25:00+00:00", "centre_recorded_at": "2026-01-06T21:25:00+00:00", "counts": "centre"}', '3dfaa7652117b8234036f549b14aef7345edf8833e4301615089ee03877183bf', 'fa5c5436c6879c5dd4dc8109e40814ad41d41816a922020d97ff5844ea0742fe');
INSERT INTO giliran_1205.log VALUES (29, 1767787200000000, 'centre', 'recorded', 'R-16', '{"after": "ready", "recorded_at": "2026-01-06T21:26:00+00:00", "centre_recorded_at": "2026-01-06T21:26:00+00:00", "counts": "centre"}', 'fa5c5436c6879c5dd4dc8109e40814ad41d41816a922020d97ff5844ea0742fe', '4a3fa7b32873f080dd51d12e2d467840979c4c83433df675bbf012051b074ec2');
INSERT INTO giliran_1205.log VALUES (30, 1767787200000000, 'giliran', 'not_ready', 'R-10', '{"before": "ready", "after": "waiting", "attempt": 0, "reason": "try_again: the answer was cut off", "waits_for": "retry"}', '4a3fa7b32873f080dd51d12e2d467840979c4c83433df675bbf012051b074ec2', '56b5aab87db189eff9726ffd883b9801d913de55fc618c32f70808750df23548');
INSERT INTO giliran_1205.log VALUES (31, 1767787200000000, 'giliran', 'not_ready', 'R-11', '{"before": "ready", "after": "waiting", "attempt": 0, "reason": "same_nik: R-1", "waits_for": "person"}', '56b5aab87db189eff9726ffd883b9801d913de55fc618c32f70808750df23548', '69b3f7991494f2547191d729bfd40fc87cb67ee1f5053d74bb00e0a7e590cf71');
INSERT INTO giliran_1205.log VALUES (32, 1767787200000000, 'giliran', 'not_ready', 'R-12', '{"before": "ready", "after": "waiting", "attempt": 0, "reason": "bad_card: photo: not a JPEG", "waits_for": "unusable"}', '69b3f7991494f2547191d729bfd40fc87cb67ee1f5053d74bb00e0a7e590cf71', 'ab8462b82961f1ddbe8a30ea15ad673d76e1419b3b160c8916edc15e2742fd67');
INSERT INTO giliran_1205.log VALUES (33, 1767787200000000, 'centre', 'withdrawn', 'R-13', '{"before": "ready", "after": "cancelled", "attempt": 0, "reason": "withdrawn_at_centre", "waits_for": "centre"}', 'ab8462b82961f1ddbe8a30ea15ad673d76e1419b3b160c8916edc15e2742fd67', 'efba5af7e41566cd00acde75dfd8ae88a8131653f5f6648b27fc028946ccae64');
INSERT INTO giliran_1205.log VALUES (34, 1767787200000000, 'giliran', 'not_ready', 'R-14', '{"before": "ready", "after": "waiting", "attempt": 0, "reason": "not_print_ready_any_more", "waits_for": "centre"}', 'efba5af7e41566cd00acde75dfd8ae88a8131653f5f6648b27fc028946ccae64', 'f681de369b150da8bf68ecd36f197a55f7d6cf8f622c616d57f3a0094b66b964');
INSERT INTO giliran_1205.log VALUES (35, 1767787200000000, 'giliran', 'not_ready', 'R-15', '{"before": "ready", "after": "waiting", "attempt": 0, "reason": "absent_at_centre", "waits_for": "absent"}', 'f681de369b150da8bf68ecd36f197a55f7d6cf8f622c616d57f3a0094b66b964', '6ff15ac999ea8a4efe35ac3dbe3108571318c1b90ff5d2de0ca7a46b7b8912e8');
INSERT INTO giliran_1205.log VALUES (36, 1767787200000000, 'giliran', 'not_ready', 'R-16', '{"before": "ready", "after": "waiting", "attempt": 0, "reason": "bad_record: nik: must be 16 digits", "waits_for": "unusable"}', '6ff15ac999ea8a4efe35ac3dbe3108571318c1b90ff5d2de0ca7a46b7b8912e8', '9195d1add854527e0bca02d67a7cf18c4e0924bac3af4ca1495f70778337ef14');
INSERT INTO giliran_1205.log VALUES (37, 1767787200000000, 'siti', 'held', 'R-16', '{"before": "waiting", "after": "held", "attempt": 0, "reason": "the village is asked"}', '9195d1add854527e0bca02d67a7cf18c4e0924bac3af4ca1495f70778337ef14', '07c1be232c861cab926e6e7cf95924361249458cc7c56b82c13abbf9cc60909b');
INSERT INTO giliran_1205.log VALUES (38, 1767787200000000, 'giliran', 'link_down', NULL, '{"cause": "connect", "detail": "connection refused"}', '07c1be232c861cab926e6e7cf95924361249458cc7c56b82c13abbf9cc60909b', '34c59399b3411074ab82d1c23e18c02b66d911d4551854d13dbe81d1aad593a4');
INSERT INTO giliran_1205.log VALUES (39, 1767787200000000, 'siti', 'card_serial', 'R-1', '{"attempt": 1, "serial": "CHIP-0001", "trouble": "unknown"}', '34c59399b3411074ab82d1c23e18c02b66d911d4551854d13dbe81d1aad593a4', 'ca57a6ef2bfa38534e363345eb3f4f18753991872d8fcd5b487448ffbcca9490');
INSERT INTO giliran_1205.log VALUES (40, 1767787200000000, 'giliran', 'printer_state', NULL, '{"printer": "card-1", "after": "paused", "reasons": ["operator"]}', 'ca57a6ef2bfa38534e363345eb3f4f18753991872d8fcd5b487448ffbcca9490', '28a9ea8e54ff19a52736039186e10fea558c722a16546d5a1e1bb6b23866798c');
INSERT INTO giliran_1205.log VALUES (41, 1767787200000000, 'siti', 'consumable_renewed', NULL, '{"printer": "card-1", "consumable": "ribbon"}', '28a9ea8e54ff19a52736039186e10fea558c722a16546d5a1e1bb6b23866798c', '3134739af3ad6a3cb6164b852f1a37bfa1f33050fdb2434dcdf18a3f195cd4a3');
INSERT INTO giliran_1205.office VALUES ('1205', '\xd1785aca7c31ce241a38ceedd9f3730c7890659c6c972bf5cbea9780a052392e', NULL, NULL, NULL);
INSERT INTO giliran_1205.outage VALUES (1, 1767787200000000, NULL, 'connect', 'connection refused');
INSERT INTO giliran_1205.paper VALUES ('SJ-77', '5000 from centre to store (receive)', 1767700800000000, 'siti', 1767700800000000);
INSERT INTO giliran_1205.person VALUES ('R-8', '\x82419487561b63482108d0a46cfe994c98ff5b42284483539c4b74db2c65082c888f6107ddba74e092371fb221040eca13c46f901beedd2ab914a3990a6f482039063674290eb87b2550c6f060937c0a8e94677d684d95996834d87c7d0cf9a3538361284d0fbb6b4ac4e8f801a8295a0aafca7a9b6432c1c7b4d99a45d4b3e36f3d4692', '\x0992501ed804e372f1a18ba18a47317d8bb276eead9c86f392bacad9b96c49fe');
INSERT INTO giliran_1205.person VALUES ('R-4', '\x3df6e7bb44d65cf2a4543ce3ee87a0c22bc2c05d54a1647993d69ccc5f3e9acd2abba07cbfcf55c322c273918961d41bc9c523f517d733a817e6b4b15cd7d8fa114d69e6017614103c24b4da6089d7c746da6832061e2b020b860bb8c3880b0b2a16f68d6da670a778d04aead98245cf9a1788162a11010a9b420501910405b236a8e1e6', '\x09f589c6bebd128dc95c3f7726bd9d8ea1a4cdf09f392dbecedae080fb674064');
INSERT INTO giliran_1205.person VALUES ('R-7', '\x4cd883c916047ace94def8a982a5f2cd4b9904801b18f36e7f078d44b60a468158a3aa3ab43d70e2313e95475ababf81dd974859b144598071df89f1ee7e3a4e1ad0ffc0410faef87e5675604b31069f86b7ae63c96906e1983d597641f6ff61236a17a89d7207999ba6dda9deb485a4e4b728be963dbbf6a30c55a357a0ffd3688c8911', '\x19d98382d4948d2435bb7365962085d6d9e3f8996e6e97e0a059350852b5f2b2');
INSERT INTO giliran_1205.person VALUES ('R-2', '\xaac1ba2bc60e6c1a2c4deaf9fff14d8a62a99750a67deff2288c8a5d6ebcc84c400a7049f72935c2791e76e4e62ce1967a9e49437a6d31ed52aa444a1e8c91749bcf170e3477f7de7cfd4575446b50bf8111b3d99ec0766711444eb607174b42b8ceb08509ceb991e89ef948fd4a4134d1e274a1e227d8830c4f1276b9df9ee8ed608cad', '\x1b6b0bab4b05f16a2499586ba3cbe1aa635fa2379203ceb3b785bf8d46c69548');
INSERT INTO giliran_1205.person VALUES ('R-6', '\x138381f574457c5bf7cb6ab40d45e9b6bb811bc5e74c3675010a54bd1c4f66da488e1e98b35ad5e50de475eafd0d26bc931aa511b0c4225641cd2ab6a6821d0c98fbf0136e510fa1e415fc1c1c4bfcdb2f4bff277bce6aa5b5efa458b089208e9263d873e46ee9e223e83629d831fc6bf418ce45035e2403dc758cfab8d4322d3a13d124', '\x1b7412be466e57597bdd5cba9a090d494fb1332106c8d3a4fcdaebc4b8cce236');
INSERT INTO giliran_1205.person VALUES ('R-3', '\x01373e056d9744e629bcdb285f3b880b18d0ed47ae209e8d561abe333872bc36cf99439c876ec5fc15ef0d39ee726baa253364599f1d10db79b99eef79b9a875eac9512cf74cc3bc11911aef679da7749521d832611b4110c5810fbd988e7661dd6bcaf30076c020122040b5d6d96ae84852b7d71eef7d2ab8b6146ca65fb465e36e585b', '\x2009db5fc7ce78a7690743857d517ab1d316d4cc75b20825ce35bf700bc0329c');
INSERT INTO giliran_1205.person VALUES ('R-1', '\x497297b6761ff3b395bb51d8019f78e276eee0399ebbe1a9e9e8786cd034db804acbcd26df328d6e5d4098b634fb9831616806aabfdd97eb8a587c292e74bd1776bf7a440ffb2505f0eea58b0bb0540b1a56127cb2b1c3764fc6a41fc1a057074b5a1c3cd78460cd6431500f9405d4899fc824352f777c7156718d3792eef4aa828115d7', '\x67a824724908c6b9e3dec106c6d8e2bd4348af457e3b1f9bcd3a6d5e018e6c3f');
INSERT INTO giliran_1205.person VALUES ('R-5', '\x9d90b491bcdea6006acc7ba0208f4cf7b97f3dce9f64d6ec706736a23e1f38971c66b9988e6f71dd4d6bbef6ac35849ba07b13617dabbae4c6fc940510b0833d53eb04ec4386653e64265b84c8845c8923f93463aa4ed1f75f27e53d28333f9f09f8c01ed13fbca17652ae977584cdbd4b20bb8d38d98ee230ce72faa0b03ee17edf7b1b', '\x9be56c6830f8e0672b4f3e52ecb68cefc4ee4a2e9edf44408fcb1c0ac99bc9da');
INSERT INTO giliran_1205.person VALUES ('R-10', '\x8b6ad8d45e9bb95a854a810a5dc7bbc72bb5ac882dbe53b07072d0a84278c21af355c93b54ec7774f71cdc11d8fd3e83fddc1c2c37cf92bfe6a684ff615a29b924ae98002bf7b8204246ff294c00375693e412daa24c91c694228e4dd2475ab905e1b4157efd9ba677bd1596a81a91faa98a0541149795af4ceedc0519d5bb6b9395e59c', '\xe0d1a050d04cfb369df8f87d275bba9a664a18b068eef0b37769b047d70c21e7');
INSERT INTO giliran_1205.person VALUES ('R-11', '\xd66d5e496e54e497a1329a8a93a45da5eba5539339dd3efe091ee8947e48b6ee53635226a9bcd7575e6ee535a5572c259b770ea2669c2db98e3cc48733cd93b9e665005088e0934c19fe8b886d066f641c92b2f6ae8af28f0d60c9ffda759cdca6fdf27000b706e8c0685a9f13a7cb259695c34b08defb8731b6033ac66aeb22a3523052', '\x73c8e4cebf3e083d6ad9ba8e90d297e9be69918e1c3fbfa918363aa38975ad26');
INSERT INTO giliran_1205.person VALUES ('R-12', '\x1ff00ec0c8b9c66bf025e91391de68f756022e6e0907597dfb8c16fed68df8f0d6a294ea6e1a499492485269aa9b00e7dd963ab77fc83cdf5c1a7349ce2178f224220cd692fa85c16f8ad0af82b4ada443bfcdbe7a47b1eb95145aff2a788d16159f83dd5acdac3de3681bace3b638615169a2f1c5f787b7e8b5113b3c56d4ab09e4b0c4', '\xfa5d7e8c4e3538bf7f76b34ca21b5f28a7882e875ed70780eec96f5ecdf387c6');
INSERT INTO giliran_1205.person VALUES ('R-13', '\xb2950265ff73229a43ff06b74420659f6a016dd53cb27a9d7b29d7cb7bc5ee644eadb2da0634e168b92bada18b44b19c4d038b41f4d03b2c1d37e1c382f6346827decf34ebe111a46aaeabb3a1d21755bc0bc1cf4986ca59cb8f1fe2ff8701b0b6830f2be51081b063a943a3c7783866fbe61dbefb403db37b3cf1735c9ac6349e0fd8ab', '\x4240abde74a353afca86ff0c4f34c9e1da685483f8f7416902b21c0595f33de4');
INSERT INTO giliran_1205.person VALUES ('R-14', '\x15322e05e9afe4f7a5e44ad5222fb2a177319b6ce99e7fd0531962d419e385e5829521e7e6577620d2880801307aa79c9c8625c17e9bdd4d5e628df39f965256dbcd44a9d066d04ccc65a46afea437be3a168811ea65a062599de5fe83b6bb82b16d67e579e2218f76f3b870a8d7e07d63ff14053c259450e43ee6a419de498c202f9058', '\x66d26908f0a8e2c9af126c8aaf8f0c99b7c77507d2d5baf8b075ef9fd81a827e');
INSERT INTO giliran_1205.person VALUES ('R-15', '\xccbe5097aca956b479d4c43e0ee60c48a13322aaac99058bd115f16b42026c1a8c28a51d1fcd73e3e712ce0ac5a14b9f55a92d4164d2669ce39c74ed47b3974f2bf3fbba0638ede65999b01f3208af89969a053472c77018e3aa00c935ab27898e33ea5e8acfc7c11ff677b4b0e9393e4c61da7a5fb1a73a76e01f82e0ec061ddc2a3643', '\xbddff43db4ed98296018861815219ba550b52bcfa98779b2dc7f59f77160ba3d');
INSERT INTO giliran_1205.person VALUES ('R-16', '\xd0a31bb9b8477670838a0787d514c275ca9c1080455738d6a440629bb197bd9426f91a32ebe0c35fd6bd2219521106602b111d20a77ca8c8d274b2ececf46dea7b790c4d284020f3b3424acc0a8055077ff4cf0a5e856263176232e2aff0208f13272188c19e1e89f72fb77e44b6c315c8049576efa5e7c0cfb0d51b98e94ddca1844b36', '\xcda8a7859b0af5f8cdf0b5c28318a928b031a61d6021d516b733a1d0616cede9');
INSERT INTO giliran_1205.printer VALUES ('card-1', 'card-1', 'J-1', 'paused', '["operator"]', 1, 1, '[{"name": "ribbon", "percent": 40, "full": 250}]', '{"ribbon": "2026-01-07T12:00:00+00:00"}', 'driver of it', 1, 'cleaning');
INSERT INTO giliran_1205.registration_import VALUES (1, 1767700800000000, 'siti', NULL, NULL);
ALTER TABLE ONLY giliran_1205.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY giliran_1205.attempt
    ADD CONSTRAINT pk_attempt PRIMARY KEY (record_id, attempt);
ALTER TABLE ONLY giliran_1205.balance
    ADD CONSTRAINT pk_balance PRIMARY KEY (account);
ALTER TABLE ONLY giliran_1205.blank_serial
    ADD CONSTRAINT pk_blank_serial PRIMARY KEY (serial);
ALTER TABLE ONLY giliran_1205.cursor
    ADD CONSTRAINT pk_cursor PRIMARY KEY (id);
ALTER TABLE ONLY giliran_1205.daemon_run
    ADD CONSTRAINT pk_daemon_run PRIMARY KEY (id);
ALTER TABLE ONLY giliran_1205.damage
    ADD CONSTRAINT pk_damage PRIMARY KEY (record_id, kept);
ALTER TABLE ONLY giliran_1205.document
    ADD CONSTRAINT pk_document PRIMARY KEY (record_id);
ALTER TABLE ONLY giliran_1205.issuance
    ADD CONSTRAINT pk_issuance PRIMARY KEY (record_id, attempt);
ALTER TABLE ONLY giliran_1205.job
    ADD CONSTRAINT pk_job PRIMARY KEY (record_id);
ALTER TABLE ONLY giliran_1205.job_count
    ADD CONSTRAINT pk_job_count PRIMARY KEY (state);
ALTER TABLE ONLY giliran_1205.ledger_entry
    ADD CONSTRAINT pk_ledger_entry PRIMARY KEY (id);
ALTER TABLE ONLY giliran_1205.link
    ADD CONSTRAINT pk_link PRIMARY KEY (id);
ALTER TABLE ONLY giliran_1205.log
    ADD CONSTRAINT pk_log PRIMARY KEY (sequence);
ALTER TABLE ONLY giliran_1205.office
    ADD CONSTRAINT pk_office PRIMARY KEY (office_code);
ALTER TABLE ONLY giliran_1205.outage
    ADD CONSTRAINT pk_outage PRIMARY KEY (id);
ALTER TABLE ONLY giliran_1205.paper
    ADD CONSTRAINT pk_paper PRIMARY KEY (number);
ALTER TABLE ONLY giliran_1205.person
    ADD CONSTRAINT pk_person PRIMARY KEY (record_id);
ALTER TABLE ONLY giliran_1205.printer
    ADD CONSTRAINT pk_printer PRIMARY KEY (name);
ALTER TABLE ONLY giliran_1205.registration_import
    ADD CONSTRAINT pk_registration_import PRIMARY KEY (number);
CREATE INDEX ix_attempt_start_sequence ON giliran_1205.attempt USING btree (start_sequence);
CREATE INDEX ix_blank_serial_batch ON giliran_1205.blank_serial USING btree (batch);
CREATE INDEX ix_issuance_card_serial ON giliran_1205.issuance USING btree (card_serial) WHERE (card_serial IS NOT NULL);
CREATE INDEX ix_issuance_due ON giliran_1205.issuance USING btree (printed_at, record_id) WHERE ((acknowledged_at IS NULL) AND (rejected IS NULL));
CREATE INDEX ix_issuance_printed_at ON giliran_1205.issuance USING btree (printed_at);
CREATE INDEX ix_issuance_rejected ON giliran_1205.issuance USING btree (printed_at) WHERE (rejected IS NOT NULL);
CREATE INDEX ix_issuance_serial_trouble ON giliran_1205.issuance USING btree (printed_at) WHERE (serial_trouble IS NOT NULL);
CREATE INDEX ix_job_awaits_person ON giliran_1205.job USING btree (recorded_at, record_id) WHERE (waits_for = 'person'::text);
CREATE INDEX ix_job_awaits_retry ON giliran_1205.job USING btree (since) WHERE (waits_for = 'retry'::text);
CREATE INDEX ix_job_fault ON giliran_1205.job USING btree (state, recorded_at, record_id) WHERE (fault IS NOT NULL);
CREATE INDEX ix_job_import_number ON giliran_1205.job USING btree (import_number, record_id) WHERE (import_number IS NOT NULL);
CREATE INDEX ix_job_moved_ahead ON giliran_1205.job USING btree (office_document) WHERE ((office_document IS NOT NULL) AND (office_recorded_at < centre_recorded_at));
CREATE INDEX ix_job_paper_import ON giliran_1205.job USING btree (paper_import, record_id) WHERE (paper_import IS NOT NULL);
CREATE INDEX ix_job_turn ON giliran_1205.job USING btree (state, recorded_at, record_id);
CREATE INDEX ix_ledger_entry_batch ON giliran_1205.ledger_entry USING btree (batch) WHERE (batch IS NOT NULL);
CREATE INDEX ix_ledger_entry_document ON giliran_1205.ledger_entry USING btree (document) WHERE (document IS NOT NULL);
CREATE INDEX ix_ledger_entry_office ON giliran_1205.ledger_entry USING btree (office) WHERE (office IS NOT NULL);
CREATE INDEX ix_ledger_entry_used ON giliran_1205.ledger_entry USING btree (at) WHERE ((credit = 'in_process'::text) AND (debit = ANY (ARRAY['issued'::text, 'spoiled'::text])));
CREATE INDEX ix_log_record_id_sequence ON giliran_1205.log USING btree (record_id, sequence) WHERE (record_id IS NOT NULL);
CREATE INDEX ix_person_nik_digest ON giliran_1205.person USING btree (nik_digest);
CREATE UNIQUE INDEX uq_attempt_open ON giliran_1205.attempt USING btree (record_id) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX uq_ledger_entry_reverses ON giliran_1205.ledger_entry USING btree (reverses) WHERE (reverses IS NOT NULL);
ALTER TABLE ONLY giliran_1205.attempt
    ADD CONSTRAINT fk_attempt_record_id FOREIGN KEY (record_id) REFERENCES giliran_1205.job(record_id);
ALTER TABLE ONLY giliran_1205.damage
    ADD CONSTRAINT fk_damage_record_id FOREIGN KEY (record_id) REFERENCES giliran_1205.job(record_id);
ALTER TABLE ONLY giliran_1205.document
    ADD CONSTRAINT fk_document_record_id FOREIGN KEY (record_id) REFERENCES giliran_1205.job(record_id);
ALTER TABLE ONLY giliran_1205.issuance
    ADD CONSTRAINT fk_issuance_record_id_attempt FOREIGN KEY (record_id, attempt) REFERENCES giliran_1205.attempt(record_id, attempt);
ALTER TABLE ONLY giliran_1205.ledger_entry
    ADD CONSTRAINT fk_ledger_entry_document FOREIGN KEY (document) REFERENCES giliran_1205.paper(number);
ALTER TABLE ONLY giliran_1205.ledger_entry
    ADD CONSTRAINT fk_ledger_entry_record_id FOREIGN KEY (record_id) REFERENCES giliran_1205.job(record_id);
ALTER TABLE ONLY giliran_1205.person
    ADD CONSTRAINT fk_person_record_id FOREIGN KEY (record_id) REFERENCES giliran_1205.job(record_id);
