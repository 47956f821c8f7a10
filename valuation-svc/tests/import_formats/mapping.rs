//! Files whose headers nobody knows, with a mapping.

use valuation_svc::catalogue::import::ImportProblem;

use crate::{day, facts, read, read_mapped};

const TEXT: &str =
    "Our list of rights\n文号,题目,谁,何时,类\nCN115000001B,锂盐,甲 / 乙,05/03/2021,C22B26/12\n";

const MAPPING: &str = "list_separator = \" / \"\ndate_format = \"DD/MM/YYYY\"\n\
                       [columns]\nnumber = \"文号\"\ntitle = \"题目\"\napplicants = \"谁\"\nfiling_date = \"何时\"\n\
                       ipc = \"类\"\n";

#[test]
fn a_mapping_makes_any_table_readable() {
    assert_eq!(read(TEXT).unwrap_err().code(), "unrecognised-headers");
    let patent = &facts(read_mapped(TEXT, MAPPING).unwrap())[0];
    assert_eq!(patent.applicants, ["甲", "乙"]);
    assert_eq!(patent.filing_date, day("2021-03-05"));
    assert_eq!(patent.ipc, ["C22B26/12"]);
}

#[test]
fn a_mapping_goes_before_what_would_be_recognised_and_leaves_the_rest() {
    let text = "Publication Number,Title,Name,Filing date\nEP1654906B1,Working title,Real title,2004-01-02\n";
    let patent = &facts(read_mapped(text, "[columns]\ntitle = \"Name\"\n").unwrap())[0];
    assert_eq!((patent.title.as_str(), patent.filing_date), ("Real title", day("2004-01-02")));
}

#[test]
fn a_mapping_states_delimiter_and_encoding() {
    let text = "Publication Number~Title\nEP1654906B1~Thing\n";
    assert_eq!(
        facts(read_mapped(text, "delimiter = \"~\"\nencoding = \"gbk\"\n").unwrap())[0].title,
        "Thing"
    );
}

#[test]
fn a_mapping_that_does_not_fit_is_refused_in_one_sentence() {
    let refusal = read_mapped(TEXT, &MAPPING.replace("题目", "题名")).unwrap_err();
    assert!(
        matches!(&refusal, ImportProblem::MappedHeaderMissing { header, .. } if header == "题名"),
        "{refusal}"
    );
    assert!(refusal.zh().contains("题名") && refusal.zh().contains("题目"), "{}", refusal.zh());
    let refusal = read_mapped(TEXT, "colunms = \"x\"\n").unwrap_err();
    assert_eq!(refusal.code(), "mapping-unknown-key");
    assert!(refusal.en().contains("colunms") && refusal.en().contains("columns"), "{refusal}");
    let refusal = read_mapped(TEXT, "[columns]\nvalue = \"x\"\n").unwrap_err();
    assert!(refusal.zh().contains("columns.value"), "{}", refusal.zh());
}
