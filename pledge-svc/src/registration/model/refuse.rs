//! Refusing what was filed: the built-in register's own step. An office outside refuses by its message.

use super::{Answer, Filing, Ground, Refusal};

/// The register's answer that refuses. Without a ground named it is the twelfth: another condition is not met.
///
/// # Errors
/// The filing has ended.
pub fn refuse(filing: &Filing, grounds: Vec<Ground>, reason: String) -> Result<Answer, Refusal> {
    if !filing.state.is_open() {
        return Err(Refusal::NothingFiled);
    }
    Ok(Answer::Refused { grounds: named(grounds), reason })
}

/// The grounds in the announcement's order, the twelfth where none is named.
#[must_use]
pub fn named(mut grounds: Vec<Ground>) -> Vec<Ground> {
    grounds.sort_unstable();
    grounds.dedup();
    if grounds.is_empty() { vec![Ground::Other] } else { grounds }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::model::samples::{accepted, registered_case};

    #[test]
    fn a_refusal_names_its_grounds_in_order_or_the_twelfth() {
        let filing = accepted().filing;
        let two = vec![Ground::AlreadyPledged, Ground::RightEnded, Ground::AlreadyPledged];
        let Answer::Refused { grounds, .. } = refuse(&filing, two, "不符".into()).unwrap() else {
            panic!("not a refusal")
        };
        assert_eq!(grounds, [Ground::RightEnded, Ground::AlreadyPledged]);
        assert_eq!(named(vec![]), [Ground::Other]);
        assert_eq!(refuse(&registered_case().filing, vec![], "迟".into()), Err(Refusal::NothingFiled));
    }
}
