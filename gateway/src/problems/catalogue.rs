//! Kinds of problems of the catalogue: what happened to patents, their families, unused patents, product filings and
//! examinations before filing. … stands for a figure that the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    (
        "already-linked",
        "该评估或该专利已有关联，不能重复关联。",
        "A patent has been named for it already, or that patent for another examination.",
    ),
    (
        "criterion-not-met",
        "认定标准未全部达标，或认定所依据的专利、销售收入缺失。请先补充或更正。",
        "A criterion of the recognition is not met, or the patents or sales that it rests on are missing. Add or correct them first.",
    ),
    (
        "entry-refused",
        "按该日专利的情形不能登记此事项；提示中写明原因。请核对日期与种类，或先登记缺少的事项。",
        "As the patent stood on that day, this could not happen to it; the problem says why. Check date and kind, or record first what is missing.",
    ),
    (
        "evaluator-is-inventor",
        "… 是该发明的发明人，不能评估或决定自己的发明。请由他人办理。",
        "… is an inventor of it, and does not examine or decide on an invention of one's own. Have another person do it.",
    ),
    (
        "filing-withdrawn",
        "该产品备案已撤回，不能再变更或认定。需要时请重新备案。",
        "The filing was withdrawn and is not changed or recognised any more. File the product anew if need be.",
    ),
    (
        "not-a-member",
        "… 不在该专利的同族中，或就是该专利本身。请核对号码。",
        "… is none of this patent's family, or is the patent itself. Check the number.",
    ),
    (
        "not-administrator",
        "申请前评估由本单位管理员决定。请由管理员办理。",
        "The institute's administrator decides on it. Have that person do it.",
    ),
    (
        "not-recognised",
        "该产品没有有效的专利密集型产品认定，无需登记结束。",
        "The product is not recognised as patent-intensive, so there is nothing to end.",
    ),
    (
        "not-the-institutes",
        "非职务发明归发明人所有，单位不能申请专利。请改选其他建议，或更正权属。",
        "The invention is the inventors' own, so the institute cannot file it. Choose another course, or correct whose it is.",
    ),
    (
        "not-the-makers-patent",
        "… 属于其他机构，且没有对备案单位或生产企业的有效许可记录。请由权利人登记许可后再备案。",
        "… belongs to another organisation, and no licence to the filer or the maker stands in its timeline. Have its owner record the licence first.",
    ),
    (
        "not-to-be-filed",
        "只有决定申请专利的评估才能关联专利。",
        "Only what was decided to be filed has a patent.",
    ),
    (
        "nothing-justified",
        "该专利没有有效的未实施说明，无需撤回。",
        "No justification of this patent stands, so there is none to withdraw.",
    ),
    (
        "novelty-not-searched",
        "尚未作新颖性检索，不能建议或决定申请专利。请先检索并写明结论。",
        "The state of the art was not searched, so it cannot be filed. Search it first and say what was found.",
    ),
    (
        "patent-held-by-others",
        "… 不属于本机构，或由其他机构质押。请由权利人所在机构或质权银行办理；企业只办理平台载明为本企业所有的专利。",
        "… is not your organisation's, or is pledged to another bank. Its owner's organisation or the pledgee acts for it; an enterprise acts only for patents that the platform knows as its own.",
    ),
    (
        "patent-not-in-force",
        "… 当前不是有效专利，不能据以备案产品。请移除该专利，或先更新其法律状态。",
        "… is not in force, so no product is filed under it. Leave it out, or bring its status up to date first.",
    ),
    (
        "pledged-without-consent",
        "… 已质押，未经质权人同意不得转让、许可或放弃（民法典第四百四十四条、专利权质押登记办法）。请先取得质权人在平台上登记的同意；已告知质权人。",
        "… is pledged and may not be transferred, licensed or abandoned without the pledgee's consent (Civil Code, article 444; CNIPA Announcement 461 of 2021). Have the pledgee record its consent first; it has been told.",
    ),
    (
        "project-missing",
        "财政资助的发明须写明资助项目。请补充项目名称或编号。",
        "Name the project whose public money paid for the invention.",
    ),
    (
        "recognised-already",
        "该产品已有有效的专利密集型产品认定。认定结束后方可再次登记。",
        "The product is recognised as patent-intensive already. Record the end of that recognition first.",
    ),
];
