//! What stands before a loss is shared or a loan written off, as the caller hears it.

use http_kit::Problem;

use super::model::Refusal;

/// Publication numbers named in a sentence at most.
const NAMED_MAX: usize = 5;

/// Refusals of declaring a loan due, of finding collateral worthless, and of what must come before a loss is shared.
pub(super) fn of_gates(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::DeclaredDue { on } => Problem::refused(
            "declared-due",
            format!("该贷款已于 {on} 宣布提前到期，无需重复办理。"),
            format!("The loan was declared due on {on}; there is nothing more to do."),
        )
        .with("accelerated_on", on),
        Refusal::AllDue => Problem::refused(
            "all-due",
            "该贷款的本金已全部到期，无需宣布提前到期。",
            "All of the loan's principal has fallen due already, so there is nothing to declare due.",
        ),
        Refusal::NoSuchPaper { what } => Problem::bad_fields(Vec::new()).with_field(
            what,
            "该材料不在本案件的文件中，或尚未通过安全检查。请先上传至本案件。",
            "This is no document of the case, or it may not be opened. Upload it to the case first.",
        ),
        Refusal::WorthSelling { value, costs } => Problem::refused(
            "worth-selling",
            format!("预计变现 {value} 元，高于变现费用 {costs} 元，不能认定为无变现价值。请提交处置方案并登记价款。"),
            format!("A sale would fetch {value} yuan and cost {costs} yuan, so the collateral is not worthless. Propose a plan and sell it."),
        )
        .with("value", value)
        .with("costs", costs),
        Refusal::NoCollateralLeft => Problem::refused(
            "no-collateral-left",
            "担保本笔贷款的质押物已全部处置、解除或认定，无需再作认定。",
            "All that secures the loan is sold, released or found worthless; nothing is left to find.",
        ),
        Refusal::CollateralLeft { numbers, value } => {
            let some = numbers.iter().take(NAMED_MAX).map(String::as_str).collect::<Vec<_>>().join("、");
            let count = numbers.len();
            Problem::refused(
                "collateral-left",
                format!("尚有 {count} 件质押专利（{some} 等，授信价值合计 {value} 元）未处置、未解除，也未认定无变现价值。请先处置质押物，或提交“无变现价值认定”，再认定损失。"),
                format!("{count} pledged patents ({some}; lent on at {value} yuan) are neither sold, released nor found worthless. Sell them, or have them found worthless, before the loss is shared."),
            )
            .with("numbers", numbers)
            .with("value", value)
        }
        Refusal::NotInDefault { days, after, tier } => Problem::refused(
            "not-in-default",
            format!("该贷款逾期 {days} 天，风险分类为{}，未到期也未宣布提前到期，不能认定和分担损失。逾期超过 {after} 天、归为次级以下或贷款到期后方可办理；符合合同约定的，请先宣布提前到期。", tier.name_zh()),
            format!("The loan is {days} days overdue and {}, neither at its end nor declared due, so no loss is shared. It takes more than {after} days, a class of substandard or worse, or the loan's end; where the contract allows it, declare the loan due first.", tier.name_en()),
        )
        .with("overdue_days", days)
        .with("after_days", after)
        .with("tier", tier),
        Refusal::ClassTooGood { tier, least } => Problem::refused(
            "class-too-good",
            format!("该贷款风险分类为{}，归为{}及以下方可核销。请先按规定重新分类。", tier.name_zh(), least.name_zh()),
            format!("The loan is {}; it is written off from {} on. Have it classified anew first.", tier.name_en(), least.name_en()),
        )
        .with("tier", tier)
        .with("least", least),
        Refusal::NotSmall { owed, most } => Problem::refused(
            "not-small",
            format!("债权 {owed} 元，超过小额核销上限 {most} 元。请按其他核销条件办理。"),
            format!("{owed} yuan are owed, more than a small claim may be ({most} yuan). Choose another condition."),
        )
        .with("owed", owed)
        .with("most", most),
        Refusal::PursuedTooShortly { days, least } => Problem::refused(
            "pursued-too-shortly",
            format!("自首次催收起 {days} 天，小额核销须追索满 {least} 天。请继续追索。"),
            format!("The claim was pursued for {days} days; a small one takes {least}. Go on pursuing it."),
        )
        .with("days", days)
        .with("least", least),
        other => Problem::fault(&other),
    }
}
