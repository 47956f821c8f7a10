pub mod patent;
