//! Loops over columns with the widest registers that the processor has.
//!
//! A build for all processors of a kind uses the registers of the oldest. What runs within [`wide`] is compiled for newer ones
//! as well, and the processor at hand decides once which form runs. The bits are the same: each number is still
//! the outcome of the same IEEE 754 operations in the same order, only more of them are done at a time.

use std::sync::LazyLock;

use pulp::{Arch, NullaryFnOnce};

static PROCESSOR: LazyLock<Arch> = LazyLock::new(Arch::new);

struct Work<F>(F);

impl<R, F: FnOnce() -> R> NullaryFnOnce for Work<F> {
    type Output = R;

    #[inline(always)]
    fn call(self) -> R {
        (self.0)()
    }
}

/// Runs a loop with the widest registers. Only what is inlined into `work` gains: mark it and what it calls
/// `#[inline(always)]`.
#[inline]
pub(crate) fn wide<R>(work: impl FnOnce() -> R) -> R {
    PROCESSOR.dispatch(Work(work))
}
