BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0007_units');
CREATE TABLE "api_keys" (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	digest BLOB NOT NULL, 
	pepper_version BIGINT NOT NULL, 
	prefix TEXT NOT NULL, 
	last4 TEXT NOT NULL, 
	scopes JSON NOT NULL, 
	created_at_ms BIGINT NOT NULL, 
	expires_at_ms BIGINT, 
	revoked_at_ms BIGINT, 
	last_used_at_ms BIGINT, 
	user_id TEXT, 
	team_id TEXT, 
	allowed_models JSON, 
	tags JSON NOT NULL, 
	created_by TEXT, lineage_id TEXT, 
	CONSTRAINT fk_api_keys_team_id_teams FOREIGN KEY(team_id) REFERENCES teams (id) ON DELETE CASCADE, 
	CONSTRAINT fk_api_keys_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT pk_api_keys PRIMARY KEY (id), 
	CONSTRAINT uq_api_keys_digest UNIQUE (digest)
);
CREATE TABLE audit_log (
	id TEXT NOT NULL, 
	at_ms BIGINT NOT NULL, 
	actor_kind TEXT NOT NULL, 
	actor_id TEXT NOT NULL, 
	actor_key_id TEXT, 
	actor_name TEXT NOT NULL, 
	action TEXT NOT NULL, 
	object_type TEXT NOT NULL, 
	object_id TEXT NOT NULL, 
	team_id TEXT, 
	"before" JSON, 
	"after" JSON, 
	from_ip TEXT, 
	request_id TEXT, 
	CONSTRAINT ck_audit_log_actor_kind CHECK (actor_kind IN ('user', 'service', 'bootstrap', 'operator', 'system')), 
	CONSTRAINT pk_audit_log PRIMARY KEY (id)
);
CREATE TABLE bodies (
	entry_id TEXT NOT NULL, 
	expires_at_ms BIGINT NOT NULL, 
	request TEXT NOT NULL, 
	answer TEXT NOT NULL, 
	is_cut BOOLEAN NOT NULL, 
	CONSTRAINT pk_bodies PRIMARY KEY (entry_id)
);
CREATE TABLE body_rules (
	id TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	scope_id TEXT NOT NULL, 
	max_bytes BIGINT NOT NULL, 
	keep_days BIGINT NOT NULL, 
	created_at_ms BIGINT NOT NULL, 
	CONSTRAINT ck_body_rules_scope CHECK (scope IN ('team', 'key')), 
	CONSTRAINT pk_body_rules PRIMARY KEY (id)
);
CREATE TABLE budget_periods (
	id TEXT NOT NULL, 
	budget_id TEXT NOT NULL, 
	start_ms BIGINT NOT NULL, 
	end_ms BIGINT, 
	cap_nusd BIGINT NOT NULL, 
	is_hard BOOLEAN NOT NULL, 
	held_nusd BIGINT NOT NULL, 
	settled_nusd BIGINT NOT NULL, 
	overshoot_nusd BIGINT NOT NULL, 
	closing_nusd BIGINT NOT NULL, 
	CONSTRAINT ck_budget_periods_cap CHECK (is_hard = 0 OR held_nusd + settled_nusd <= cap_nusd + overshoot_nusd), 
	CONSTRAINT ck_budget_periods_held CHECK (held_nusd >= 0), 
	CONSTRAINT fk_budget_periods_budget_id_budgets FOREIGN KEY(budget_id) REFERENCES budgets (id), 
	CONSTRAINT pk_budget_periods PRIMARY KEY (id)
);
CREATE TABLE budgets (
	id TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	scope_id TEXT NOT NULL, 
	cap_nusd BIGINT NOT NULL, 
	period TEXT NOT NULL, 
	time_zone TEXT NOT NULL, 
	is_hard BOOLEAN NOT NULL, 
	alert_percents JSON NOT NULL, 
	unknown_hold_nusd BIGINT, 
	created_at_ms BIGINT NOT NULL, 
	archived_at_ms BIGINT, 
	CONSTRAINT ck_budgets_period CHECK (period IN ('day', 'week', 'month', 'total')), 
	CONSTRAINT ck_budgets_scope CHECK (scope IN ('instance', 'team', 'user', 'key')), 
	CONSTRAINT pk_budgets PRIMARY KEY (id)
);
CREATE TABLE changes (
	name TEXT NOT NULL, 
	counter BIGINT NOT NULL, 
	CONSTRAINT pk_changes PRIMARY KEY (name)
);
INSERT INTO "changes" VALUES('access',0);
CREATE TABLE "entries" (
	id TEXT NOT NULL, 
	created_at_ms BIGINT NOT NULL, 
	settled_at_ms BIGINT NOT NULL, 
	key_id TEXT NOT NULL, 
	client_request_id TEXT, 
	task TEXT NOT NULL, 
	model TEXT NOT NULL, 
	upstream TEXT, 
	upstream_model TEXT, 
	stream BOOLEAN NOT NULL, 
	status TEXT NOT NULL, 
	error_code TEXT, 
	finish_reason TEXT, 
	units_in BIGINT, 
	units_out BIGINT, 
	basis TEXT, 
	attempts BIGINT NOT NULL, 
	latency_ms BIGINT NOT NULL, 
	ttft_ms BIGINT, 
	user_id TEXT, 
	team_id TEXT, 
	unit_in TEXT, 
	unit_out TEXT, 
	cached_in BIGINT, 
	cost_nusd BIGINT, 
	held_nusd BIGINT NOT NULL, 
	price JSON, 
	charged JSON, 
	tags JSON, 
	end_user TEXT, 
	tries JSON, 
	CONSTRAINT ck_entries_basis CHECK (basis IN ('reported', 'counted', 'estimated')), 
	CONSTRAINT ck_entries_status CHECK (status IN ('ok', 'error', 'cancelled')), 
	CONSTRAINT pk_entries PRIMARY KEY (id)
);
CREATE TABLE events (
	id TEXT NOT NULL, 
	at_ms BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	object_id TEXT NOT NULL, 
	facts JSON NOT NULL, 
	CONSTRAINT pk_events PRIMARY KEY (id)
);
CREATE TABLE holds (
	id TEXT NOT NULL, 
	lease_id TEXT NOT NULL, 
	created_at_ms BIGINT NOT NULL, 
	key_id TEXT NOT NULL, 
	client_request_id TEXT, 
	task TEXT NOT NULL, 
	model TEXT NOT NULL, 
	upstream TEXT, 
	upstream_model TEXT, 
	stream BOOLEAN NOT NULL, 
	user_id TEXT, 
	team_id TEXT, 
	unit_in TEXT, 
	unit_out TEXT, 
	units_in BIGINT NOT NULL, 
	units_out BIGINT NOT NULL, 
	held_nusd BIGINT NOT NULL, 
	price JSON, 
	charged JSON, 
	tags JSON, 
	end_user TEXT, 
	CONSTRAINT ck_holds_held CHECK (held_nusd >= 0), 
	CONSTRAINT pk_holds PRIMARY KEY (id)
);
CREATE TABLE leases (
	id TEXT NOT NULL, 
	started_at_ms BIGINT NOT NULL, 
	until_ms BIGINT NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (id)
);
CREATE TABLE limits (
	id TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	scope_id TEXT NOT NULL, 
	requests_per_minute BIGINT, 
	tokens_per_minute BIGINT, 
	parallel_calls BIGINT, 
	wait_up_to_ms BIGINT NOT NULL, 
	created_at_ms BIGINT NOT NULL, 
	CONSTRAINT ck_limits_scope CHECK (scope IN ('instance', 'team', 'user', 'key')), 
	CONSTRAINT pk_limits PRIMARY KEY (id)
);
CREATE TABLE members (
	team_id TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	role TEXT NOT NULL, 
	created_at_ms BIGINT NOT NULL, 
	CONSTRAINT ck_members_role CHECK (role IN ('lead', 'member')), 
	CONSTRAINT fk_members_team_id_teams FOREIGN KEY(team_id) REFERENCES teams (id) ON DELETE CASCADE, 
	CONSTRAINT fk_members_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT pk_members PRIMARY KEY (team_id, user_id)
);
CREATE TABLE models (
	name TEXT NOT NULL, 
	config JSON NOT NULL, 
	created_at_ms BIGINT NOT NULL, 
	updated_at_ms BIGINT NOT NULL, 
	CONSTRAINT pk_models PRIMARY KEY (name)
);
CREATE TABLE prices (
	id TEXT NOT NULL, 
	model TEXT NOT NULL, 
	upstream TEXT, 
	unit TEXT NOT NULL, 
	nusd_per_million BIGINT NOT NULL, 
	valid_from_ms BIGINT NOT NULL, 
	valid_until_ms BIGINT, 
	source TEXT NOT NULL, 
	created_at_ms BIGINT NOT NULL, 
	CONSTRAINT ck_prices_price CHECK (nusd_per_million >= 0), 
	CONSTRAINT pk_prices PRIMARY KEY (id, unit)
);
CREATE TABLE sessions (
	id TEXT NOT NULL, 
	digest BLOB NOT NULL, 
	user_id TEXT NOT NULL, 
	signed_in_with TEXT NOT NULL, 
	created_at_ms BIGINT NOT NULL, 
	used_at_ms BIGINT NOT NULL, 
	expires_at_ms BIGINT NOT NULL, 
	CONSTRAINT ck_sessions_signed_in_with CHECK (signed_in_with IN ('link', 'password')), 
	CONSTRAINT fk_sessions_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT pk_sessions PRIMARY KEY (id), 
	CONSTRAINT uq_sessions_digest UNIQUE (digest)
);
CREATE TABLE teams (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	folded_name TEXT NOT NULL, 
	created_at_ms BIGINT NOT NULL, 
	CONSTRAINT pk_teams PRIMARY KEY (id), 
	CONSTRAINT uq_teams_folded_name UNIQUE (folded_name)
);
CREATE TABLE usage_days (
	dimension TEXT NOT NULL, 
	start_ms BIGINT NOT NULL, 
	value TEXT NOT NULL, 
	ok BIGINT NOT NULL, 
	error BIGINT NOT NULL, 
	cancelled BIGINT NOT NULL, 
	without_units BIGINT NOT NULL, 
	without_cost BIGINT NOT NULL, 
	assumed_price BIGINT NOT NULL, 
	units_in BIGINT NOT NULL, 
	units_out BIGINT NOT NULL, 
	cost_nusd BIGINT NOT NULL, 
	latency BLOB NOT NULL, 
	ttft BLOB NOT NULL, characters_in BIGINT DEFAULT '0' NOT NULL, characters_out BIGINT DEFAULT '0' NOT NULL, pixels_in BIGINT DEFAULT '0' NOT NULL, pixels_out BIGINT DEFAULT '0' NOT NULL, seconds_in BIGINT DEFAULT '0' NOT NULL, seconds_out BIGINT DEFAULT '0' NOT NULL, requests_in BIGINT DEFAULT '0' NOT NULL, requests_out BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_usage_days PRIMARY KEY (dimension, start_ms, value)
)
 WITHOUT ROWID

;
CREATE TABLE usage_hours (
	dimension TEXT NOT NULL, 
	start_ms BIGINT NOT NULL, 
	value TEXT NOT NULL, 
	ok BIGINT NOT NULL, 
	error BIGINT NOT NULL, 
	cancelled BIGINT NOT NULL, 
	without_units BIGINT NOT NULL, 
	without_cost BIGINT NOT NULL, 
	assumed_price BIGINT NOT NULL, 
	units_in BIGINT NOT NULL, 
	units_out BIGINT NOT NULL, 
	cost_nusd BIGINT NOT NULL, 
	latency BLOB NOT NULL, 
	ttft BLOB NOT NULL, characters_in BIGINT DEFAULT '0' NOT NULL, characters_out BIGINT DEFAULT '0' NOT NULL, pixels_in BIGINT DEFAULT '0' NOT NULL, pixels_out BIGINT DEFAULT '0' NOT NULL, seconds_in BIGINT DEFAULT '0' NOT NULL, seconds_out BIGINT DEFAULT '0' NOT NULL, requests_in BIGINT DEFAULT '0' NOT NULL, requests_out BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_usage_hours PRIMARY KEY (dimension, start_ms, value)
)
 WITHOUT ROWID

;
CREATE TABLE usage_late (
	entry_id TEXT NOT NULL, 
	CONSTRAINT pk_usage_late PRIMARY KEY (entry_id)
);
CREATE TABLE usage_marks (
	name TEXT NOT NULL, 
	value BIGINT NOT NULL, 
	CONSTRAINT pk_usage_marks PRIMARY KEY (name)
);
INSERT INTO "usage_marks" VALUES('rolled_to',0);
INSERT INTO "usage_marks" VALUES('paired_to',0);
INSERT INTO "usage_marks" VALUES('kept_from',0);
INSERT INTO "usage_marks" VALUES('writes',0);
CREATE TABLE usage_weeks (
	dimension TEXT NOT NULL, 
	start_ms BIGINT NOT NULL, 
	value TEXT NOT NULL, 
	ok BIGINT NOT NULL, 
	error BIGINT NOT NULL, 
	cancelled BIGINT NOT NULL, 
	without_units BIGINT NOT NULL, 
	without_cost BIGINT NOT NULL, 
	assumed_price BIGINT NOT NULL, 
	units_in BIGINT NOT NULL, 
	units_out BIGINT NOT NULL, 
	cost_nusd BIGINT NOT NULL, 
	latency BLOB NOT NULL, 
	ttft BLOB NOT NULL, characters_in BIGINT DEFAULT '0' NOT NULL, characters_out BIGINT DEFAULT '0' NOT NULL, pixels_in BIGINT DEFAULT '0' NOT NULL, pixels_out BIGINT DEFAULT '0' NOT NULL, seconds_in BIGINT DEFAULT '0' NOT NULL, seconds_out BIGINT DEFAULT '0' NOT NULL, requests_in BIGINT DEFAULT '0' NOT NULL, requests_out BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_usage_weeks PRIMARY KEY (dimension, start_ms, value)
)
 WITHOUT ROWID

;
CREATE TABLE users (
	id TEXT NOT NULL, 
	email TEXT NOT NULL, 
	name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	password_hash TEXT, 
	created_at_ms BIGINT NOT NULL, 
	disabled_at_ms BIGINT, 
	CONSTRAINT ck_users_role CHECK (role IN ('admin', 'member')), 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT uq_users_email UNIQUE (email)
);
CREATE INDEX ix_members_user_id ON members (user_id);
CREATE INDEX ix_audit_log_actor_id_id ON audit_log (actor_id, id);
CREATE INDEX ix_audit_log_object_id_id ON audit_log (object_id, id);
CREATE TRIGGER audit_log_refuses_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_log_refuses_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_log_refuses_replace BEFORE INSERT ON audit_log WHEN NEW.id IN (SELECT id FROM audit_log) BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE INDEX ix_api_keys_user_id ON api_keys (user_id);
CREATE INDEX ix_api_keys_team_id ON api_keys (team_id);
CREATE INDEX ix_entries_key_id_created_at_ms ON entries (key_id, created_at_ms);
CREATE TRIGGER entries_refuse_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries never change'); END;
CREATE INDEX ix_budgets_scope_scope_id ON budgets (scope, scope_id);
CREATE INDEX ix_budget_periods_budget_id ON budget_periods (budget_id);
CREATE INDEX ix_events_object_id_id ON events (object_id, id);
CREATE UNIQUE INDEX ix_limits_scope_scope_id ON limits (scope, scope_id);
CREATE INDEX ix_prices_model_upstream ON prices (model, upstream);
CREATE UNIQUE INDEX ix_body_rules_scope_scope_id ON body_rules (scope, scope_id);
CREATE INDEX ix_bodies_expires_at_ms ON bodies (expires_at_ms);
CREATE TRIGGER entries_note_late AFTER INSERT ON entries WHEN NEW.created_at_ms < (SELECT value FROM usage_marks WHERE name = 'rolled_to') BEGIN INSERT INTO usage_late (entry_id) VALUES (NEW.id); END;
CREATE INDEX ix_entries_created_at_ms ON entries (created_at_ms);
CREATE INDEX ix_entries_team_id_created_at_ms ON entries (team_id, created_at_ms);
CREATE INDEX ix_entries_user_id_created_at_ms ON entries (user_id, created_at_ms);
CREATE INDEX ix_entries_model_created_at_ms ON entries (model, created_at_ms);
CREATE INDEX ix_sessions_user_id ON sessions (user_id);
COMMIT;
