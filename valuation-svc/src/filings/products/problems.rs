//! Refusals of product filings as the caller hears them.

use http_kit::{ActError, Problem};

use super::model::{FilingRefused, RecognitionRefused};

impl From<FilingRefused> for ActError {
    fn from(refusal: FilingRefused) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<RecognitionRefused> for ActError {
    fn from(refusal: RecognitionRefused) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<FilingRefused> for Problem {
    fn from(refusal: FilingRefused) -> Self {
        match refusal {
            FilingRefused::NotInForce { number, status } => Self::refused(
                "patent-not-in-force",
                format!("{number} 当前不是有效专利，不能据以备案产品。请移除该专利，或先更新其法律状态。"),
                format!("{number} is not in force ({}), so no product is filed under it. Leave it out, or bring its status up to date first.", status.as_str()),
            )
            .with("number", number)
            .with("legal_status", status),
            FilingRefused::NotTheMakers { number } => Self::refused(
                "not-the-makers-patent",
                format!("{number} 属于其他机构，且没有对备案单位或生产企业的有效许可记录。请由权利人登记许可后再备案。"),
                format!("{number} belongs to another organisation, and no licence to the filer or the maker stands in its timeline. Have its owner record the licence first."),
            )
            .with("number", number),
            FilingRefused::Withdrawn => withdrawn(),
        }
    }
}

fn withdrawn() -> Problem {
    Problem::refused(
        "filing-withdrawn",
        "该产品备案已撤回，不能再变更或认定。需要时请重新备案。",
        "The filing was withdrawn and is not changed or recognised any more. File the product anew if need be.",
    )
}

impl From<RecognitionRefused> for Problem {
    fn from(refusal: RecognitionRefused) -> Self {
        match refusal {
            RecognitionRefused::Withdrawn => withdrawn(),
            RecognitionRefused::Standing => Self::refused(
                "recognised-already",
                "该产品已有有效的专利密集型产品认定。认定结束后方可再次登记。",
                "The product is recognised as patent-intensive already. Record the end of that recognition first.",
            ),
            RecognitionRefused::NotMet(criterion) => Self::refused(
                "criterion-not-met",
                format!("“{criterion}”未达标，不能登记为已认定。"),
                format!("“{criterion}” is not met, so no recognition is recorded."),
            )
            .with("criterion", criterion),
            RecognitionRefused::NoPatentInForce => Self::refused(
                "criterion-not-met",
                "备案所列专利均已失效，不能认定为专利密集型产品。请先变更备案。",
                "None of the patents of the filing is in force. Change the filing first.",
            ),
            RecognitionRefused::NoRevenue { year } => Self::refused(
                "criterion-not-met",
                format!("缺少 {year} 年的销售收入。请先在备案中补充。"),
                format!("The sales of {year} are missing. Add them to the filing first."),
            )
            .with("year", year),
            RecognitionRefused::EndsBefore => Self::refused(
                "criterion-not-met",
                "认定有效期早于认定日。请核对日期。",
                "The recognition would end before it begins. Check the dates.",
            ),
        }
    }
}
