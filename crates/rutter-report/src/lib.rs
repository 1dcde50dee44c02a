//! rutter-report
