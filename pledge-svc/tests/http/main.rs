//! The service over its router, each test on a database of its own.

#[cfg(test)]
mod adjustments;
#[cfg(test)]
mod application_life;
#[cfg(test)]
mod applications;
#[cfg(test)]
mod bearers;
#[cfg(test)]
mod bench;
#[cfg(test)]
mod books;
#[cfg(test)]
mod breaks;
#[cfg(test)]
mod change_requests;
#[cfg(test)]
mod changed_terms;
#[cfg(test)]
mod clocks;
#[cfg(test)]
mod closing;
#[cfg(test)]
mod closing_days;
#[cfg(test)]
mod commitments;
#[cfg(test)]
mod concurrency;
#[cfg(test)]
mod counterparties;
#[cfg(test)]
mod directory;
#[cfg(test)]
mod disposal;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod facility;
#[cfg(test)]
mod facility_life;
#[cfg(test)]
mod fund;
#[cfg(test)]
mod gates_again;
#[cfg(test)]
mod group_bound;
#[cfg(test)]
mod guarantee_company;
#[cfg(test)]
mod guarantee_money;
#[cfg(test)]
mod guarantees;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod instructions;
#[cfg(test)]
mod lapse;
#[cfg(test)]
mod lending_rules;
#[cfg(test)]
mod line_decisions;
#[cfg(test)]
mod line_pricing;
#[cfg(test)]
mod loan_costs;
#[cfg(test)]
mod member_tiers;
#[cfg(test)]
mod office;
#[cfg(test)]
mod parameters;
#[cfg(test)]
mod participants;
#[cfg(test)]
mod payment_reversal;
#[cfg(test)]
mod platform;
#[cfg(test)]
mod pledge_races;
#[cfg(test)]
mod products;
#[cfg(test)]
mod registration;
#[cfg(test)]
mod registration_office;
#[cfg(test)]
mod revaluations_due;
#[cfg(test)]
mod risk;
#[cfg(test)]
mod silent_fund;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod subsidies;
#[cfg(test)]
mod told;
#[cfg(test)]
mod tranches;
#[cfg(test)]
mod value_added_tax;
#[cfg(test)]
mod working_days;
#[cfg(test)]
mod workout;
#[cfg(test)]
mod workout_gates;
#[cfg(test)]
mod write_off_votes;
