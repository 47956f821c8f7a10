//! Taking a filing back before the register has decided. An office outside is asked, and until it answers it may as
//! well register; the built-in register lets it go at once.

use super::{Answer, Filing, Refusal};

/// What withdrawing comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawal {
    /// The register lets it go.
    Granted(Answer),
    /// The office is to be asked.
    Asked(Box<Filing>),
}

/// Withdraws.
///
/// # Errors
/// The filing has ended, or the office was asked before.
pub fn withdraw(filing: Filing, outside: bool) -> Result<Withdrawal, Refusal> {
    if !filing.state.is_open() {
        return Err(Refusal::NothingFiled);
    }
    if !outside {
        return Ok(Withdrawal::Granted(Answer::Withdrawn));
    }
    if filing.withdrawal_asked {
        return Err(Refusal::WithdrawalAsked);
    }
    let version = filing.version + 1;
    Ok(Withdrawal::Asked(Box::new(Filing { withdrawal_asked: true, version, ..filing })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::model::samples::{accepted, registered_case};

    #[test]
    fn an_office_outside_is_asked_once_and_the_built_in_register_lets_go_at_once() {
        let filing = accepted().filing;
        assert_eq!(withdraw(filing.clone(), false), Ok(Withdrawal::Granted(Answer::Withdrawn)));
        let Ok(Withdrawal::Asked(asked)) = withdraw(filing, true) else { panic!("not asked") };
        assert!(asked.state.is_open() && asked.withdrawal_asked);
        assert_eq!(withdraw(*asked, true), Err(Refusal::WithdrawalAsked));
        assert_eq!(withdraw(registered_case().filing, true), Err(Refusal::NothingFiled));
    }
}
