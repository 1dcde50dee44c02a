//! rutter-source

pub mod files;
