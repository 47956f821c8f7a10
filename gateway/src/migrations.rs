//! The gateway's tables.

use sea_orm_migration::prelude::*;

/// All migrations of the gateway's database, in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(tx_kit::migrations::TxKitTables), Box::new(GatewayTables)]
    }
}

/// Organisations, users, sessions, refresh tokens, failed attempts, signing keys.
struct GatewayTables;

impl MigrationName for GatewayTables {
    fn name(&self) -> &'static str {
        "m2026_0002_gateway"
    }
}

fn column(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).not_null().take()
}

fn table(name: &str, columns: impl IntoIterator<Item = ColumnDef>) -> TableCreateStatement {
    let mut table = Table::create().table(Alias::new(name)).to_owned();
    for column in columns {
        table.col(column);
    }
    table
}

fn id(name: &str) -> ColumnDef {
    column(name).uuid().primary_key().take()
}

fn stamp(name: &str) -> ColumnDef {
    column(name).timestamp_with_time_zone().take()
}

fn stamp_or_null(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).timestamp_with_time_zone().null().take()
}

fn text(name: &str) -> ColumnDef {
    column(name).text().take()
}

fn accounts() -> [TableCreateStatement; 2] {
    let organisation = [
        id("id"),
        text("kind"),
        text("name"),
        ColumnDef::new(Alias::new("credit_code")).text().null().take(),
        ColumnDef::new(Alias::new("district")).text().null().take(),
        ColumnDef::new(Alias::new("industry")).text().null().take(),
        ColumnDef::new(Alias::new("cluster")).text().null().take(),
        stamp("created_at"),
    ];
    let user = [
        id("id"),
        column("organisation_id").uuid().take(),
        text("username"),
        text("name"),
        text("password_hash"),
        text("roles"),
        text("language"),
        column("active").boolean().default(true).take(),
        column("must_change").boolean().default(false).take(),
        stamp("password_set_at"),
        stamp("created_at"),
    ];
    let mut user = table("account", user);
    user.foreign_key(
        ForeignKey::create()
            .from(Alias::new("account"), Alias::new("organisation_id"))
            .to(Alias::new("organisation"), Alias::new("id")),
    );
    [table("organisation", organisation), user]
}

fn sessions() -> [TableCreateStatement; 3] {
    let session = [
        id("id"),
        column("account_id").uuid().take(),
        stamp("created_at"),
        stamp("expires_at"),
        stamp_or_null("revoked_at"),
        ColumnDef::new(Alias::new("revoked_for")).text().null().take(),
    ];
    let mut session = table("session", session);
    session.foreign_key(
        ForeignKey::create()
            .from(Alias::new("session"), Alias::new("account_id"))
            .to(Alias::new("account"), Alias::new("id")),
    );
    let refresh = [
        column("hash").text().primary_key().take(),
        column("session_id").uuid().take(),
        stamp("issued_at"),
        stamp_or_null("used_at"),
    ];
    let mut refresh = table("refresh_token", refresh);
    refresh.foreign_key(
        ForeignKey::create()
            .from(Alias::new("refresh_token"), Alias::new("session_id"))
            .to(Alias::new("session"), Alias::new("id"))
            .on_delete(ForeignKeyAction::Cascade),
    );
    let attempt = [
        column("subject").text().primary_key().take(),
        column("failures").big_integer().take(),
        stamp("last_at"),
        stamp_or_null("locked_until"),
    ];
    [session, refresh, table("login_attempt", attempt)]
}

fn signing_keys() -> TableCreateStatement {
    table(
        "signing_key",
        [
            column("id").text().primary_key().take(),
            text("purpose"),
            text("pkcs8"),
            stamp("created_at"),
            stamp_or_null("retired_at"),
            stamp_or_null("published_until"),
        ],
    )
}

#[async_trait::async_trait]
impl MigrationTrait for GatewayTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in accounts().into_iter().chain(sessions()) {
            manager.create_table(table).await?;
        }
        manager.create_table(signing_keys()).await?;
        let db = manager.get_connection();
        for index in [
            // Two people never share a name to sign in with; names are stored in lower case.
            "CREATE UNIQUE INDEX account_username ON account (username)",
            "CREATE INDEX account_organisation ON account (organisation_id, id)",
            "CREATE UNIQUE INDEX organisation_credit_code ON organisation (credit_code) WHERE credit_code IS NOT NULL",
            "CREATE INDEX organisation_name ON organisation (name, id)",
            "CREATE INDEX session_account ON session (account_id)",
            "CREATE INDEX session_expiry ON session (expires_at)",
            "CREATE INDEX refresh_token_session ON refresh_token (session_id)",
            "CREATE INDEX login_attempt_age ON login_attempt (last_at)",
            // The trail as its readers ask for it: one organisation's, latest first, and what was done to one thing.
            "CREATE INDEX audit_tenant ON audit (tenant, at, id)",
            "CREATE INDEX audit_subject ON audit (subject_id)",
            // One key of each purpose signs; a second gateway that starts beside the first takes the same one.
            "CREATE UNIQUE INDEX signing_key_current ON signing_key (purpose) WHERE retired_at IS NULL",
        ] {
            db.execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["signing_key", "login_attempt", "refresh_token", "session", "account", "organisation"] {
            manager.drop_table(Table::drop().table(Alias::new(name)).to_owned()).await?;
        }
        Ok(())
    }
}
