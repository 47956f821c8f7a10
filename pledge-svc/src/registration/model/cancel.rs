//! Cancelling a registered pledge: only when nothing is outstanding that it secures. One that is not registered yet
//! is withdrawn instead.

use finance::Money;

use super::{Pledge, PledgeStatus, Refusal};

/// Whether the cancellation of a pledge may be filed.
///
/// # Errors
/// Not registered, something filed already, or principal of the pledgor outstanding under the facility.
pub fn cancel(pledge: &Pledge, outstanding: Money) -> Result<(), Refusal> {
    if pledge.status != PledgeStatus::Registered {
        return Err(Refusal::NotInStatus { status: pledge.status });
    }
    if let Some(filing) = pledge.filing.as_ref().filter(|filing| filing.state.is_open()) {
        return Err(Refusal::FilingOpen { kind: filing.kind });
    }
    if outstanding.is_zero() { Ok(()) } else { Err(Refusal::StillSecured { outstanding }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::model::samples::{fen, registered, submitted};

    #[test]
    fn a_registered_pledge_stays_while_a_fen_is_outstanding() {
        assert_eq!(cancel(&registered(), fen(1)), Err(Refusal::StillSecured { outstanding: fen(1) }));
        assert_eq!(cancel(&registered(), Money::ZERO), Ok(()));
    }

    #[test]
    fn only_what_is_registered_is_cancelled_and_only_once() {
        let early = cancel(&submitted().pledge, Money::ZERO);
        assert_eq!(early, Err(Refusal::NotInStatus { status: PledgeStatus::Submitted }));
        let gone = Pledge { status: PledgeStatus::Cancelled, ..registered() };
        assert_eq!(cancel(&gone, Money::ZERO), Err(Refusal::NotInStatus { status: PledgeStatus::Cancelled }));
    }
}
