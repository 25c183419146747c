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
    lane text,
    present_on text,
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
    salt bytea,
    subject bytea,
    commitment bytea NOT NULL,
    hash text NOT NULL
);
CREATE TABLE giliran_1205.log_checkpoint (
    size bigint NOT NULL,
    at bigint NOT NULL,
    root bytea NOT NULL,
    note text NOT NULL
);
CREATE TABLE giliran_1205.log_opening (
    id integer DEFAULT 1 NOT NULL,
    leaf text NOT NULL,
    CONSTRAINT ck_log_opening_only CHECK ((id = 1))
);
CREATE TABLE giliran_1205.log_subject (
    record_id text NOT NULL COLLATE pg_catalog."C",
    subject bytea NOT NULL,
    salt bytea NOT NULL
);
CREATE TABLE giliran_1205.log_tile (
    level integer NOT NULL,
    "position" bigint NOT NULL,
    hashes bytea NOT NULL
);
CREATE TABLE giliran_1205.office (
    office_code text NOT NULL,
    fingerprint bytea NOT NULL,
    behind_why text,
    behind_since bigint,
    behind_journal_lost integer
);
CREATE TABLE giliran_1205.order_rules (
    id integer DEFAULT 1 NOT NULL,
    rules text NOT NULL,
    starts bigint NOT NULL,
    used text NOT NULL,
    CONSTRAINT ck_order_rules_only CHECK ((id = 1))
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
INSERT INTO giliran_1205.alembic_version VALUES ('0004');
INSERT INTO giliran_1205.attempt VALUES ('R-1', 1, 'card-1', 'J-1', 'intended', NULL, NULL, 1767614400000000, 9, 1767614400000000, 'printed', NULL);
INSERT INTO giliran_1205.attempt VALUES ('R-2', 1, 'card-1', 'J-1', 'intended', NULL, NULL, 1767614400000000, 11, 1767614400000000, 'in_doubt', 'power cut');
INSERT INTO giliran_1205.attempt VALUES ('R-3', 1, 'card-1', 'J-1', 'intended', NULL, NULL, 1767614460000000, 13, NULL, NULL, NULL);
INSERT INTO giliran_1205.attempt VALUES ('R-5', 1, 'card-1', 'J-1', 'intended', NULL, NULL, 1770206400000000, 45, 1770206460000000, 'no_card', 'no ribbon');
INSERT INTO giliran_1205.balance VALUES ('centre', -50);
INSERT INTO giliran_1205.balance VALUES ('destroyed', 0);
INSERT INTO giliran_1205.balance VALUES ('issued', 1);
INSERT INTO giliran_1205.balance VALUES ('spoiled', 0);
INSERT INTO giliran_1205.balance VALUES ('store', 30);
INSERT INTO giliran_1205.balance VALUES ('transferred', 0);
INSERT INTO giliran_1205.balance VALUES ('variance', 0);
INSERT INTO giliran_1205.balance VALUES ('hopper:card-1', 17);
INSERT INTO giliran_1205.balance VALUES ('in_process', 2);
INSERT INTO giliran_1205.cursor VALUES ('21', 0, 1, 1767787200000000, NULL, 1);
INSERT INTO giliran_1205.daemon_run VALUES (1, 'server', 4711, 1767700800000000, 1767700800000000, NULL, NULL, '{}', '[]', 0, NULL);
INSERT INTO giliran_1205.document VALUES ('R-2', '\x6af1fe8a7bfe7f2e22b3cd2359723865339c27be950548d42bb92801806df4f47f98999afe612286c8a8d3077680c40d8c896582fec254ba2129b059de76bba854c37ec09a9053c46406692f232b4142ef369e409e7fa8eca7795081', 1795788484739669);
INSERT INTO giliran_1205.document VALUES ('R-3', '\xecd6a2a81262a2fbd78a88be5d24e4888cefb4eb1a40c9aa74ff1330c3672f7f7651d88dbb21103a4de774048b2041b030d74fb3db6c0b1c58203c02cf96661fb159adb81d87d9dae66a47d7619cbee5c9aa2d03617d5f05affef515', 1795788484740896);
INSERT INTO giliran_1205.document VALUES ('R-4', '\x0729e2c80f7508a79eeb7ed3813e68a5a1529c4f13f2ebac8d2ac85e7f78b2a03cebe62608b4e49edfe78bf1fdf1035551869a924a4c0952f25487f6a2d19fc69e17c62a8e56f790ef3faf1b14bf38ccc193139f47900e1f7ed598f7', 1770206400000000);
INSERT INTO giliran_1205.document VALUES ('R-8', '\xe3cecba932c0d8d59e3763ce9c22382e5665bc02b4135f2d369eb879e47c2258f3978e9e7725adbaef94fb8cd0d8808c82e1f1437ef25b7abd6bb96af05a5bf689adef07de375830bf6e371009655e51f3882b158c820f6a6c4f7e71', 1770206400000000);
INSERT INTO giliran_1205.document VALUES ('R-5', '\xd2b5df9e8d921298b9a2aba5ca8771c678b70c50f26d1e29f735a690fbd4ca8e1e4416cb59cff8f9cb38442bc2e8ab013d7e3715746bac745f7c7a59560e3a4813cbcc36d05f5b0d58ef6ce9437fef4243900a5598e20604a9a178d4', 1770206400000000);
INSERT INTO giliran_1205.issuance VALUES ('R-1', 1, 1767614400000000, 'card-1', 'CHIP-0001', 'unknown', '0f53d4882617423aa585ad33b13c93d6', 1767787200000000, NULL);
INSERT INTO giliran_1205.job VALUES ('R-1', 'printed', NULL, 1767614400000000, 1767614400000000, 1, 'card-1', 'PRINT_READY_RECORD', NULL, NULL, NULL, '8566', 0, NULL, NULL, NULL, 1767614400000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-3', 'printing', NULL, 1767614460000000, 1767614520000000, 1, 'card-1', 'PRINT_READY_RECORD', NULL, NULL, NULL, '0488', 0, NULL, NULL, NULL, 1767614520000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-8', 'ready', NULL, 1767700800000000, 1767644400000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '5293', 0, NULL, NULL, NULL, 1767644400000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-2', 'unconfirmed', 'power cut', 1767614400000000, 1767614460000000, 1, 'card-1', 'PRINT_READY_RECORD', NULL, NULL, NULL, '9527', 0, NULL, NULL, NULL, 1767614460000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-6', 'waiting', 'SENT_FOR_ENROLLMENT', 1767614400000000, 1767584400000000, 0, NULL, 'SENT_FOR_ENROLLMENT', NULL, NULL, NULL, '3371', 1, NULL, 1767584400000000, '470/12/2026', 1767614700000000, 'centre', NULL, NULL, 1, NULL, 0, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-7', 'waiting', 'absent_at_centre', 1767700800000000, 1767638400000000, 0, NULL, NULL, NULL, NULL, NULL, '4332', 1, NULL, 1767638400000000, '470/12/2026', NULL, 'absent', NULL, 1, 1, NULL, 0, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-9', 'waiting', 'bad_record: recorded_at: missing', 1767700800000000, 1767700800000000, 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, 'unusable', 'bad_record', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-10', 'waiting', 'try_again: the answer was cut off', 1767787200000000, 1767734400000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '8534', 0, NULL, NULL, NULL, 1767734400000000, 'retry', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-11', 'waiting', 'same_nik: R-1', 1767787200000000, 1767734460000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '8325', 0, NULL, NULL, NULL, 1767734460000000, 'person', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-12', 'waiting', 'bad_card: photo: not a JPEG', 1767787200000000, 1767734520000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '8116', 0, NULL, NULL, NULL, 1767734520000000, 'unusable', 'bad_card', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-13', 'cancelled', 'withdrawn_at_centre', 1767787200000000, 1767734580000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '7907', 0, NULL, NULL, NULL, 1767734580000000, 'centre', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-14', 'waiting', 'not_print_ready_any_more', 1767787200000000, 1767734640000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '7698', 0, NULL, NULL, NULL, 1767734640000000, 'centre', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-15', 'waiting', 'absent_at_centre', 1767787200000000, 1767734700000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '7489', 0, NULL, NULL, NULL, 1767734700000000, 'absent', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-16', 'held', 'the village is asked', 1767787200000000, 1767734760000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '7280', 0, NULL, NULL, NULL, 1767734760000000, NULL, 'bad_record', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.job VALUES ('R-4', 'ready', NULL, 1767614400000000, 1767614580000000, 0, NULL, 'PRINT_READY_RECORD', NULL, NULL, NULL, '1449', 0, NULL, NULL, NULL, 1767614580000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-02-04');
INSERT INTO giliran_1205.job VALUES ('R-5', 'ready', 'no ribbon', 1770206460000000, 1767614640000000, 1, 'card-1', 'PRINT_READY_RECORD', NULL, NULL, NULL, '2410', 0, NULL, NULL, NULL, 1767614640000000, NULL, NULL, NULL, NULL, NULL, NULL, 'lansia', NULL);
INSERT INTO giliran_1205.job_count VALUES ('handed_over', 0);
INSERT INTO giliran_1205.job_count VALUES ('printed', 1);
INSERT INTO giliran_1205.job_count VALUES ('unconfirmed', 1);
INSERT INTO giliran_1205.job_count VALUES ('cancelled', 1);
INSERT INTO giliran_1205.job_count VALUES ('waiting', 8);
INSERT INTO giliran_1205.job_count VALUES ('held', 1);
INSERT INTO giliran_1205.job_count VALUES ('printing', 1);
INSERT INTO giliran_1205.job_count VALUES ('ready', 3);
INSERT INTO giliran_1205.ledger_entry VALUES (1, 1767614400000000, 'store', 'centre', 50, 'test', 'clerk', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.ledger_entry VALUES (2, 1767614400000000, 'hopper:card-1', 'store', 20, 'test', 'clerk', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.ledger_entry VALUES (3, 1767614400000000, 'in_process', 'hopper:card-1', 1, 'print', 'giliran', 'R-1', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.ledger_entry VALUES (4, 1767614400000000, 'issued', 'in_process', 1, 'printed', 'giliran', 'R-1', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.ledger_entry VALUES (5, 1767614400000000, 'in_process', 'hopper:card-1', 1, 'print', 'giliran', 'R-2', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.ledger_entry VALUES (6, 1767614460000000, 'in_process', 'hopper:card-1', 1, 'print', 'giliran', 'R-3', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.ledger_entry VALUES (7, 1767700800000000, 'store', 'centre', 5000, 'receive', 'siti', NULL, NULL, NULL, 'SJ-77', NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.ledger_entry VALUES (8, 1767700800000000, 'centre', 'store', 5000, 'receive', 'siti', NULL, NULL, NULL, NULL, NULL, NULL, '500, not 5000', NULL, 7);
INSERT INTO giliran_1205.ledger_entry VALUES (9, 1770206400000000, 'in_process', 'hopper:card-1', 1, 'print', 'giliran', 'R-5', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.ledger_entry VALUES (10, 1770206460000000, 'hopper:card-1', 'in_process', 1, 'no_card', 'giliran', 'R-5', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO giliran_1205.link VALUES ('down', 1767787200000000, 'connect', 'connection refused', 3, 0, 1767787200000000, 1);
INSERT INTO giliran_1205.log VALUES (1, 1767614400000000, 'centre', 'recorded', 'R-1', '{"after":"ready","recorded_at":"2026-01-05T12:00:00+00:00"}', '\xd700cacd6aafd30a8ccee6e5e6b6ff7d', '\x512f9069a0d5bae68fbc00121d6a9bd26af35b9806a4ce2f82294ad67beab7da', '\x870c9300ca56367c88a82a3143f2ac611a4d71c7342fd2e1b85af550d0deb654', 'db9d0e21c741b70120c84668886a874770691f6857bbbdbc4300c45fe5311ca9');
INSERT INTO giliran_1205.log VALUES (2, 1767614400000000, 'centre', 'recorded', 'R-2', '{"after":"ready","recorded_at":"2026-01-05T12:01:00+00:00"}', '\xdb4ec0200ecb2d8fb1f6c9caaeeeab72', '\xa22c77e948336eb49276e090440e4d687aa12a833c212768f152cfbc427ba984', '\x31b00f31dd22270ce113c4f1a6e5a7e2193a5e14a80962e51b623c7b360abc6b', '2fd05955195afdf14b3322cdaed21f16c831b615bc8a823c943e01982da397cf');
INSERT INTO giliran_1205.log VALUES (3, 1767614400000000, 'centre', 'recorded', 'R-3', '{"after":"ready","recorded_at":"2026-01-05T12:02:00+00:00"}', '\x342da53d0eb8dad787a869a5a8d4c511', '\x005347903c4c1d19c05e4066638b89c8d165e1ef4e96366ef7167375ce198ea8', '\xd3014010128058b96b11d57372902e948692b9b3744e5d5aa9a9d34208145377', 'e66db7123c97c822b3d47af9990c95a79642ccbea12972dc7b551729714ffbd5');
INSERT INTO giliran_1205.log VALUES (4, 1767614400000000, 'centre', 'recorded', 'R-4', '{"after":"ready","recorded_at":"2026-01-05T12:03:00+00:00"}', '\x290ee42871a732a341229405c7dc1547', '\x46e38ebb7b78bd5944cfae96c68e973d4ac01e6e343fbeff8dc62a570623ae21', '\x9ca02688280bf4b8547315ad978eade4dce660806095f129d2d73327876328db', '2a29ae2e69b3a09f8d26db94543f0bd904f9a4a83d96fe3ecd3f0d6953711891');
INSERT INTO giliran_1205.log VALUES (5, 1767614400000000, 'centre', 'recorded', 'R-5', '{"after":"ready","recorded_at":"2026-01-05T12:04:00+00:00"}', '\xbbef01ef3adda164fdb28ea68314be1b', '\x8d18e7b2385f3c982e138ee8b3469660d59a31b65e7d3f28c1c7b48b43921042', '\xeaa72f415e2e670e5b1a1cc2e2e6b4fd20f3edc8ad6f707808e49d32424ab726', 'f3ccf92897ab245a2b0257a6a5601e426b2626c55fe695bb5a5264dcf3d4fddd');
INSERT INTO giliran_1205.log VALUES (6, 1767614400000000, 'centre', 'recorded', 'R-6', '{"after":"waiting","reason":"SENT_FOR_ENROLLMENT","recorded_at":"2026-01-05T12:05:00+00:00"}', '\xcc23e1493eea43b60740288bf0bc4850', '\x0466eec929ec76ab139d906fcfbceabf5d81d84d3a291540ad90c0af81b72304', '\x269a136879e23f1c8ac640a8bcd33e8889520da50c97d239b1b6090d773ab842', '04dd649a9506b783230578faa53892a97f735b339d003e663d325bcce3770bd5');
INSERT INTO giliran_1205.log VALUES (7, 1767614400000000, 'clerk', 'blanks_moved', NULL, '{"credit":"centre","debit":"store","quantity":50,"reason":"test"}', '\x718581f5877e2ff7749e840e296cd42e', NULL, '\x934a0b1f6a25daf60aee6cf2a89de128a775866c5f237f0a2841352eed1e6095', 'de0c9176f2d30d1201b27a7392261b1275cde47d1b63239643e82f61d358344c');
INSERT INTO giliran_1205.log VALUES (8, 1767614400000000, 'clerk', 'blanks_moved', NULL, '{"credit":"store","debit":"hopper:card-1","quantity":20,"reason":"test"}', '\x5ab9af4a5b57ea7f6661a39fb3c00aeb', NULL, '\x0cfa7578eeb2402f164cbbcbc26d1658baa66b0a94346c95d0aff547e26368a2', 'f206a5804ea30d45008c22fd3a9336e3b8aae96dc9bd6bbb35cbc26f05cf8c73');
INSERT INTO giliran_1205.log VALUES (9, 1767614400000000, 'giliran', 'started', 'R-1', '{"after":"printing","attempt":1,"before":"ready","printer":"card-1"}', '\xffe2d5d7c9d0343edc162de87524ca61', '\x512f9069a0d5bae68fbc00121d6a9bd26af35b9806a4ce2f82294ad67beab7da', '\xccee44fc9d86558fb305b699e620355f53ff9dc6dadca44708fef4eab1b0879c', 'f90658b198d152a14a5e7c2ba2264c33af291b4463b2c151afe0ab9983dd1387');
INSERT INTO giliran_1205.log VALUES (10, 1767614400000000, 'giliran', 'attempt_printed', 'R-1', '{"after":"printed","attempt":1,"before":"printing","printer":"card-1","verdict":"printed"}', '\x1a1160bfb175977392330fc90209d3b8', '\x512f9069a0d5bae68fbc00121d6a9bd26af35b9806a4ce2f82294ad67beab7da', '\x3d9093fba7060eb2e8fc2f3b5550d056a73ae3c85c48aca3b1540d75cba1e6d2', '698fcfa82f519731afbf9b5eda8f6a62796feb3db32ce6743a9647da27535ed6');
INSERT INTO giliran_1205.log VALUES (11, 1767614400000000, 'giliran', 'started', 'R-2', '{"after":"printing","attempt":1,"before":"ready","printer":"card-1"}', '\x7b5a61883bef4a9c49a5b1f44364d9a0', '\xa22c77e948336eb49276e090440e4d687aa12a833c212768f152cfbc427ba984', '\x93cc91b184a3eb2b3b8a846090f6e51edb7551d42d381ef19d01cd8f1c7d67fc', '7523352d952ae5fc32ea607bb8c866e5e4cf51cd4e4d9344139e74dc6c578f05');
INSERT INTO giliran_1205.log VALUES (12, 1767614400000000, 'giliran', 'attempt_in_doubt', 'R-2', '{"after":"unconfirmed","attempt":1,"before":"printing","printer":"card-1","reason":"power cut","verdict":"in_doubt"}', '\x0a5f8cd5f6e1b0135974681902f2c1d3', '\xa22c77e948336eb49276e090440e4d687aa12a833c212768f152cfbc427ba984', '\x0b869a050a9bfae4e32949f9011bcb38710e16547cbb858db9b0fb400e7a2aef', 'fda94b7b17ca1169cab40ee533f3d663395c5f6bf11a0d48495915ed997ea93c');
INSERT INTO giliran_1205.log VALUES (13, 1767614460000000, 'giliran', 'started', 'R-3', '{"after":"printing","attempt":1,"before":"ready","printer":"card-1"}', '\x6ebce85e150d222b5fb9b2e296e99c73', '\x005347903c4c1d19c05e4066638b89c8d165e1ef4e96366ef7167375ce198ea8', '\x35bae800b752d0ba00f827ba8046e8d630c63b094bbc98654b1b9b451c071707', '31a5fe9297a960c474d9ef7602a53e41f10b20f93bc27f2846141051e3b726e9');
INSERT INTO giliran_1205.log VALUES (14, 1767700800000000, 'siti', 'recorded', 'R-7', '{"after":"waiting","counts":"office","document":"470/12/2026","office_recorded_at":"2026-01-05T18:40:00+00:00","reason":"absent_at_centre","recorded_at":"2026-01-05T18:40:00+00:00"}', '\xc4566969faa52e86cf1448f0d45a20dc', '\x6477f1b5cbca13e9e7051dde8efd894911037f2b03c502641fb7808c9007dbde', '\xf165cb39cd257049817b2ab772ddf8bdc48d5c8b70bbb265e87f203d890b5de8', '4e7bd84c5e9051b6992d6eec1bc93262d4464abdc9b80ac2745454e76139c1c2');
INSERT INTO giliran_1205.log VALUES (15, 1767700800000000, 'siti', 'recorded_at_changed', 'R-6', '{"centre_recorded_at":"2026-01-05T12:05:00+00:00","counts":"office","document":"470/12/2026","from":"2026-01-05T12:05:00+00:00","office_recorded_at":"2026-01-05T03:40:00+00:00","to":"2026-01-05T03:40:00+00:00"}', '\x12f4e3389b295d0260a87f1d2d03bcf7', '\x0466eec929ec76ab139d906fcfbceabf5d81d84d3a291540ad90c0af81b72304', '\xfd441621334fdeb69ae037a2f976eb9225e02e3db41e3a8ba496a94329b4f466', '46b1f40723699d91fda837d9d8c7b409c94d002556c76f071791e2ca0aec70cc');
INSERT INTO giliran_1205.log VALUES (16, 1767700800000000, 'siti', 'imported', NULL, '{"changed":1,"document":"470/12/2026","import":1,"moved_ahead":1,"new":1}', '\xd812a86a86f7da2d8caa1a6d77302d09', NULL, '\x44f5ba0e37cf5f6f1f3578da6dda2a64ed841cad42c25b3d00ba039afe1aed3b', 'e5c0064f7a422e9cb01f100adad5fb672cfc572ee9e8c2f92372e14d196b111d');
INSERT INTO giliran_1205.log VALUES (17, 1767700800000000, 'centre', 'recorded', 'R-8', '{"after":"ready","centre_recorded_at":"2026-01-05T20:20:00+00:00","counts":"centre","recorded_at":"2026-01-05T20:20:00+00:00"}', '\xb89c7fb3b63b2baf3ceae00d3c0883ea', '\x89d1565ee50b1fb91f26a08dad7fb9ceed7fadf58cbae17042327a586d91542f', '\xb09c19f5c01e701c75835d13fbec7dc324b822eca02f7fee9db2073530703d72', '66f3524d4110d1868225578daddaae23a1c0d26706b6187e665fba9b4da6db82');
INSERT INTO giliran_1205.log VALUES (18, 1767700800000000, 'centre', 'recorded', 'R-9', '{"after":"waiting","placed":"when first heard of, until the centre says a usable time","reason":"bad_record: recorded_at: missing","recorded_at":"2026-01-06T12:00:00+00:00"}', '\xbd10928cd858bce08bb5bcd1f88c0a6b', '\x8dfb18be1f54b027aac34d0c5db5dc38be6de691d1b3c05f0894a2e27fbe77b5', '\xc8ebd67d43be7ec45dc82886d956d252bdcc6985ddf151cf741d7301aff2e77e', '2e3050224be9da82bf0a85903a6bec8ffa12125d620b6111d32fce1bca271fba');
INSERT INTO giliran_1205.log VALUES (19, 1767700800000000, 'siti', 'blanks_moved', NULL, '{"credit":"centre","debit":"store","document":"SJ-77","quantity":5000,"reason":"receive"}', '\xe8d1e3d2dbb4331bc6b5433d183d8468', NULL, '\x6b3507bc9795bdf84acf9531c61ac710f1846209b9185de350c6349043b486d4', '20d5b2296946723b01ce169caf8c1ebe2e76ea89aed57369a513dc3bf74c2155');
INSERT INTO giliran_1205.log VALUES (20, 1767700800000000, 'siti', 'blanks_reversed', NULL, '{"credit":"store","debit":"centre","entry":8,"note":"500, not 5000","quantity":5000,"reason":"receive","reverses":7}', '\xbb067cec8d69bd465a65af4c7fb06a17', NULL, '\x4dca86b691345957e256809b24706a1456e4386e029b5f7dbfa24c39c714810e', '4eabccbda3b576b6ee8c38dbb31bbce6ae87c87b261beb55b7ffba929b1931a0');
INSERT INTO giliran_1205.log VALUES (21, 1767700800000000, 'giliran', 'guard_journal_adopted', NULL, '{"identity":"J-1","printer":"card-1"}', '\x38a16ef340d58d8326fd376cbfa9e8e8', NULL, '\x0bd3bf92b639d2276f7071d48cd3425c43fc976ed348fc8a633922b70c002dc9', '632f272335030d16a2db0e63aaadacab225ddfe0583510abf98e72ba2b80bbc0');
INSERT INTO giliran_1205.log VALUES (22, 1767700800000000, 'siti', 'printer_paused', NULL, '{"printer":"card-1","reason":"cleaning"}', '\x708cf97455c991f788bce00c1a3e2bef', NULL, '\x381aa42b797c01a4a1033efdbe55104ef027b35cbab74d270270ab14c0cf23f3', '23c9daea3c0b13604224948e1b39730ffcd51027fa160d1dddc970d2f0ef9a0f');
INSERT INTO giliran_1205.log VALUES (23, 1767787200000000, 'centre', 'recorded', 'R-10', '{"after":"ready","centre_recorded_at":"2026-01-06T21:20:00+00:00","counts":"centre","recorded_at":"2026-01-06T21:20:00+00:00"}', '\x2aaf1a046d9783b915773b9d014072bc', '\xa4eade84d0633067336fa0f75150580c361af8e5986e2ff2da2b380b5223b331', '\x55d7d13cf346c64e3b98721bb47147dfa0df305b7a7c76c6f1dbdd7950bb00e5', '88c9648205f3bc49c68d03143d450447f5f7d31259a7c8c710bb25bcc576e1bf');
INSERT INTO giliran_1205.log VALUES (24, 1767787200000000, 'centre', 'recorded', 'R-11', '{"after":"ready","centre_recorded_at":"2026-01-06T21:21:00+00:00","counts":"centre","recorded_at":"2026-01-06T21:21:00+00:00"}', '\x39c0dcb8682c23d421b0dc2494dc5496', '\x230209c9117d1201eb29a6b08e905c58450d8b393e4999ec9b766984e109bb20', '\x3769479542d4a87b358505e7c14e4166c9e620ea6e684e2d3afc9b6bf620b274', '39e395ffa5a017aa337eefec040c4812137ef914fa38653b83224be456f9dc17');
INSERT INTO giliran_1205.log VALUES (25, 1767787200000000, 'centre', 'recorded', 'R-12', '{"after":"ready","centre_recorded_at":"2026-01-06T21:22:00+00:00","counts":"centre","recorded_at":"2026-01-06T21:22:00+00:00"}', '\xa82e28f171e99bf1e8504ec461e772b6', '\xcf288f17321039956aa3f88f217d7104cbc33a5e657c35fa8727660d96e05e1d', '\x27ceb122ce81059a1a3a06e1acd26178b0d815f9e2dcbc849ea6549910ea357b', '40717fe1e12c1075be5058d3e13a19e46ca3ec929c3b7c930be20b84f3fd7b55');
INSERT INTO giliran_1205.log VALUES (26, 1767787200000000, 'centre', 'recorded', 'R-13', '{"after":"ready","centre_recorded_at":"2026-01-06T21:23:00+00:00","counts":"centre","recorded_at":"2026-01-06T21:23:00+00:00"}', '\x79fc085e8ddd26d511f2fafa0fe72847', '\xfa3a3231f96e5b637251e51832385aaece9d5852b1d8b557f7b5371e0e7b9e1d', '\xca40701295875d74e33bb5c8b5fe9d8a4eb66dfd2d1dec878c7a032f61fa3251', 'd33e4bbb8a9928ed1207bee5fa7beb91e8123043aaa6ec9a653d8e8a09efa51f');
INSERT INTO giliran_1205.log VALUES (27, 1767787200000000, 'centre', 'recorded', 'R-14', '{"after":"ready","centre_recorded_at":"2026-01-06T21:24:00+00:00","counts":"centre","recorded_at":"2026-01-06T21:24:00+00:00"}', '\x39b80b6ebffb5dd56f98afc589c63b55', '\xa6cdb502afa63f0036e3f99d1633bcec6585d00854b0f5fc9f5366f660bf9084', '\xd869c8a0eafb2aacdab818b3cc3f941f30d91c0309d375b8293f7fc10990a157', '626cd19d474ba2373d46b680088a8342b8829c8aa84e47c75ea118a44cebd2f5');
INSERT INTO giliran_1205.log VALUES (28, 1767787200000000, 'centre', 'recorded', 'R-15', '{"after":"ready","centre_recorded_at":"2026-01-06T21:25:00+00:00","counts":"centre","recorded_at":"2026-01-06T21:25:00+00:00"}', '\x0dafdc50438aa40731d661c8c9594eed', '\x4fa984c729284ac70c7bc1dc06d73cdc615a1cf133386e3ee099fcbce24ebeb0', '\x5975b1eb5b57b612c85895a8aaa7085ae7bbde5dce0dd0c49bde179e618cd208', '885333c2a3dc5f314570b2a37ec1e26da1be13dab0071118397161b8cb1df1d2');
INSERT INTO giliran_1205.log VALUES (29, 1767787200000000, 'centre', 'recorded', 'R-16', '{"after":"ready","centre_recorded_at":"2026-01-06T21:26:00+00:00","counts":"centre","recorded_at":"2026-01-06T21:26:00+00:00"}', '\x236ddd0aeb048642d7373c251a09c279', '\xf2c0f0b17b3ab30cd286a2f055a60870dfba1e095bec63cfe8229db97a6ee3d4', '\x42f5542f13d46b975e01218c41ebe28b0dfd2ad83944889b6c8851179ff892ca', '5fc8882b796a89adbee1471dc000692020e04b03d9d01c74c99a45c96ecd8564');
INSERT INTO giliran_1205.log VALUES (30, 1767787200000000, 'giliran', 'not_ready', 'R-10', '{"after":"waiting","attempt":0,"before":"ready","reason":"try_again: the answer was cut off","waits_for":"retry"}', '\xf50b751fdac2c5da2052e3c042d67ca5', '\xa4eade84d0633067336fa0f75150580c361af8e5986e2ff2da2b380b5223b331', '\x8d1cb29e1699e5aa8e44226431c22f916d892dac6d47f95cd01ce4878b8e3eaf', '21f4b0b7d499f78697fd92a99cbfc38ba8e958712fdb6a90d5ed0e00c7aff903');
INSERT INTO giliran_1205.log VALUES (31, 1767787200000000, 'giliran', 'not_ready', 'R-11', '{"after":"waiting","attempt":0,"before":"ready","reason":"same_nik: R-1","waits_for":"person"}', '\xbc54e231c41a27a383cf17198d738bca', '\x230209c9117d1201eb29a6b08e905c58450d8b393e4999ec9b766984e109bb20', '\x157c49b56aa614b4333cfb6709bda09a74bd0b0537898a3e0f135c814d717b4a', '197d311a00a36512ea75cd774debd811d7704cdc8d0b3cb5946a35b5fdd7a97f');
INSERT INTO giliran_1205.log VALUES (32, 1767787200000000, 'giliran', 'not_ready', 'R-12', '{"after":"waiting","attempt":0,"before":"ready","reason":"bad_card: photo: not a JPEG","waits_for":"unusable"}', '\x91e9e1986f926d5734dcbf0276e17a6d', '\xcf288f17321039956aa3f88f217d7104cbc33a5e657c35fa8727660d96e05e1d', '\xf4c64827161099a6c2a0e070695844cde52aa11c947db9b19e09d1030b82c2b4', '63dd35f35df23dcd8a14b5cac843feea4234d94f5d800aae3c5a8f669643565f');
INSERT INTO giliran_1205.log VALUES (33, 1767787200000000, 'centre', 'withdrawn', 'R-13', '{"after":"cancelled","attempt":0,"before":"ready","reason":"withdrawn_at_centre","waits_for":"centre"}', '\x61da0aec24c49db6980c11a2bf9d2c8b', '\xfa3a3231f96e5b637251e51832385aaece9d5852b1d8b557f7b5371e0e7b9e1d', '\x2608b3bfe6b9c26c3d5516d8d59db53a5736bb3302505300ad19e8b5f86cc1ab', '4d86e57abdfa4a0052a93077e24e23ac8f4e9afa459e118deaf02c9b240cb3a6');
INSERT INTO giliran_1205.log VALUES (34, 1767787200000000, 'giliran', 'not_ready', 'R-14', '{"after":"waiting","attempt":0,"before":"ready","reason":"not_print_ready_any_more","waits_for":"centre"}', '\xba51a345d25c2ddefd74471101b279d9', '\xa6cdb502afa63f0036e3f99d1633bcec6585d00854b0f5fc9f5366f660bf9084', '\xf48e05cd46f3a0f08856c0bf1c9cf7e160c97c23e55bfca6d8efa62835ba2c3a', '06faf1fd3d2cfa5544d23bd1b7377888ac7a1591f4db5f22038417a9cbc2cfaa');
INSERT INTO giliran_1205.log VALUES (35, 1767787200000000, 'giliran', 'not_ready', 'R-15', '{"after":"waiting","attempt":0,"before":"ready","reason":"absent_at_centre","waits_for":"absent"}', '\x0e15201bb768e4c1d1f7e44343604e57', '\x4fa984c729284ac70c7bc1dc06d73cdc615a1cf133386e3ee099fcbce24ebeb0', '\x65c0d391294c0ee1a20ec06a4ea588277c93e27611cc62d037687e06ee876bf3', 'dda131aca68be1cb6ca838cd95a899e1832015a8b7fdeb8d39699e45ce356b8f');
INSERT INTO giliran_1205.log VALUES (36, 1767787200000000, 'giliran', 'not_ready', 'R-16', '{"after":"waiting","attempt":0,"before":"ready","reason":"bad_record: nik: must be 16 digits","waits_for":"unusable"}', '\x3160c67cd252416639edde0c40caa4ca', '\xf2c0f0b17b3ab30cd286a2f055a60870dfba1e095bec63cfe8229db97a6ee3d4', '\xcf33c5e9046bd115246a591a986826e3b9ff7655d21dcc56fcac5a2a54a4e828', '380c47afec0242c33e9b1660a89509929cfbdbbc6f1d9c19909c445217fd73e5');
INSERT INTO giliran_1205.log VALUES (37, 1767787200000000, 'siti', 'held', 'R-16', '{"after":"held","attempt":0,"before":"waiting","reason":"the village is asked"}', '\x7f0ff80c3076bd4c2b87a25d8d4f5721', '\xf2c0f0b17b3ab30cd286a2f055a60870dfba1e095bec63cfe8229db97a6ee3d4', '\xfbc7c0f47f5f3fa7fdf6096f55000fc99afee7079d101a2735077b140877bf99', 'c23a469f172728e021c114f59d4737a7de0f2e57461e6298a05540f3f7df1502');
INSERT INTO giliran_1205.log VALUES (38, 1767787200000000, 'giliran', 'link_down', NULL, '{"cause":"connect","detail":"connection refused"}', '\xb41889037e18d62beaf9b175cea101c5', NULL, '\x8259e3052bc65472a1edd22279c348dc6e2db663e583198fc27d3e1f5bdad8fc', 'fcf8ad38e16e0a7df92eeee3a19b66bc38ea8492e3e27b405ff00952cefffeaa');
INSERT INTO giliran_1205.log VALUES (39, 1767787200000000, 'siti', 'card_serial', 'R-1', '{"attempt":1,"serial":"CHIP-0001","trouble":"unknown"}', '\xde528f89165ad8357d1db4814961049f', '\x512f9069a0d5bae68fbc00121d6a9bd26af35b9806a4ce2f82294ad67beab7da', '\xcbc4aec4ce6b7c5dc825bc1e10295802d9304a23836c063e56f346d82ea1c87a', 'fd342735e51c328755434957bb846a50eb4ec4888b2a3a3258c3b15363430a1a');
INSERT INTO giliran_1205.log VALUES (40, 1767787200000000, 'giliran', 'printer_state', NULL, '{"after":"paused","printer":"card-1","reasons":["operator"]}', '\xbf3baa7549cd1b8c8af1c714667412f3', NULL, '\x7e55160e1e9b5e25789ee55f78d67a2a2bf191df7b6ec10ce798cdd416c5cc2e', '3627248f3efc2dbeb133db4b063b3b332aa15e05ea8e9b52a6fd93e42d681881');
INSERT INTO giliran_1205.log VALUES (41, 1767787200000000, 'siti', 'consumable_renewed', NULL, '{"consumable":"ribbon","printer":"card-1"}', '\x264d62e72cca09719ded81a1f9d9b99f', NULL, '\x84f7dc9f524c2b24a9b5b496aaf9d4f4b92571ff8d1f44d528aa1714e7f7c9f5', '0209014a29f0c7c242d5ac2cc0af274fdbf83f1ce5039f13867b507b2ddf0fa3');
INSERT INTO giliran_1205.log VALUES (42, 1770206400000000, 'giliran', 'order_rules', NULL, '{"lanes":[{"instruction":"SK 12/2026","name":"lansia","one_in":3}],"precedence":{"classes":["first_time"],"from":null,"instruction":"471.13/1","shut":["data_change"],"to":null,"while_blanks_below":10},"presence":false,"timezone":"Asia/Jakarta"}', '\xeea0ccbb209d361ebd39f97e22260c05', NULL, '\xc4371a009559b014e92c03d1e15fb28d016a48ba1dd345310cb2349860766f89', 'f542e8c95093624cbcc2031070690e4f7f016a077f9c2e96f1e24c2cd9ccbde9');
INSERT INTO giliran_1205.log VALUES (43, 1770206400000000, 'siti', 'lane_changed', 'R-5', '{"lane":"lansia","reason":"71 tahun"}', '\x4e03fc4c43c084a3ae455d7d9bd0a602', '\x8d18e7b2385f3c982e138ee8b3469660d59a31b65e7d3f28c1c7b48b43921042', '\xd949ca664c28d554a06c5229b852efd272f30479f06f2cebd3a8a878b14222b9', '1650eeb2f06573439661ea82ef7a7a85f9f2bd22374fbb23b9e4c7753d49fb52');
INSERT INTO giliran_1205.log VALUES (44, 1770206400000000, 'siti', 'checked_in', 'R-4', '{"day":"2026-02-04"}', '\x5659c9602c49ecc774f0549a22e454c0', '\x46e38ebb7b78bd5944cfae96c68e973d4ac01e6e343fbeff8dc62a570623ae21', '\xcef08f7e1ec87fcf6551963a80855cc816916c5fe9c15ce0a5ace046a48d9f20', '2deb28d6268629434875294c21db6dec8dbe6c171428ca60dbbcdf0b3a5a3733');
INSERT INTO giliran_1205.log VALUES (45, 1770206400000000, 'giliran', 'started', 'R-5', '{"after":"printing","attempt":1,"before":"ready","blanks":47,"day":"2026-02-04","instruction":"SK 12/2026","printer":"card-1","rule":"lane:lansia"}', '\x949abe67afc9747fcc0740d3340df269', '\x8d18e7b2385f3c982e138ee8b3469660d59a31b65e7d3f28c1c7b48b43921042', '\x2a618778df0eb03797d0b183f8d6b90d3a6fcff45fc59986318beb814124da4c', 'f206ced58d51479aeae540ab67011da0525413a337cf81fec4c25b3dc3d68f18');
INSERT INTO giliran_1205.log VALUES (46, 1770206460000000, 'giliran', 'attempt_no_card', 'R-5', '{"after":"ready","attempt":1,"before":"printing","printer":"card-1","reason":"no ribbon","verdict":"no_card"}', '\x5c8c5a9b34484cfabdff075354b9a5be', '\x8d18e7b2385f3c982e138ee8b3469660d59a31b65e7d3f28c1c7b48b43921042', '\xbd3f6922e629f9f9ed5cbdd3a2b5e59c2fc3f68d1deebec1982ad5d4071b0561', '539d6b187ce26180ce24939d7d48953093aa9873d430e28bda96c83ecc544967');
INSERT INTO giliran_1205.log_checkpoint VALUES (47, 1770206520000000, '\x8edd231d4a168272d3eb204efca3d34a1e6ab7a406832b72c2ea401715147093', 'giliran/1205
47
jt0jHUoWgnLT6yBO/KPTSh5qt6QGgytywupAFxUUcJM=

— giliran/1205 8WoWEd4mfQufdt4w4yTLM+4txgcQ/9dr70I2N6o8jVZhY3AFIjirpW+bGLOj6Akx7DUOwjn8UMGvqCkPG1GlbolW2A8=
');
INSERT INTO giliran_1205.log_opening VALUES (1, '{"at":"2026-02-04T12:00:00.000000+00:00","chain":{"entries":41,"hash":"3134739af3ad6a3cb6164b852f1a37bfa1f33050fdb2434dcdf18a3f195cd4a3"},"event":"opened","log":"414a1038d6cf0786c678bd60de1f8c8d","n":0,"office":"1205"}');
INSERT INTO giliran_1205.log_subject VALUES ('R-1', '\x512f9069a0d5bae68fbc00121d6a9bd26af35b9806a4ce2f82294ad67beab7da', '\x9efdbd017579b4ee350b8c3e03e47e3cb77aeca7c1296a6a54c02bccb19eaac05890b8ce3ede17e0d0c576d194481174deac6cf8785df8dfd286b5ed');
INSERT INTO giliran_1205.log_subject VALUES ('R-2', '\xa22c77e948336eb49276e090440e4d687aa12a833c212768f152cfbc427ba984', '\xc21ad0601ea8f35ffe21401c9d8645da2d3058130b1ff9e5f8afe8b3eaddd829b3f64db1151d2cfffb0f6098e048253c8b37859bc4cb31cd90c3de19');
INSERT INTO giliran_1205.log_subject VALUES ('R-3', '\x005347903c4c1d19c05e4066638b89c8d165e1ef4e96366ef7167375ce198ea8', '\xd3cf9e19934cfdcd6b2b1427d805d6bc7447ebb79ab610fa3f0e99ba54426cbaa392dd32290c975c6e42c5fd94bcf5a00eca5e49363c85f707e0ce8c');
INSERT INTO giliran_1205.log_subject VALUES ('R-4', '\x46e38ebb7b78bd5944cfae96c68e973d4ac01e6e343fbeff8dc62a570623ae21', '\x18366765dc0a6c6049c6e3b89480ecd278b6698ceead74a96ed5d4218c755d2073dba33d84a3edc40418452e47956f8a64012e5d213bb114f195a806');
INSERT INTO giliran_1205.log_subject VALUES ('R-5', '\x8d18e7b2385f3c982e138ee8b3469660d59a31b65e7d3f28c1c7b48b43921042', '\x53ea981446560779e68acafbf3cce2bdca040fa9821f3442fe742be59ebbe9d80adfbd4851037afb94d8358b559e6abb12729a7cf90a9ca2655b6736');
INSERT INTO giliran_1205.log_subject VALUES ('R-6', '\x0466eec929ec76ab139d906fcfbceabf5d81d84d3a291540ad90c0af81b72304', '\x6909c04a5b6ab745dac3867dfbe50a9275015e1b25e5461605c789c5e2a4fd1e4c6738663755dbc7449a2d3e3f636e88893dfc11a0b0529ad21dd096');
INSERT INTO giliran_1205.log_subject VALUES ('R-7', '\x6477f1b5cbca13e9e7051dde8efd894911037f2b03c502641fb7808c9007dbde', '\x33178769e05fc0dec76d61c911dff71291aa9aa07a1307d0894582342af4993142d530662201bee5d021fe5b55472a53e1e9a922fb1ee589f8cfe529');
INSERT INTO giliran_1205.log_subject VALUES ('R-8', '\x89d1565ee50b1fb91f26a08dad7fb9ceed7fadf58cbae17042327a586d91542f', '\xdc45c7a7e58b31a37f43ed8ce9f64059620b1355d2b1f85864edbe37d8b5dc736b0bf95d2ea959dfba9bc108f4c8526e8c5e2deb210479ada55c3444');
INSERT INTO giliran_1205.log_subject VALUES ('R-9', '\x8dfb18be1f54b027aac34d0c5db5dc38be6de691d1b3c05f0894a2e27fbe77b5', '\x63eb89bdbe645d7dbe95389312d848a631a789235cd8f9dc4acdd77eb53d8494707ab5dc75cf60a589ffa5f08e42535cb3238a2f8bd2a04dea542b04');
INSERT INTO giliran_1205.log_subject VALUES ('R-10', '\xa4eade84d0633067336fa0f75150580c361af8e5986e2ff2da2b380b5223b331', '\x342f5c6ee77a5089941390a93cf77abced43acba6c0a271625b7f875b0d7161c1119bc068691e480d2a3656205bb83fb19d2db5f63e494f3f82d4833');
INSERT INTO giliran_1205.log_subject VALUES ('R-11', '\x230209c9117d1201eb29a6b08e905c58450d8b393e4999ec9b766984e109bb20', '\x24e5df5f493fd337bad53edda81d0c4b3c3926cbb667dc2969f9426019dfcad56180d992a83a71ed3abdcbce5c31c34614cc3d603e532fb1be07fc63');
INSERT INTO giliran_1205.log_subject VALUES ('R-12', '\xcf288f17321039956aa3f88f217d7104cbc33a5e657c35fa8727660d96e05e1d', '\x125a9d63e2b35737b6ad3117531a30ee68d97454bac524b4e0ecd196bece680724083f2048c666bfb99b5194da7acd7e32016fbac85fdfcfdca18de7');
INSERT INTO giliran_1205.log_subject VALUES ('R-13', '\xfa3a3231f96e5b637251e51832385aaece9d5852b1d8b557f7b5371e0e7b9e1d', '\x7bdee2610a65d5535bc100b6baf3b9e060c267ebae7c29b38ddcc80832cac5bcbd6be7e05039d34a82bd0f9d4166806279628106d3daf1b6816797cc');
INSERT INTO giliran_1205.log_subject VALUES ('R-14', '\xa6cdb502afa63f0036e3f99d1633bcec6585d00854b0f5fc9f5366f660bf9084', '\x8df868421967610a7d13603c3c80522ae0c40d9e9f5b9536a136516f224fbd553e9aa7177a3bbd15aa464ede6aef898fb5a528dd1052f2f6e13c9b3f');
INSERT INTO giliran_1205.log_subject VALUES ('R-15', '\x4fa984c729284ac70c7bc1dc06d73cdc615a1cf133386e3ee099fcbce24ebeb0', '\x78d2620a23df3886887ae50290b04fd13014d6ec7033b4dd60479af4860b17fbc4cfe821f26035a9b28d93286b3dac6e315ce5e71c8757ae2a6b8daf');
INSERT INTO giliran_1205.log_subject VALUES ('R-16', '\xf2c0f0b17b3ab30cd286a2f055a60870dfba1e095bec63cfe8229db97a6ee3d4', '\x1b1f1dd9ab60d99f98f80cd1ccf0ebb5297dee31d93df2dc5b893806e71b6270bc98a23fc741096bfe8b00f42bc3c22d74f1392e4d35b508ebc93cad');
INSERT INTO giliran_1205.office VALUES ('1205', '\xd1785aca7c31ce241a38ceedd9f3730c7890659c6c972bf5cbea9780a052392e', NULL, NULL, NULL);
INSERT INTO giliran_1205.order_rules VALUES (1, '{"timezone": "Asia/Jakarta", "presence": false, "lanes": [{"name": "lansia", "instruction": "SK 12/2026", "one_in": 3}], "precedence": {"instruction": "471.13/1", "from": null, "to": null, "while_blanks_below": 10, "classes": ["first_time"], "shut": ["data_change"]}}', 1, '{"lansia": 1}');
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
ALTER TABLE ONLY giliran_1205.log_checkpoint
    ADD CONSTRAINT pk_log_checkpoint PRIMARY KEY (size);
ALTER TABLE ONLY giliran_1205.log_opening
    ADD CONSTRAINT pk_log_opening PRIMARY KEY (id);
ALTER TABLE ONLY giliran_1205.log_subject
    ADD CONSTRAINT pk_log_subject PRIMARY KEY (record_id);
ALTER TABLE ONLY giliran_1205.log_tile
    ADD CONSTRAINT pk_log_tile PRIMARY KEY (level, "position");
ALTER TABLE ONLY giliran_1205.office
    ADD CONSTRAINT pk_office PRIMARY KEY (office_code);
ALTER TABLE ONLY giliran_1205.order_rules
    ADD CONSTRAINT pk_order_rules PRIMARY KEY (id);
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
CREATE INDEX ix_job_class ON giliran_1205.job USING btree (state, request_class, recorded_at, record_id) WHERE (state = 'ready'::text);
CREATE INDEX ix_job_elsewhere ON giliran_1205.job USING btree (recorded_at, record_id) WHERE (waits_for = 'elsewhere'::text);
CREATE INDEX ix_job_fault ON giliran_1205.job USING btree (state, recorded_at, record_id) WHERE (fault IS NOT NULL);
CREATE INDEX ix_job_import_number ON giliran_1205.job USING btree (import_number, record_id) WHERE (import_number IS NOT NULL);
CREATE INDEX ix_job_lane ON giliran_1205.job USING btree (state, lane, request_class, recorded_at, record_id) WHERE ((state = 'ready'::text) AND (lane IS NOT NULL));
CREATE INDEX ix_job_lane_present ON giliran_1205.job USING btree (state, lane, present_on, request_class, recorded_at, record_id) WHERE ((state = 'ready'::text) AND (lane IS NOT NULL) AND (present_on IS NOT NULL));
CREATE INDEX ix_job_moved_ahead ON giliran_1205.job USING btree (office_document) WHERE ((office_document IS NOT NULL) AND (office_recorded_at < centre_recorded_at));
CREATE INDEX ix_job_paper_import ON giliran_1205.job USING btree (paper_import, record_id) WHERE (paper_import IS NOT NULL);
CREATE INDEX ix_job_present ON giliran_1205.job USING btree (state, present_on, request_class, recorded_at, record_id) WHERE ((state = 'ready'::text) AND (present_on IS NOT NULL));
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
