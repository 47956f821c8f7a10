//! Offices of publication: their two letters (WIPO ST.3), and the names under which exports know them.

/// WIPO ST.3 codes of states and organisations that publish or published patents.
const CODES: &str = "AD AE AF AG AL AM AO AP AR AT AU AW AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BX BY BZ \
    CA CD CF CG CH CI CL CM CN CO CR CS CU CV CW CY CZ DD DE DJ DK DL DM DO DZ EA EC EE EG EM EP ES ET FI FJ FO \
    FR GA GB GC GD GE GH GI GM GN GQ GR GT GW GY HK HN HR HT HU IB ID IE IL IN IQ IR IS IT JE JM JO JP KE KG KH \
    KI KM KN KP KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MK ML MM MN MO MR MT MU MV MW MX MY MZ \
    NA NE NG NI NL NO NP NZ OA OM PA PE PG PH PK PL PT PY QA QZ RH RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN \
    SO SR ST SU SV SY SZ TD TG TH TJ TM TN TO TR TT TW TZ UA UG US UY UZ VA VC VE VN VU WO WS XK XN YD YE YU ZA \
    ZM ZR ZW";

/// Names, best known first; a name stands for the office of its row.
const NAMES: [(&str, &str); 24] = [
    ("CN", "中国 中国大陆 中国专利局 china"),
    ("US", "美国 unitedstatesofamerica unitedstates usa"),
    ("EP", "欧洲 欧洲专利局 欧专局 europeanpatentoffice europe epo"),
    ("WO", "世界知识产权组织 国际局 wipo pct"),
    ("JP", "日本 japan"),
    ("KR", "韩国 republicofkorea korea southkorea"),
    ("DE", "德国 germany"),
    ("FR", "法国 france"),
    ("GB", "英国 unitedkingdom greatbritain uk"),
    ("TW", "台湾 中国台湾 台湾省 taiwan"),
    ("HK", "香港 中国香港 hongkong"),
    ("MO", "澳门 中国澳门 macao"),
    ("AU", "澳大利亚 australia"),
    ("CA", "加拿大 canada"),
    ("IN", "印度 india"),
    ("RU", "俄罗斯 俄罗斯联邦 russia russianfederation"),
    ("EA", "欧亚专利局 欧亚专利组织 eurasia"),
    ("BR", "巴西 brazil"),
    ("MX", "墨西哥 mexico"),
    ("ES", "西班牙 spain"),
    ("IT", "意大利 italy"),
    ("SG", "新加坡 singapore"),
    ("IL", "以色列 israel"),
    ("ZA", "南非 southafrica"),
];

/// Whether two capital letters are an office.
pub(super) fn is_code(code: &str) -> bool {
    code.len() == 2 && CODES.split_ascii_whitespace().any(|known| known == code)
}

/// The office that a cell names by its code or its name.
pub(super) fn named(text: &str) -> Option<&'static str> {
    let key: String =
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(60).collect();
    let code = key.to_ascii_uppercase();
    CODES.split_ascii_whitespace().find(|known| *known == code).or_else(|| {
        NAMES
            .iter()
            .find(|(_, names)| names.split_ascii_whitespace().any(|name| name == key))
            .map(|(code, _)| *code)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_is_known_by_code_and_by_name() {
        assert!(is_code("CN") && is_code("EP") && !is_code("ZL") && !is_code("cn"));
        assert_eq!(named("中国"), Some("CN"));
        assert_eq!(named("us"), Some("US"));
        assert_eq!(named("Russian Federation"), Some("RU"));
        assert_eq!(named("Atlantis"), None);
        assert!(NAMES.iter().all(|(code, _)| is_code(code)));
    }
}
