CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	text TEXT NOT NULL, 
	helpdesk TEXT, 
	ticket_id BIGINT, 
	rule TEXT, 
	data TEXT NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (id)
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_of_ticket ON audit (helpdesk, ticket_id, id) WHERE ticket_id IS NOT NULL;
CREATE TABLE deliveries (
	id INTEGER NOT NULL, 
	helpdesk TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	ticket_id BIGINT NOT NULL, 
	received_at BIGINT NOT NULL, 
	hint TEXT NOT NULL, 
	done_at BIGINT, 
	CONSTRAINT pk_deliveries PRIMARY KEY (id), 
	CONSTRAINT uq_deliveries UNIQUE (helpdesk, "key")
);
CREATE INDEX deliveries_done ON deliveries (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX deliveries_waiting ON deliveries (helpdesk, ticket_id, received_at) WHERE done_at IS NULL;
CREATE TABLE demotions (
	rule TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_demotions PRIMARY KEY (rule)
);
CREATE TABLE meta (
	name TEXT NOT NULL, 
	value BIGINT NOT NULL, 
	CONSTRAINT pk_meta PRIMARY KEY (name)
);
CREATE TABLE tickets (
	helpdesk TEXT NOT NULL, 
	ticket_id BIGINT NOT NULL, 
	customer TEXT NOT NULL, 
	first_seen_at BIGINT NOT NULL, 
	decided_at BIGINT NOT NULL, 
	closed BOOLEAN NOT NULL, 
	memory TEXT NOT NULL, 
	CONSTRAINT pk_tickets PRIMARY KEY (helpdesk, ticket_id)
);
CREATE INDEX tickets_closed ON tickets (decided_at) WHERE closed;
CREATE INDEX tickets_customer ON tickets (customer);
CREATE TABLE work (
	id INTEGER NOT NULL, 
	helpdesk TEXT NOT NULL, 
	ticket_id BIGINT NOT NULL, 
	due_at BIGINT, 
	not_before BIGINT DEFAULT '0' NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	token TEXT, 
	held_until BIGINT, 
	why TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_work PRIMARY KEY (id), 
	CONSTRAINT uq_work UNIQUE (helpdesk, ticket_id)
);
CREATE INDEX work_due ON work (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX work_held ON work (token) WHERE token IS NOT NULL;
CREATE INDEX work_helpdesk_due ON work (helpdesk, due_at) WHERE due_at IS NOT NULL;
CREATE TABLE actions (
	"key" TEXT NOT NULL, 
	helpdesk TEXT NOT NULL, 
	ticket_id BIGINT NOT NULL, 
	customer TEXT NOT NULL, 
	rule TEXT NOT NULL, 
	name TEXT NOT NULL, 
	params TEXT NOT NULL, 
	step INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	why TEXT NOT NULL, 
	cycle TEXT NOT NULL, 
	state TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	planned_at BIGINT NOT NULL, 
	not_before BIGINT NOT NULL, 
	drop_after BIGINT, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	done_at BIGINT, 
	wrote TEXT DEFAULT '{}' NOT NULL, 
	replaced TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_actions PRIMARY KEY ("key"), 
	CONSTRAINT fk_actions_tickets FOREIGN KEY(helpdesk, ticket_id) REFERENCES tickets (helpdesk, ticket_id) ON DELETE CASCADE
);
CREATE INDEX actions_by_state ON actions (state, done_at);
CREATE INDEX actions_of_ticket ON actions (helpdesk, ticket_id);
CREATE INDEX actions_open ON actions (helpdesk, ticket_id, not_before) WHERE state IN ('planned', 'claimed', 'unknown');
CREATE INDEX actions_replies ON actions (customer, done_at) WHERE name = 'reply' AND state = 'done';
CREATE TABLE timers (
	helpdesk TEXT NOT NULL, 
	ticket_id BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	due_at BIGINT NOT NULL, 
	why TEXT NOT NULL, 
	CONSTRAINT pk_timers PRIMARY KEY (helpdesk, ticket_id, name), 
	CONSTRAINT fk_timers_tickets FOREIGN KEY(helpdesk, ticket_id) REFERENCES tickets (helpdesk, ticket_id) ON DELETE CASCADE
);
CREATE INDEX timers_due ON timers (due_at);
CREATE TABLE requests (
	id INTEGER NOT NULL, 
	helpdesk TEXT NOT NULL, 
	ticket_id BIGINT NOT NULL, 
	"key" TEXT NOT NULL, 
	what TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	"by" TEXT NOT NULL, 
	escalation INTEGER, 
	step INTEGER, 
	params TEXT NOT NULL, 
	done_at BIGINT, 
	CONSTRAINT pk_requests PRIMARY KEY (id), 
	CONSTRAINT uq_requests_key UNIQUE ("key")
);
CREATE INDEX requests_waiting ON requests (helpdesk, ticket_id) WHERE done_at IS NULL;
CREATE INDEX requests_done ON requests (done_at) WHERE done_at IS NOT NULL;
CREATE TABLE turns (
	"key" TEXT NOT NULL, 
	pool TEXT NOT NULL, 
	person TEXT NOT NULL, 
	number BIGINT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_turns PRIMARY KEY ("key"), 
	CONSTRAINT uq_turns_pool UNIQUE (pool, number)
);
CREATE INDEX turns_of_person ON turns (pool, person, number);
CREATE TABLE notices (
	id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	recipient TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	helpdesk TEXT NOT NULL, 
	ticket_id BIGINT NOT NULL, 
	number TEXT DEFAULT '' NOT NULL, 
	url TEXT DEFAULT '' NOT NULL, 
	kind TEXT DEFAULT 'rule' NOT NULL, 
	escalation INTEGER, 
	step INTEGER, 
	person TEXT DEFAULT '' NOT NULL, 
	title TEXT NOT NULL, 
	body TEXT NOT NULL, 
	urgency TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	due_at BIGINT NOT NULL, 
	token TEXT, 
	held_until BIGINT, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	state TEXT DEFAULT 'held' NOT NULL, 
	told_at BIGINT, 
	CONSTRAINT pk_notices PRIMARY KEY (id), 
	CONSTRAINT uq_notices_key UNIQUE ("key")
);
CREATE INDEX notices_due ON notices (due_at) WHERE state = 'held';
CREATE INDEX notices_of_recipient ON notices (recipient, channel) WHERE state = 'held';
CREATE TABLE escalations (
	helpdesk TEXT NOT NULL, 
	ticket_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	policy TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	phase TEXT NOT NULL, 
	level INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	responsible TEXT NOT NULL, 
	over BOOLEAN NOT NULL, 
	opened_at BIGINT NOT NULL, 
	changed_at BIGINT NOT NULL, 
	CONSTRAINT pk_escalations PRIMARY KEY (helpdesk, ticket_id, number), 
	CONSTRAINT fk_escalations_tickets FOREIGN KEY(helpdesk, ticket_id) REFERENCES tickets (helpdesk, ticket_id) ON DELETE CASCADE
);
CREATE INDEX escalations_running ON escalations (changed_at) WHERE NOT over;
CREATE INDEX escalations_opened ON escalations (opened_at);
CREATE TABLE cases (
	system TEXT NOT NULL, 
	reference TEXT NOT NULL, 
	helpdesk TEXT NOT NULL, 
	ticket_id BIGINT NOT NULL, 
	escalation INTEGER, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_cases PRIMARY KEY (system, reference)
);
CREATE INDEX cases_of_ticket ON cases (helpdesk, ticket_id);
CREATE TABLE secrets (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_secrets PRIMARY KEY (name)
);
INSERT INTO alembic_version VALUES ('0002');
