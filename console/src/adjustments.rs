//! Changes of a loan's repayment: the history of one loan, one change with both plans side by side. Deciding it and
//! consenting to it is [`crate::adjustment_steps`], the work list [`crate::adjustment_rows`], proposing one
//! [`crate::adjusting`], what borrowers ask for [`crate::change_requests`].

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    adjusted_plans as plans, adjustment_rows as rows, adjustment_steps,
    cell::Cell,
    desk::{Desk, Id},
    documents,
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame, line_authority, list, loans,
    page::{Beside, Block, FigureRow, Grid, Notice, Page, Timeline},
    value::Facts,
};

/// The changes' address.
pub const API: &str = "/api/pledge/v1/adjustments";
/// What may be proposed, in the order of the loan's page.
pub const KINDS: [&str; 11] = [
    "prepayment_lower",
    "prepayment_shorten",
    "extension",
    "rollover",
    "restructuring",
    "repricing",
    "misuse",
    "misuse_ended",
    "fee_waiver",
    "vat_exemption",
    "vat_exemption_ended",
];
/// What a borrower asks for.
pub const ASKED: [&str; 6] =
    ["extension", "rollover", "restructuring", "repricing", "prepayment_lower", "prepayment_shorten"];
/// Those that leave the plan as it is.
pub const UNPLANNED: [&str; 5] =
    ["misuse", "misuse_ended", "fee_waiver", "vat_exemption", "vat_exemption_ended"];

/// The word for the size of a firm.
pub fn size(desk: &Desk, name: &str) -> &'static str {
    desk.t(match name {
        "micro" => "adj-size-micro",
        "small" => "adj-size-small",
        "medium" => "adj-size-medium",
        _ => "adj-size-large",
    })
}

/// The words for a kind of change.
pub fn kind(desk: &Desk, name: &str) -> String {
    match name {
        "prepayment_lower" => desk.t("adj-kind-prepayment-lower"),
        "prepayment_shorten" => desk.t("adj-kind-prepayment-shorten"),
        "extension" => desk.t("adj-kind-extension"),
        "rollover" => desk.t("adj-kind-rollover"),
        "restructuring" => desk.t("adj-kind-restructuring"),
        "repricing" => desk.t("adj-kind-repricing"),
        "misuse" => desk.t("adj-kind-misuse"),
        "misuse_ended" => desk.t("adj-kind-misuse-ended"),
        "fee_waiver" => desk.t("adj-kind-fee-waiver"),
        "vat_exemption" => desk.t("adj-kind-vat-exemption"),
        "vat_exemption_ended" => desk.t("adj-kind-vat-exemption-ended"),
        other => return desk.word(other),
    }
    .to_owned()
}

/// Whether a loan is led by the bank that looks at it, or looked at by no bank: the others of a syndicate see it and do
/// nothing about it.
pub fn led(desk: &Desk, one: &Value) -> bool {
    desk.me().kind != "bank" || one.text("bank_id") == desk.me().organisation_id
}

/// `GET /loans/{id}/adjustments`: how a loan is priced, what settles it on a day, what may be proposed, its history.
pub async fn of_loan(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let path = format!("{}/{id}", loans::API);
    let on = desk.asked("on");
    let (price_of, settle_on, day) = (format!("{path}/pricing"), format!("{path}/payoff"), [("on", on)]);
    let (loan, pricing, payoff) =
        tokio::join!(desk.get(&path), desk.get(&price_of), desk.find(&settle_on, &day));
    let loan = loan?;
    let open = loan.text("status") == "active" && desk.may("loan.adjust") && led(&desk, &loan);
    let mut page = Page::new(desk.t("adj-of-loan"))
        .up(loan.text("enterprise_name"), format!("/loans/{id}"))
        .number(loan.text("number"))
        .badge(loans::status(&desk, &loan));
    for name in KINDS {
        let applies = match name {
            "misuse" => !loan.has("misuse"),
            "misuse_ended" => loan.has("misuse"),
            "fee_waiver" => figures::is_some(loan.text("fees")),
            "vat_exemption" => !loan.has("vat_exempt_until"),
            "vat_exemption_ended" => loan.has("vat_exempt_until"),
            _ => true,
        };
        page = page.action(open && applies, kind(&desk, name), format!("/loans/{id}/adjustments/{name}"));
    }
    let asks = loan.text("status") == "active" && desk.may("loan.change.ask");
    for name in ASKED {
        let label = desk.tf("creq-ask", &[("kind", &kind(&desk, name))]);
        page = page.action(asks, label, format!("/loans/{id}/change-requests/{name}"));
    }
    page = page.with(loans::standing(&desk, &loan));
    if loan.has("misuse") {
        page = page.with(loans::misuse(&desk, &loan));
    }
    if let Ok(pricing) = &pricing {
        page = page.with(priced(&desk, pricing));
    }
    page = page.with(asking_day(&desk, on));
    page = match payoff {
        Ok(payoff) => page.with(settles(&desk, &payoff)),
        Err(Failure::Refused(refusal)) if refusal.status == 422 => page.with(Notice {
            tone: "risk",
            title: desk.t("form-refused").to_owned(),
            text: refusal.detail.clone(),
            items: refusal.fields.iter().map(|(_, text)| text.clone()).collect(),
        }),
        Err(failure) => return Err(failure),
    };
    let list = rows::listed(&desk, format!("{path}/adjustments"), true);
    list::show(&desk, page, list).await
}

fn priced(desk: &Desk, pricing: &Value) -> Grid {
    let reference = if pricing.text("reference") == "five_year" {
        desk.t("rates-five-year")
    } else {
        desk.t("rates-one-year")
    };
    let grid = Grid::new(desk.t("adj-pricing"))
        .fact(desk.t("annual-rate"), Cell::percent(&pricing.shown("annual_rate")));
    let known = Cell::percent(&pricing.shown("reference_rate")).under(figures::day(pricing.text("fixed_on")));
    if !pricing.flag("floating") {
        return grid.fact(desk.t("adj-basis"), Cell::text(desk.t("adj-basis-fixed"))).fact(reference, known);
    }
    grid.fact(desk.t("adj-basis"), Cell::text(desk.t("adj-basis-floating")))
        .fact(reference, known)
        .fact(desk.t("adj-spread"), Cell::figure(pricing.shown("spread_bp")))
        .fact(desk.t("adj-reset"), Cell::text(reset(desk, pricing.text("reset"))))
        .fact(desk.t("adj-reset-on"), Cell::day(pricing.text("reset_on")))
}

/// The words for when a rate is reset.
pub fn reset(desk: &Desk, name: &str) -> String {
    match name {
        "anniversary" => desk.t("adj-reset-anniversary").to_owned(),
        "january" => desk.t("adj-reset-january").to_owned(),
        "monthly" => desk.t("adj-reset-monthly").to_owned(),
        "quarterly" => desk.t("adj-reset-quarterly").to_owned(),
        "half_yearly" => desk.t("adj-reset-half-yearly").to_owned(),
        "fixed" => desk.t("adj-reset-never").to_owned(),
        other => desk.word(other),
    }
}

fn asking_day(desk: &Desk, on: &str) -> Form {
    let mut form = Form::new(desk, desk.path(), desk.t("trial-calculate")).title(desk.t("adj-payoff"));
    form.hidden.clear();
    form.reads = true;
    form.field(Field::new(Kind::Day, "on", desk.t("adj-payoff-on")).optional().value(on))
}

fn settles(desk: &Desk, payoff: &Value) -> FigureRow {
    FigureRow::default()
        .with(
            desk.t("adj-payoff-total"),
            Cell::yuan(payoff.text("total")),
            desk.tf("adj-payoff-note", &[("day", &figures::day(payoff.text("on")))]),
        )
        .with(desk.t("schedule-principal"), Cell::yuan(payoff.text("principal")), "")
        .with(desk.t("schedule-interest"), Cell::yuan(payoff.text("interest")), "")
        .with(desk.t("loan-penalty"), Cell::yuan(payoff.text("penalty")), "")
        .with(desk.t("loan-fees"), Cell::yuan(payoff.text("fees")), "")
        .with(desk.t("lend-prepayment-fee"), Cell::yuan(payoff.text("prepayment_fee")), "")
}

/// What was asked for, in the terms of its kind.
pub fn asked(desk: &Desk, one: &Value) -> Grid {
    let change = one.at("change");
    let mut grid =
        Grid::new(desk.t("adj-asked")).fact(desk.t("col-kind"), Cell::text(kind(desk, one.text("kind"))));
    if change.has("months") || change.has("term_months") || change.has("spread.months") {
        let months = ["months", "term_months", "spread.months"].map(|name| change.shown(name)).concat();
        grid = grid.fact(desk.t("adj-months"), Cell::figure(months));
    }
    if change.has("spread") {
        grid = grid
            .fact(desk.t("repayment-way"), Cell::text(desk.word(change.text("spread.repayment"))))
            .fact(desk.t("adj-grace"), Cell::figure(change.shown("spread.grace")));
    }
    if change.has("amount") {
        grid = grid.fact(desk.t("amount"), Cell::yuan(change.text("amount")));
    }
    if change.has("since") {
        grid = grid.fact(desk.t("misuse-since"), Cell::day(change.text("since")));
        if change.has("surcharge") {
            grid = grid.fact(desk.t("lend-misuse-surcharge"), Cell::percent(&change.shown("surcharge")));
        }
    }
    if change.has("credit") {
        grid = grid.fact(desk.t("adj-credit"), Cell::yuan(change.text("credit")));
    }
    if change.has("firm_size") {
        grid = grid.fact(desk.t("adj-firm-size"), Cell::text(size(desk, change.text("firm_size"))));
    }
    if change.has("spread_bp") && !change.has("basis") {
        grid = grid.fact(desk.t("adj-new-spread"), Cell::figure(change.shown("spread_bp")));
    }
    if change.has("security") {
        grid = grid.fact(desk.t("adj-security"), Cell::text(change.text("security")));
    }
    if change.has("basis") {
        let floats = change.text("basis") == "floating";
        let basis = desk.t(if floats { "adj-basis-floating" } else { "adj-basis-fixed" });
        grid = grid.fact(desk.t("adj-basis"), Cell::text(basis));
        if floats {
            grid = grid
                .fact(desk.t("adj-spread"), Cell::figure(change.shown("spread_bp")))
                .fact(desk.t("adj-reset"), Cell::text(reset(desk, change.text("reset"))));
        }
    }
    grid.fact(desk.t("col-reason"), Cell::text(one.text("reason")))
}

fn became(desk: &Desk, one: &Value) -> Grid {
    Grid::new(desk.t("adj-effect"))
        .fact(
            desk.t("annual-rate"),
            Cell::figure(rows::from_to(
                figures::percent(&one.shown("annual_rate_before")),
                figures::percent(&one.shown("annual_rate_after")),
            )),
        )
        .fact(
            desk.t("loan-matures-on"),
            Cell::text(rows::from_to(
                figures::day(one.text("matures_on_before")),
                figures::day(one.text("matures_on_after")),
            )),
        )
        .fact(desk.t("outstanding"), Cell::yuan(one.text("outstanding")))
        .fact(desk.t("adj-restructured"), Cell::text(desk.word(&one.shown("restructured"))))
        .fact(desk.t("adj-observed-until"), Cell::day(one.text("observed_until")))
        .fact(desk.t("adj-effective-on"), Cell::day(one.text("effective_on")))
        .fact(desk.t("loan-plan-version"), Cell::figure(one.shown("plan_version")))
        .fact(desk.t("approver"), Cell::text(one.text("approver")).under(one.text("decision_reason")))
}

/// What a change that leaves the plan does to penalty and fees.
pub fn owed_after(desk: &Desk, preview: &Value) -> FigureRow {
    let before = |name: &str| {
        let amount = figures::yuan(preview.text(&format!("before.{name}")));
        desk.tf("adj-matures-note", &[("before", &amount)])
    };
    FigureRow::default()
        .with(desk.t("loan-penalty"), Cell::yuan(preview.text("after.penalty")), before("penalty"))
        .with(desk.t("loan-fees"), Cell::yuan(preview.text("after.fees")), before("fees"))
}

fn timeline(desk: &Desk, one: &Value) -> Timeline {
    let steps = [
        ("created_at", Cell::text(desk.t("adj-proposed")), ["maker", ""]),
        ("consented_at", adjustment_steps::said(desk, one.text("consent")), ["consent_by", "consent_note"]),
        ("decided_at", Cell::state(desk, one.text("status")), ["approver", "decision_reason"]),
    ];
    Timeline::of_steps(desk, one, steps)
}

/// A change with everything that the one who decides needs; `demanded` is what the decision takes.
pub fn page(desk: &Desk, one: &Value, demanded: &Value, form: Option<Form>) -> Page {
    let id = one.text("id");
    let mut page = Page::new(kind(desk, one.text("kind")))
        .up(desk.t("adj-title"), "/adjustments")
        .number(one.text("loan_number"))
        .badge(Cell::state(desk, one.text("status")));
    if form.is_none() {
        for step in adjustment_steps::offered(desk, one) {
            page = page.action(true, desk.words().get(step.key), format!("/adjustments/{id}/{}", step.name));
        }
    }
    let loan = format!("/loans/{}", one.text("loan_id"));
    let borrower = Cell::text(one.text("enterprise_name")).to(loan).under(one.text("bank_name"));
    let mut facts = asked(desk, one)
        .fact(desk.t("adj-assessment"), Cell::text(one.text("assessment")))
        .fact(
            desk.t("adj-maker"),
            Cell::text(one.text("maker")).under(figures::stamp(one.text("created_at"))),
        )
        .fact(desk.t("col-enterprise"), borrower);
    if one.has("request_id") && led(desk, one) {
        let request = format!("/change-requests/{}", one.text("request_id"));
        facts = facts.fact(desk.t("creq-one"), Cell::text(desk.t("creq-open")).to(request));
    }
    if one.text("today.outlook") == "refused" {
        page = page.with(Notice {
            tone: "risk",
            title: desk.t("adj-not-today").to_owned(),
            text: one.said("today", desk.lang()).to_owned(),
            ..Notice::default()
        });
    }
    page = page.with(Beside { blocks: vec![facts.into(), became(desk, one).into()] });
    page.blocks.extend(adjustment_steps::consent(desk, one).map(Block::from));
    page.blocks.extend(line_authority::blocks(desk, demanded));
    page.blocks.extend(adjustment_steps::missing(desk, one).map(Block::from));
    page.blocks.extend(form.map(Block::from));
    let (before, after) = if one.text("today.outlook") == "possible" {
        (one.at("today.before.plan"), one.at("today.after.plan"))
    } else {
        (one.at("plan_before"), one.at("plan_after"))
    };
    if UNPLANNED.contains(&one.text("kind")) {
        if one.text("today.outlook") == "possible" {
            page = page.with(owed_after(desk, one.at("today")));
        }
    } else if before.has("instalments") && after.has("instalments") {
        page.blocks.extend(plans::beside(desk, before, after));
    }
    page.with(timeline(desk, one))
}

/// `GET /adjustments/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let path = format!("{API}/{id}");
    let (one, papers, asked) = tokio::join!(
        desk.get(&path),
        documents::attached(&desk, &path),
        adjustment_steps::papers(&desk, &path)
    );
    let one = one?;
    let demanded = adjustment_steps::demanded(&desk, &one).await;
    let attach = desk.may("document.attach") && led(&desk, &one);
    let mut page = page(&desk, &one, &demanded, None).action(
        attach,
        desk.t("document-attach"),
        format!("/adjustments/{id}/documents"),
    );
    page.blocks.extend(asked.into_iter().chain(papers));
    Ok(frame::show(&desk, page))
}
