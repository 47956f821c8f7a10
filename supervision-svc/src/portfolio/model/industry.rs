//! The names of the cluster's industries; the codes are those of the patent catalogue's concordance.

/// The name of an industry's code in Chinese; the code itself where it is not one of the cluster's.
#[must_use]
pub(crate) fn name_zh(code: &str) -> &str {
    match code {
        "natural_gas_chemistry" => "天然气化工",
        "new_materials" => "新材料",
        "lithium_potassium" => "锂钾",
        "agriculture" => "农业",
        "mechanical_engineering" => "机械工程",
        "other" => "其他",
        other => other,
    }
}

/// The same in English.
#[must_use]
pub(crate) fn name_en(code: &str) -> &str {
    match code {
        "natural_gas_chemistry" => "Natural gas chemistry",
        "new_materials" => "New materials",
        "lithium_potassium" => "Lithium and potassium",
        "agriculture" => "Agriculture",
        "mechanical_engineering" => "Mechanical engineering",
        "other" => "Other",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_code_is_shown_as_it_is() {
        assert_eq!((name_zh("new_materials"), name_en("new_materials")), ("新材料", "New materials"));
        assert_eq!((name_zh("shipping"), name_en("shipping")), ("shipping", "shipping"));
    }
}
