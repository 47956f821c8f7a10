//! The lines that are drawn on: a hot one with 64 members and a thousand with two each, every member with a registered
//! pledge. Written as rows, which is quicker than applying for each; limits are so high that none runs out.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{FacilityId, OrgId, OrgKind, UserId};
use finance::Money;
use http_kit::{IfMatch, Problem};
use identity::{Caller, Role};
use pledge_svc::facility::{Answer, Asked, DrawRequest, model::Terms};
use tx_kit::{
    Db, Fault, IdempotencyKey, InTx,
    bulk::{Rows, Values},
};
use uuid::Uuid;

use crate::{Failed, Spread};

const WIDE_LINES: u128 = 1_000;
const HOT_MEMBERS: u128 = 64;
const WIDE_MEMBERS: u128 = 2;
/// Ninety trillion yuan.
const LIMIT_FEN: i64 = 9_000_000_000_000_000;
const BANK: u128 = 1;
const HOT_LINE: u128 = 1_000_000;

struct Place {
    line: u128,
    member: u128,
}

impl Place {
    const fn id(&self) -> Uuid {
        Uuid::from_u128(self.line * 1_000 + self.member + 1)
    }

    /// Members of the hot line and of the others are other enterprises.
    const fn enterprise(&self) -> Uuid {
        Uuid::from_u128((1 << 64) + self.line * 1_000 + self.member)
    }
}

fn line_id(line: u128) -> Uuid {
    Uuid::from_u128((2 << 64) + line)
}

fn all_lines() -> impl Iterator<Item = u128> {
    std::iter::once(HOT_LINE).chain(0..WIDE_LINES)
}

fn all_places() -> impl Iterator<Item = Place> {
    all_lines().flat_map(|line| {
        let members = if line == HOT_LINE { HOT_MEMBERS } else { WIDE_MEMBERS };
        (0..members).map(move |member| Place { line, member })
    })
}

/// The same text for every row.
fn same(text: &str, rows: usize) -> Values {
    Values::texts(std::iter::repeat_n(text.to_owned(), rows))
}

fn number(number: i64, rows: usize) -> Values {
    Values::numbers(std::iter::repeat_n(number, rows))
}

fn id(id: Uuid, rows: usize) -> Values {
    Values::ids(std::iter::repeat_n(id, rows))
}

fn small(number: i32, rows: usize) -> Values {
    Values::Small(vec![Some(number); rows])
}

fn flag(flag: bool, rows: usize) -> Values {
    Values::Flag(vec![Some(flag); rows])
}

fn day(day: NaiveDate, rows: usize) -> Values {
    Values::Date(vec![Some(day); rows])
}

fn facilities(now: DateTime<Utc>) -> Result<Rows, Fault> {
    let lines: Vec<u128> = all_lines().collect();
    let n = lines.len();
    let (from, until) = (day_of(2020), day_of(2099));
    Rows::named(
        "facility",
        vec![
            ("id", Values::ids(lines.iter().map(|line| line_id(*line)))),
            ("number", Values::texts(lines.iter().map(|line| format!("F{line:07}")))),
            ("name", same("新材料产业集群集合授信", n)),
            ("bank_id", id(Uuid::from_u128(BANK), n)),
            ("bank_name", same("甲银行股份有限公司", n)),
            ("cluster", same("新材料产业集群", n)),
            ("industry", same("C26", n)),
            ("limit_fen", number(LIMIT_FEN, n)),
            ("drawn_fen", number(0, n)),
            ("reserved_fen", number(0, n)),
            ("retired_fen", number(0, n)),
            ("status", same("active", n)),
            ("revolving", flag(true, n)),
            ("available_from", day(from, n)),
            ("available_until", day(until, n)),
            ("annual_rate", same("0.0345", n)),
            ("tenor_cap_months", small(24, n)),
            ("single_member_cap", same("1", n)),
            ("ltv_cap", same("1", n)),
            ("terms", same(&serde_json::to_string(&Terms::default())?, n)),
            ("pooled", flag(false, n)),
            ("grouped", flag(false, n)),
            ("maker_id", id(Uuid::from_u128(2), n)),
            ("maker", same("客户经理", n)),
            ("created_at", Values::Stamp(vec![Some(now); n])),
            ("version", number(1, n)),
        ],
    )
}

fn shares() -> Result<Rows, Fault> {
    let lines: Vec<u128> = all_lines().collect();
    let n = lines.len();
    Rows::named(
        "facility_share",
        vec![
            ("facility_id", Values::ids(lines.iter().map(|line| line_id(*line)))),
            ("position", small(0, n)),
            ("bank_id", id(Uuid::from_u128(BANK), n)),
            ("bank_name", same("甲银行股份有限公司", n)),
            ("share", same("1", n)),
            ("role", same("lead", n)),
            ("tranche", small(1, n)),
        ],
    )
}

fn members() -> Result<Rows, Fault> {
    let places: Vec<Place> = all_places().collect();
    let n = places.len();
    Rows::named(
        "facility_member",
        vec![
            ("id", Values::ids(places.iter().map(Place::id))),
            ("facility_id", Values::ids(places.iter().map(|place| line_id(place.line)))),
            ("enterprise_id", Values::ids(places.iter().map(Place::enterprise))),
            ("enterprise_name", same("某某新材料科技有限公司", n)),
            ("sub_limit_fen", number(LIMIT_FEN, n)),
            ("drawn_fen", number(0, n)),
            ("reserved_fen", number(0, n)),
            ("retired_fen", number(0, n)),
            ("status", same("active", n)),
            ("deposit_fen", number(0, n)),
            ("margin_fen", number(0, n)),
            ("conditions_open", small(0, n)),
        ],
    )
}

fn pledges(now: DateTime<Utc>) -> Result<Rows, Fault> {
    let places: Vec<Place> = all_places().collect();
    let n = places.len();
    Rows::named(
        "pledge",
        vec![
            ("id", Values::ids(places.iter().map(Place::id))),
            ("number", Values::texts(places.iter().map(|place| format!("P{}", place.id().simple())))),
            ("application_id", Values::ids(places.iter().map(Place::id))),
            ("facility_id", Values::ids(places.iter().map(|place| line_id(place.line)))),
            ("bank_id", id(Uuid::from_u128(BANK), n)),
            ("bank_name", same("甲银行股份有限公司", n)),
            ("enterprise_id", Values::ids(places.iter().map(Place::enterprise))),
            ("enterprise_name", same("某某新材料科技有限公司", n)),
            ("status", same("registered", n)),
            (
                "registration_number",
                Values::texts(places.iter().map(|place| format!("Y{}", place.id().simple()))),
            ),
            ("secured_fen", number(LIMIT_FEN, n)),
            ("collateral_fen", number(LIMIT_FEN, n)),
            ("maximum_loan_fen", number(LIMIT_FEN, n)),
            ("carrying_fen", number(LIMIT_FEN, n)),
            ("valid_until", day(day_of(2099), n)),
            ("submitted_at", Values::Stamp(vec![Some(now); n])),
            ("registered_on", day(day_of(2026), n)),
            ("version", number(2, n)),
        ],
    )
}

/// The first day of a year.
fn day_of(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default()
}

/// Everything that a caller chooses from.
pub(crate) struct Lines {
    hot: Vec<(FacilityId, Caller)>,
    wide: Vec<(FacilityId, Caller)>,
}

/// A caller's own sequence of choices.
pub(crate) struct Choice(u64);

impl Choice {
    pub(crate) const fn of(caller: usize) -> Self {
        Self(0x9e37_79b9_7f4a_7c15 ^ (caller as u64 + 1).wrapping_mul(0xd134_2543_de82_ef95))
    }

    /// Xorshift: it decides only which line is next.
    fn next<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let index = self.0 as usize % from.len();
        &from[index]
    }
}

impl Lines {
    /// Writes the rows.
    pub(crate) async fn made(db: &Db) -> Result<Self, Failed> {
        db.run(|tx| {
            async move {
                let now = tx.now();
                tx.conn().insert([facilities(now)?, shares()?, members()?, pledges(now)?]).await
            }
            .in_tx()
        })
        .await?;
        let who = |place: &Place| {
            let caller = Caller {
                user: UserId::from_uuid(place.id()),
                name: "企业财务".to_owned(),
                tenant: OrgId::from_uuid(place.enterprise()),
                tenant_name: "某某新材料科技有限公司".to_owned(),
                org_kind: OrgKind::Enterprise,
                roles: vec![Role::Finance],
            };
            (FacilityId::from_uuid(line_id(place.line)), caller)
        };
        let (hot, wide): (Vec<Place>, Vec<Place>) = all_places().partition(|place| place.line == HOT_LINE);
        Ok(Self { hot: hot.iter().map(who).collect(), wide: wide.iter().map(who).collect() })
    }

    /// The next draw of a caller, as the door would hand it to the desk.
    pub(crate) fn ask(&self, spread: Spread, choice: &mut Choice) -> (FacilityId, Asked) {
        let (line, caller) = match spread {
            Spread::Hot => choice.next(&self.hot),
            Spread::Wide => choice.next(&self.wide),
        };
        let request = DrawRequest {
            enterprise_id: caller.tenant,
            amount: Money::from_fen(100_000),
            tenor_months: 12,
            repayment: None,
            purpose: Some("采购原材料".to_owned()),
            product: None,
            grace: None,
            application_id: None,
            payment_mode: None,
            payee: None,
        };
        let command = format!("POST /api/pledge/v1/facilities/{line}/drawdowns");
        let body =
            format!("{{\"enterprise_id\":\"{}\",\"amount\":\"1000.00\",\"tenor_months\":12}}", caller.tenant);
        let key = IdempotencyKey::new(caller.tenant, command, Uuid::new_v4().to_string(), body.as_bytes());
        (*line, Asked { caller: caller.clone(), key, request, seen: IfMatch::default() })
    }
}

/// A draw that was not granted would not be complete.
pub(crate) fn granted(answer: Result<Answer, Problem>) -> Result<(), Failed> {
    match answer {
        Ok(Answer::Drawn(_)) => Ok(()),
        Ok(other) => Err(format!("a draw was answered {other:?}").into()),
        Err(problem) => Err(format!("a draw failed: {problem:?}").into()),
    }
}
