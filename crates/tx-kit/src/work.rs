//! The future of an act inside a transaction.
//!
//! It borrows the transaction (for `'t`) and whatever surrounds the act (for `'env`, which outlives `'t`). An
//! `AsyncFn` would say the same in fewer words, but its future is not known to be `Send` under a spawned task.

use std::{
    future::Future,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

/// An act's future, boxed.
pub struct Work<'env, 't, T> {
    future: Pin<Box<dyn Future<Output = T> + Send + 't>>,
    surroundings: PhantomData<&'t &'env ()>,
}

impl<T> Future for Work<'_, '_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.future.as_mut().poll(context)
    }
}

/// Makes a future the act of a transaction.
pub trait InTx: Future + Sized {
    /// Boxes the future for [`crate::Db::run`].
    fn in_tx<'env, 't>(self) -> Work<'env, 't, Self::Output>
    where
        Self: Send + 't,
    {
        Work { future: Box::pin(self), surroundings: PhantomData }
    }
}

impl<F: Future> InTx for F {}
