//! The fields of a record as mapping files name them, and the headers under which known exports carry them.

use std::{collections::HashMap, sync::LazyLock};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Field {
    PublicationNumber,
    ApplicationNumber,
    GrantNumber,
    Jurisdiction,
    DocumentKind,
    Kind,
    Title,
    AbstractText,
    Applicants,
    CurrentOwners,
    Inventors,
    Ipc,
    Cpc,
    FilingDate,
    PublicationDate,
    GrantDate,
    ExpiryDate,
    PriorityDate,
    PriorityNumbers,
    LegalStatus,
    DocumentType,
    Claims,
    IndependentClaims,
    DescriptionPages,
    ForwardCitations,
    BackwardCitations,
    NonPatentCitations,
    CitedPatents,
    CitedLiterature,
    CitingPatents,
    SimpleFamilySize,
    ExtendedFamilySize,
    SimpleFamilyMembers,
    ExtendedFamilyMembers,
    FamilyCountries,
    Licences,
    Transfers,
    Pledges,
    Litigations,
    Oppositions,
    InvalidationRequests,
    LensId,
    Url,
    AnnuitiesPaidTo,
    Industry,
}

/// Number of fields.
pub(super) const FIELDS: usize = Field::Industry as usize + 1;

impl Field {
    /// The name in a mapping file.
    pub(super) fn name(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// The field that a mapping file names.
    pub(super) fn by_name(name: &str) -> Option<Self> {
        let name = if name == "number" { "publication_number" } else { name };
        TABLE.iter().find(|(_, known, _)| *known == name).map(|(field, _, _)| *field)
    }

    /// Every field's name, in order.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|(_, name, _)| *name)
    }

    /// The field of a recognised header, and the header's rank among those of the field (0 is the best).
    pub(super) fn of_header(key: &str) -> Option<(Self, usize)> {
        BY_HEADER.get(key).copied()
    }
}

/// A header reduced to its letters and digits, lower case, full-width forms narrowed: `公开（公告）号` and
/// `公开(公告)号` are one, and so are `Inventor(s)` and `Inventors`.
pub fn header_key(header: &str) -> String {
    header
        .chars()
        .take(200)
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            c => c,
        })
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

static BY_HEADER: LazyLock<HashMap<String, (Field, usize)>> = LazyLock::new(|| {
    let mut headers = HashMap::new();
    for (field, _, aliases) in &TABLE {
        for (rank, alias) in aliases.split_whitespace().enumerate() {
            headers.entry(alias.to_owned()).or_insert((*field, rank));
        }
    }
    // A file of one's own may name its columns as a mapping does. Of one word they mean other things in exports: `claims`
    // is the text of the claims there, `kind` the kind of document.
    for (field, name, aliases) in TABLE.iter().filter(|(_, name, _)| name.contains('_')) {
        headers.entry(header_key(name)).or_insert((*field, aliases.split_whitespace().count()));
    }
    headers
});

/// Field, name in mapping files, and the keys of its known headers, best first.
const TABLE: [(Field, &str, &str); FIELDS] = [
    (
        Field::PublicationNumber,
        "publication_number",
        "publicationnumber displaykey publicationno publicationnumbers patentnumber documentnumber 公开公告号 公开号 \
         公告号 公布号 文献号 专利公开号 公开公告号码 授权公告号或公开号 applicationid id",
    ),
    (
        Field::ApplicationNumber,
        "application_number",
        "applicationnumber applicationno applicationnumbers 申请号 专利申请号 申请号码 专利号 专利号码",
    ),
    (Field::GrantNumber, "grant_number", "grantnumber 授权公告号 授权号 授权公开号"),
    (
        Field::Jurisdiction,
        "jurisdiction",
        "jurisdiction country publicationcountrycode publicationcountry countrycode authority 公开国别 公开国家 \
         公开国家地区 公开国 受理局 国别 国家地区",
    ),
    (
        Field::DocumentKind,
        "document_kind",
        "kind kindcode publicationkindcode 文献类型代码 文献种类代码 文献类别代码",
    ),
    (Field::Kind, "kind", "patenttype 专利类型 专利种类"),
    (
        Field::Title,
        "title",
        "title titleoriginal 标题 标题中文 名称 专利名称 发明名称 专利标题 标题译 标题翻译 标题中文翻译 标题原文 \
         titleenglish titledwpi 标题英文",
    ),
    (
        Field::AbstractText,
        "abstract_text",
        "abstract abstracts 摘要 摘要中文 摘要译 摘要翻译 摘要原文 abstractenglish abstractdwpi 摘要英文",
    ),
    (
        Field::Applicants,
        "applicants",
        "applicants applicant assigneeapplicant assigneeoriginal assignee assignees 申请专利权人 申请人 \
         原始申请专利权人 原始申请人 申请人中文 申请权利人 标准化申请人 assigneedwpi",
    ),
    (
        Field::CurrentOwners,
        "current_owners",
        "owners owner currentowner currentowners assigneecurrent currentassignee assigneecurrentus 当前专利权人 \
         当前权利人 当前申请专利权人 专利权人 受让人",
    ),
    (
        Field::Inventors,
        "inventors",
        "inventors inventor inventorauthor inventororiginal 发明人 发明设计人 当前发明人 设计人 发明人设计人",
    ),
    (
        Field::Ipc,
        "ipc",
        "ipc主分类 ipc主分类号 主分类号 ipcrclassifications internationalclassification ipc ipccurrent ipcclass \
         ipcclassification ipc分类号 ipc分类 分类号 国际专利分类号 国际分类号",
    ),
    (
        Field::Cpc,
        "cpc",
        "cpc主分类 cpc主分类号 cpcclassifications cooperativepatentclassification cpc cpccurrent cpc分类号 cpc分类",
    ),
    (
        Field::FilingDate,
        "filing_date",
        "applicationdate filingdate filingcreationdate dateofapplication 申请日 申请日期",
    ),
    (
        Field::PublicationDate,
        "publication_date",
        "publicationdate earliestpublication 公开公告日 公开日 公布日 公开公告日期 公开日期 公告日",
    ),
    (Field::GrantDate, "grant_date", "grantdate dateofgrant 授权公告日 授权日 授权日期 授权公告日期"),
    (
        Field::ExpiryDate,
        "expiry_date",
        "expirydate expirationdate anticipatedexpiration estimatedexpirydate 届满日 到期日 预估到期日 失效日期 \
         专利权届满日 预计届满日",
    ),
    (
        Field::PriorityDate,
        "priority_date",
        "earliestprioritydate prioritydate earliestpriority prioritydateearliest 最早优先权日 优先权日 优先权日期",
    ),
    (
        Field::PriorityNumbers,
        "priority_numbers",
        "prioritynumbers prioritynumber prioritiesdata 优先权号 优先权 优先权信息",
    ),
    (
        Field::LegalStatus,
        "legal_status",
        "legalstatus deadalive inpadoclegalstatus legalstate 当前法律状态 法律状态 简单法律状态 专利有效性 法律状态事件 \
         当前状态 专利状态 有效性",
    ),
    (Field::DocumentType, "document_type", "type documenttype 文献类型"),
    (
        Field::Claims,
        "claims",
        "claimscount numberofclaims claimcount countofclaims 权利要求数量 权利要求数 权利要求项数 权利要求个数",
    ),
    (
        Field::IndependentClaims,
        "independent_claims",
        "independentclaimscount numberofindependentclaims countofindependentclaims independentclaims \
         独立权利要求数量 独立权利要求数 独权数量",
    ),
    (Field::DescriptionPages, "description_pages", "descriptionpages numberofdescriptionpages 说明书页数"),
    (
        Field::ForwardCitations,
        "forward_citations",
        "citedbypatentcount citedcount countofcitingpatents forwardcitations timescited 被引证次数 被引用次数 \
         被引用专利数量 被引证专利数量 被引次数 被引证数 家族被引证次数",
    ),
    (
        Field::BackwardCitations,
        "backward_citations",
        "citespatentcount countofcitedrefspatent backwardcitations 引证次数 引用次数 引证专利数量 引用专利数量 引证数",
    ),
    (
        Field::NonPatentCitations,
        "non_patent_citations",
        "nplcitationcount countofcitedrefsnonpatent nonpatentcitationcount 非专利引证次数 引用非专利文献数量 \
         非专利引证数量 引证非专利文献数量",
    ),
    (
        Field::CitedPatents,
        "cited_patents",
        "patentscitedinthesearchreport patentscitedduringexamination otherpatentcitations \
         patentscitedbytheapplicant internationalsearchcitation supplementaryinternationalsearchcitation \
         citedrefspatent 引证专利 引用专利",
    ),
    (
        Field::CitedLiterature,
        "cited_literature",
        "nonpatentcitations nplcitations literaturecitedinthesearchreport literaturecitedduringexamination \
         otherliteraturecitations literaturecitedbytheapplicant internationalsearchnplcitation \
         supplementaryinternationalsearchnplcitation citedrefsnonpatent 引证非专利文献 引用非专利文献",
    ),
    (
        Field::CitingPatents,
        "citing_patents",
        "citingpatents citedbypatents forwardcitingpatents 被引证专利 被引用专利 施引专利 被引证专利公开号 被引用专利公开号",
    ),
    (
        Field::SimpleFamilySize,
        "simple_family_size",
        "simplefamilysize 简单同族数量 简单同族个数 简单同族专利数量 简单同族数 同族数量 同族个数 同族数 同族专利数量",
    ),
    (
        Field::ExtendedFamilySize,
        "extended_family_size",
        "extendedfamilysize 扩展同族数量 扩展同族个数 inpadoc同族数量 inpadoc同族个数 扩展同族专利数量",
    ),
    (
        Field::SimpleFamilyMembers,
        "simple_family_members",
        "simplefamilymembers dwpifamilymembers 简单同族 同族专利 简单同族专利 同族",
    ),
    (
        Field::ExtendedFamilyMembers,
        "extended_family_members",
        "extendedfamilymembers inpadocfamilymembers inpadoc同族 扩展同族 inpadoc同族专利",
    ),
    (
        Field::FamilyCountries,
        "family_countries",
        "familycountries familyjurisdictions 同族国家 同族国家地区 简单同族国家 扩展同族国家",
    ),
    (Field::Licences, "licences", "licences licenses 许可次数 许可数量"),
    (Field::Transfers, "transfers", "transfers assignments 转让次数 转让数量 权利转移次数"),
    (Field::Pledges, "pledges", "pledges 质押次数 质押数量"),
    (Field::Litigations, "litigations", "litigations litigationcount 诉讼次数 诉讼数量"),
    (Field::Oppositions, "oppositions", "oppositions oppositioncount 异议次数"),
    (
        Field::InvalidationRequests,
        "invalidation_requests",
        "invalidationrequests 无效次数 无效请求次数 无效宣告次数 无效宣告请求次数",
    ),
    (Field::LensId, "lens_id", "lensid"),
    (Field::Url, "url", "url resultlink link 链接 专利链接"),
    (Field::AnnuitiesPaidTo, "annuities_paid_to", "annuitiespaidto 年费缴至 年费缴纳至 年费缴至日期"),
    (
        Field::Industry,
        "industry",
        "industry 国民经济行业 国民经济行业分类 国民经济行业分类号 国民经济分类 所属行业",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_lists_each_field_at_its_place_and_each_header_once() {
        let mut headers = std::collections::HashSet::new();
        for (index, (field, name, aliases)) in TABLE.iter().enumerate() {
            assert_eq!(*field as usize, index, "{name}");
            assert_eq!(Field::by_name(name), Some(*field));
            for alias in aliases.split_whitespace() {
                assert!(headers.insert(alias), "{alias} stands twice");
                assert_eq!(header_key(alias), alias, "{alias} is no key");
            }
        }
    }

    #[test]
    fn headers_differ_in_nothing_but_letters_and_digits() {
        assert_eq!(header_key("公开（公告）号"), "公开公告号");
        assert_eq!(header_key(" Inventor(s) "), "inventors");
        assert_eq!(header_key("I P C"), "ipc");
        assert_eq!(header_key("filing/creation date"), "filingcreationdate");
    }

    #[test]
    fn a_file_may_name_its_columns_as_a_mapping_does_but_claims_alone_are_a_text() {
        let found = |header: &str| Field::of_header(&header_key(header)).map(|(field, _)| field);
        assert_eq!(found("abstract_text"), Some(Field::AbstractText));
        assert_eq!(found("cited_patents"), Some(Field::CitedPatents));
        assert_eq!(found("annuities_paid_to"), Some(Field::AnnuitiesPaidTo));
        assert_eq!(found("claims"), None);
        assert_eq!(found("kind"), Some(Field::DocumentKind));
    }
}
